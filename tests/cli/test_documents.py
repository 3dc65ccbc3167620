"""With --json, standard output holds one document of the promised form and nothing else."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from cli.fixtures import needs_world
from torchup.errors import EXIT_DONE, EXIT_NO, EXIT_USAGE
from torchup.wire import v1
from torchup.wire.machine import MachineV1
from torchup.wire.read import machines
from torchup.wire.schemas import schemas

if TYPE_CHECKING:
    from cli.process import Result, Torchup

BARE = '{"schema": "torchup.machine/v1", "os": {"system": "linux"}, "arch": "x86_64", "gpus": []}'
OLD_CARD = BARE.replace(
    "[]",
    '[{"name": "NVIDIA GeForce RTX 5090"}], "drivers": [{"vendor": "nvidia", "version": "470.1"}]',
)


def assert_fits(document: Any, schema: dict[str, Any], root: dict[str, Any], at: str) -> None:  # noqa: ANN401  # JSON
    """Hold a document against the part of JSON Schema that msgspec writes."""
    if "$ref" in schema:
        schema = root["$defs"][schema["$ref"].rpartition("/")[2]]
    if "anyOf" in schema:
        assert any(_fits(document, one, root, at) for one in schema["anyOf"]), (at, document)
        return
    if "enum" in schema:
        assert document in schema["enum"], at
    kinds: dict[str, Any] = {
        "string": str,
        "integer": int,
        "number": (int, float),
        "boolean": bool,
        "null": type(None),
        "object": dict,
        "array": list,
    }
    if "type" in schema:
        assert isinstance(document, kinds[schema["type"]]), (at, document, schema)
    if isinstance(document, dict):
        for name in schema.get("required", ()):
            assert name in document, f"{at}.{name}"
        known = schema.get("properties", {})
        more = schema.get("additionalProperties")
        for name, value in document.items():
            assert name in known or more is not None, f"{at}.{name} is not in the schema"
            assert_fits(value, known.get(name, more), root, f"{at}.{name}")
    if isinstance(document, list) and isinstance(schema.get("items"), dict):
        for number, value in enumerate(document):
            assert_fits(value, schema["items"], root, f"{at}[{number}]")


def _fits(document: Any, schema: dict[str, Any], root: dict[str, Any], at: str) -> bool:  # noqa: ANN401  # JSON
    try:
        assert_fits(document, schema, root, at)
    except AssertionError:
        return False
    return True


def read(done: Result, kind: type, schema: str) -> Any:  # noqa: ANN401  # documents differ
    """Check the one document; return it as its type."""
    document = done.document(schema)
    assert done.out.endswith("}\n")
    assert json.dumps(document), "plain JSON"
    root = schemas()[schema]
    assert_fits(document, root, root, schema)
    return msgspec.json.decode(done.out, type=kind, strict=True)


def test_the_schema_check_can_fail() -> None:
    root = schemas()["torchup.error/v1"]
    good = {"schema": "torchup.error/v1", "code": "a", "message": "b", "hint": ""}
    assert_fits(good, root, root, "")
    for bad in ({**good, "code": 3}, {**good, "schema": "torchup.plan/v1"}, {"code": "a"}):
        with pytest.raises(AssertionError):
            assert_fits(bad, root, root, "")


def test_probe(torchup: Torchup) -> None:
    done = torchup("probe", "--json")
    found = read(done, MachineV1, "torchup.machine/v1")
    assert (done.code, done.err) == (EXIT_DONE, "")
    assert found.os.system in {"linux", "windows", "macos"}
    assert found.pythons, "the tests run on one"
    (machine,) = machines(done.out.encode(), "here")
    assert machine.arch == found.arch


def test_a_probed_machine_can_be_planned_for(torchup: Torchup) -> None:
    probed = torchup("probe", "--json").out
    done = torchup("plan", "--cpu", "--machine", "-", "--json", stdin=probed)
    read(done, v1.PlanV1, "torchup.plan/v1")
    assert done.code in {EXIT_DONE, EXIT_NO}


@needs_world
def test_plan(connected: Torchup) -> None:
    done = connected("plan", "--cpu", "torch==2.13.0", "--json")
    found = read(done, v1.PlanV1, "torchup.plan/v1")
    assert (done.code, done.err) == (EXIT_DONE, "")
    assert found.stack.packages["torch"] == "2.13.0"
    assert (found.stack.build, found.stack.device) == ("cpu", "cpu")
    assert found.stack.index_url.endswith("/whl/cpu")
    assert [step.id for step in found.steps][-1] == "verify"
    assert not connected.left()


def test_plan_for_a_described_machine(torchup: Torchup) -> None:
    done = torchup("plan", "--machine", "-", "--json", stdin=BARE)
    found = read(done, v1.PlanV1, "torchup.plan/v1")
    assert (done.code, done.err, found.outcome) == (EXIT_DONE, "", "ok")


def test_a_plan_that_is_none(torchup: Torchup) -> None:
    done = torchup("plan", "--machine", "-", "--json", stdin=OLD_CARD)
    found = read(done, v1.PlanV1, "torchup.plan/v1")
    assert (done.code, found.outcome, found.stack) == (EXIT_NO, "none", None)
    assert found.reasons
    assert all(reason.text for reason in found.reasons)


def test_many_machines_are_json_lines(torchup: Torchup) -> None:
    done = torchup("plan", "--machine", "-", "--json", stdin=f"{BARE}\n{OLD_CARD}\n\n{BARE}\n")
    assert done.code == EXIT_NO, "one of them has no stack"
    found = [msgspec.json.decode(line, type=v1.PlanV1) for line in done.out.splitlines()]
    assert [one.outcome for one in found] == ["ok", "none", "ok"]
    good = torchup("plan", "--machine", "-", "--json", stdin=f"{BARE}\n{BARE}\n")
    assert (good.code, len(good.out.splitlines())) == (EXIT_DONE, 2)


def test_why_gives_the_plan(torchup: Torchup) -> None:
    done = torchup("why", "--machine", "-", "--json", stdin=BARE)
    assert read(done, v1.PlanV1, "torchup.plan/v1").reasons
    assert done.code == EXIT_DONE


def test_list_of_an_empty_home(torchup: Torchup) -> None:
    done = torchup("list", "--json")
    assert (done.code, done.err) == (EXIT_DONE, "")
    assert read(done, v1.EnvironmentsV1, "torchup.environments/v1").environments == ()


def test_config(torchup: Torchup) -> None:
    assert torchup("config", "set", "lang", "zh_CN", "--json").code == EXIT_DONE
    done = torchup("config", "--json")
    found = read(done, v1.ConfigV1, "torchup.config/v1")
    assert found.values == {"lang": "zh_CN"}
    assert found.path == str(torchup.config)


def test_status(torchup: Torchup) -> None:
    done = torchup("--json")
    found = read(done, v1.StatusV1, "torchup.status/v1")
    assert (done.code, done.err) == (EXIT_DONE, "")
    assert found.machine.os.system
    assert found.environments == ()


WRONG = [
    (("show", "nothing"), EXIT_NO, "apply.no-such-environment"),
    (("verify", "nothing"), EXIT_NO, "apply.no-such-environment"),
    (("delete", "nothing"), EXIT_NO, "apply.no-such-environment"),
    (("create", "a b"), EXIT_USAGE, "apply.name-space"),
    (("frobnicate",), EXIT_USAGE, "cli.unknown-command"),
    (("plan", "--frobnicate"), EXIT_USAGE, "cli.unknown-option"),
    (("plan", "--machine", "/nowhere"), EXIT_USAGE, "wire.unreadable"),
    (("probe", "--lang", "tlh"), EXIT_USAGE, "cli.unknown-language"),
    (("config", "get", "nonsense"), EXIT_USAGE, "config.unknown-key"),
]


@pytest.mark.parametrize(("command", "code", "error"), WRONG, ids=lambda one: str(one)[:40])
def test_errors(torchup: Torchup, command: tuple[str, ...], code: int, error: str) -> None:
    done = torchup(*command, "--json")
    found = read(done, v1.ErrorV1, "torchup.error/v1")
    assert (done.code, found.code, done.err) == (code, error, "")
    assert found.message
    assert found.hint


@needs_world
def test_a_life_in_documents(connected: Torchup) -> None:
    arguments = ("create", "demo", "--cpu", "--quick", "torch==2.13.0")
    dry = connected(*arguments, "--dry-run", "--json")
    planned = read(dry, v1.PlanV1, "torchup.plan/v1")
    assert (dry.code, connected.left()) == (EXIT_DONE, [])
    assert planned.download_bytes > 0

    made = connected(*arguments, "--json", "--progress", "json")
    outcome = read(made, v1.OutcomeV1, "torchup.outcome/v1")
    assert (made.code, outcome.ok) == (EXIT_DONE, True), made
    assert all(step.status == "done" for step in outcome.steps)
    assert outcome.environment.packages["torch"] == "2.13.0+cpu"
    assert outcome.plan.download_bytes == planned.download_bytes
    assert outcome.verify.ok
    events = [json.loads(line) for line in made.err.splitlines()]
    assert {event["event"] for event in events} == {"check", "progress", "step"}

    (row,) = read(
        connected("list", "--json"), v1.EnvironmentsV1, "torchup.environments/v1"
    ).environments
    assert (row.name, row.state, row.build) == ("demo", "ok", "cpu")
    shown = read(
        connected("show", "demo", "--json"), v1.ShownEnvironmentV1, "torchup.environment/v1"
    )
    assert shown.receipt.ok
    assert {one.name for one in shown.sources} == set(shown.packages)
    assert all(one.sha256 for one in shown.sources)
    again = connected("verify", "demo", "--quick", "--json")
    report = read(again, v1.VerifyV1, "torchup.verify/v1")
    assert (again.code, report.ok, again.err) == (EXIT_DONE, True, "")
    there = connected(*arguments, "--json")
    assert read(there, v1.OutcomeV1, "torchup.outcome/v1").steps[0].status == "skipped"
    assert there.code == EXIT_DONE
    gone = connected("delete", "demo", "--json")
    assert read(gone, v1.OutcomeV1, "torchup.outcome/v1").ok
    assert (gone.code, connected.left()) == (EXIT_DONE, [])
