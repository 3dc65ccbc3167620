"""``torchup fleet``: many hosts out of files."""

from __future__ import annotations

import json
import platform
import shlex
from typing import TYPE_CHECKING, Any

import pytest

from cli.fixtures import needs_world
from cli.process import has_next_step, one_error
from cli.test_plans import BARE, GTX_1080, RTX_5090, V100, machine
from cli.world import MINOR
from torchup.errors import EXIT_DONE, EXIT_NO, EXIT_USAGE
from torchup.fleet.kept import HostState, write_state
from torchup.fleet.sites.lines import FILE
from torchup.fleet.sites.places import command_of
from torchup.model.fleet import Applied
from torchup.state.digests import file_digest
from torchup.state.home import Home

if TYPE_CHECKING:
    from pathlib import Path

    from cli.process import Torchup

OLD_DRIVER = machine({"vendor": "nvidia", "name": "NVIDIA TITAN Xp"}, driver="390.48")


def lab(root: Path, **hosts: str) -> str:
    folder = root / "lab"
    folder.mkdir()
    for name, document in hosts.items():
        (folder / f"{name}.json").write_text(document)
    return str(folder)


def made_before(torchup: Torchup, host: str, name: str, bundle: str, row: str) -> None:
    """Note that an environment was made on a host of a row of a bundle."""
    digest = file_digest(torchup.root / bundle)
    asked = command_of(name, f"/there/bundles/{digest}/{FILE}", row)
    made = Applied(at="2026-01-01T00:00:00", asked=asked, ok=True, made=True)
    write_state(Home(torchup.home), HostState(host=host, environments={name: made}))


def planned(torchup: Torchup, folder: str, *more: str, code: int = EXIT_DONE) -> Any:  # noqa: ANN401  # a document
    done = torchup("fleet", "plan", "--machines", folder, *more, "--json")
    assert done.code == code, done
    return done.document("torchup.fleet-plan/v1")


def test_each_gets_its_own_and_all_share_one(torchup: Torchup) -> None:
    folder = lab(torchup.root, v1=V100, v2=V100, new=RTX_5090, login=BARE)
    found = planned(torchup, folder)
    own = {one["name"]: one["stack"]["build"] for one in found["hosts"]}
    assert own["v1"] == own["v2"] == "cu126"
    assert own["login"] == "cpu"
    assert own["new"].startswith("cu13")
    assert sorted(found["groups"][0]["hosts"]) == ["v1", "v2"]
    best = found["shared"][0]
    assert sorted([*best["hosts"], *(one["name"] for one in best["left"])]) == sorted(own)
    for left in best["left"]:
        assert left["reasons"][0]["text"]


def test_one_plans_as_plan_does(torchup: Torchup) -> None:
    folder = lab(torchup.root, card=GTX_1080)
    (host,) = planned(torchup, folder, "torch<2.10")["hosts"]
    done = torchup("plan", "torch<2.10", "--machine", f"{folder}/card.json", "--json")
    assert host["stack"] == done.document("torchup.plan/v1")["stack"]


def test_a_host_without_a_stack_is_named_with_the_way_out(torchup: Torchup) -> None:
    folder = lab(torchup.root, old=OLD_DRIVER, card=GTX_1080)
    found = planned(torchup, folder, code=EXIT_NO)
    (none,) = [one for one in found["groups"] if one["stack"] is None]
    assert none["hosts"] == ["old"]
    (left,) = found["shared"][0]["left"]
    assert left["name"] == "old"
    assert "driver" in left["remedy"]
    shown = torchup("fleet", "plan", "--machines", folder)
    assert shown.code == EXIT_NO
    assert "runs on 1 of 2 hosts" in shown.out
    assert left["remedy"] in shown.out


def test_the_next_command_asks_for_the_same(torchup: Torchup) -> None:
    folder = lab(torchup.root, card=GTX_1080, new=RTX_5090)
    asked = ("torch>=2.6", "numpy<3", "--no-companions", "--as-of", "2026-06-01")
    done = torchup("fleet", "plan", *asked, "--machines", folder)
    assert done.code == EXIT_DONE, done
    following = shlex.split(done.out.strip().splitlines()[-1])
    following = following[following.index("torchup") :]
    assert following[3].startswith("torch==")
    assert following[4:8] == ["numpy<3", "--as-of", "2026-06-01", "--no-companions"]
    assert following[-2:] == ["--machines", folder]
    assert torchup(*following[1:]).code == EXIT_NO, "it runs on one of them"
    one = torchup("fleet", "plan", *asked, "--machines", folder, "--host", "card")
    last = shlex.split(one.out.strip().splitlines()[-1])
    assert last[-5:] == ["--machines", folder, "--host", "card", "--json"]
    assert last[-10:-6] == ["torch>=2.6", "numpy<3", "--as-of", "2026-06-01"]


def test_json_lines_with_names(torchup: Torchup) -> None:
    file = torchup.root / "lab.jsonl"
    named = json.dumps({**json.loads(V100), "host": "volta"})
    file.write_text(f"{named}\n{RTX_5090}\n")
    found = planned(torchup, str(file))
    assert [one["name"] for one in found["hosts"]] == ["volta", "lab:2"]
    only = planned(torchup, str(file), "--host", "vol*")
    assert [one["name"] for one in only["hosts"]] == ["volta"]


def test_one_that_nothing_is_published_for_keeps_no_other_from_its_answer(
    torchup: Torchup,
) -> None:
    file = torchup.root / "lab.jsonl"
    power = json.dumps({**json.loads(BARE), "arch": "ppc64le", "host": "power"})
    named = json.dumps({**json.loads(V100), "host": "volta"})
    file.write_text(f"{named}\n{power}\n{RTX_5090}\n")
    found = planned(torchup, str(file), code=EXIT_NO)
    outcomes = {one["name"]: one["outcome"] for one in found["hosts"]}
    assert outcomes == {"volta": "ok", "power": "none", "lab:3": "ok"}
    assert "ppc64le" in found["hosts"][1]["why"][0]
    assert [one["name"] for one in found["shared"][0]["left"]] == ["power"]
    shown = torchup("fleet", "plan", "--machines", str(file), "--host", "power", "-v")
    assert shown.code == EXIT_NO
    assert shown.out.count("ppc64le") == 2, "said of the host, and of those like it"
    file.write_text(power)
    assert planned(torchup, str(file), code=EXIT_NO)["hosts"][0]["outcome"] == "none"
    dry = ("apply", "demo", "--machines", str(file), "-i", "power,", "--dry-run")
    assert has_next_step(one_error(torchup("fleet", *dry), EXIT_NO))


def test_a_selected_card_that_one_host_lacks(torchup: Torchup) -> None:
    two = json.loads(V100)
    two["gpus"] *= 2
    folder = lab(torchup.root, one=V100, two=json.dumps(two))
    found = planned(torchup, folder, "--use-gpu", "1", code=EXIT_NO)
    outcomes = {one["name"]: one["outcome"] for one in found["hosts"]}
    assert outcomes == {"one": "refused", "two": "ok"}


def test_in_chinese(torchup: Torchup) -> None:
    folder = lab(torchup.root, old=OLD_DRIVER, card=GTX_1080, new=RTX_5090)
    done = torchup("fleet", "plan", "--machines", folder, "--lang", "zh_CN")
    assert done.code == EXIT_NO
    assert "3 台主机" in done.out
    assert "不适用于 old" in done.out


def test_wrong_inputs(torchup: Torchup) -> None:
    empty = torchup.root / "empty"
    empty.mkdir()
    folder = lab(torchup.root, card=GTX_1080)
    bad = torchup.root / "bad"
    bad.mkdir()
    (bad / "a.json").write_text('{"schema": "torchup.machine/v1"}')
    cases = {
        ("--machines", str(empty)): "fleet.no-machines",
        ("--machines", str(torchup.root / "nowhere")): "fleet.machines-unreadable",
        ("--machines", str(bad)): "wire.field-missing",
        ("--machines", folder, "--host", "gone"): "fleet.no-such-host",
        ("--machines", folder, "--backend", "conda"): "fleet.wheels-only",
        ("--machines", folder, "torch=="): "ask.not-a-requirement",
        (folder,): "fleet.machines-option",
        (): "fleet.nothing-probed",
    }
    for arguments, code in cases.items():
        done = torchup("fleet", "plan", *arguments, "--json")
        assert (done.code, done.error["code"]) == (EXIT_USAGE, code), done
    assert torchup("fleet", "--json").code == EXIT_USAGE


RESULT: dict[str, Any] = {"backend": "nccl", "right": True, "gb_s": 11.5, "pairs": [[0, 1, 11.5]]}
ANSWERS: dict[str, Any] = {
    "schema": "torchup.together-answers/v1",
    "hosts": ["n1", "n2"],
    "where": {name: {"address": "10.0.0.1", "resolved": ["10.0.0.1"]} for name in ("n1", "n2")},
    "meet": {"n1": {"peers": {"n2": {"skew": 0.1}}}, "n2": {"peers": {"n1": {"why": ""}}}},
    "result": RESULT,
}


def test_answers_that_a_job_wrote_are_judged_here(torchup: Torchup) -> None:
    file = torchup.root / "answers.json"
    file.write_text(json.dumps(ANSWERS))
    words = ("fleet", "verify", "demo", "--together", "--answers", str(file))
    done = torchup(*words, "-v")
    assert (done.code, done.err) == (EXIT_DONE, ""), done
    assert "11.50 GB/s" in done.out
    assert "n1 - n2" in done.out
    way = {"n1": {"peers": {"n2": {"why": "timeout"}}}, "n2": {"peers": {"n1": {}}}}
    file.write_text(json.dumps({**ANSWERS, "meet": way, "result": None}))
    bad = torchup(*words, "--json")
    found = bad.document("torchup.fleet-together/v1")
    assert (bad.code, found["ok"]) == (EXIT_NO, False)
    assert [one["code"] for one in found["troubles"]] == ["silent"]


@pytest.mark.parametrize(
    "change",
    [
        {"hosts": ["n1"]},
        {"result": {**RESULT, "pairs": [[0, 7, 1.0]]}},
        {"meet": {"n1": 3}},
        {"schema": "torchup.machine/v1"},
    ],
)
def test_answers_that_are_something_else(torchup: Torchup, change: dict[str, object]) -> None:
    file = torchup.root / "answers.json"
    file.write_text(json.dumps({**ANSWERS, **change}))
    said = torchup("fleet", "verify", "demo", "--together", "--answers", str(file))
    assert has_next_step(one_error(said, EXIT_USAGE))


@pytest.mark.parametrize(
    "words",
    [
        ("verify", "demo", "--answers", "x.json"),
        ("verify", "demo", "--together", "--answers", "x.json"),
        ("verify", "demo", "--together", "--answers", "x.json", "-i", "hosts,"),
        ("verify", "--together", "--answers", "x.json"),
    ],
)
def test_answers_go_with_computing_together_alone(torchup: Torchup, words: tuple[str, ...]) -> None:
    assert has_next_step(one_error(torchup("fleet", *words), EXIT_USAGE))


@pytest.mark.parametrize("action", ["apply", "verify", "doctor", "check", "rollback"])
@pytest.mark.parametrize("inventory", [(), ("-i", "")])
def test_who_names_no_hosts_is_shown_how_for_the_same_command(
    torchup: Torchup, action: str, inventory: tuple[str, ...]
) -> None:
    said = one_error(torchup("fleet", action, "demo", *inventory), EXIT_USAGE)
    assert f"torchup fleet {action} demo -i hosts.ini" in said


@pytest.mark.parametrize("text", [BARE, json.dumps(ANSWERS)[:90], '{"hosts": ["n1"', "", "[]"])
def test_another_document_is_no_file_of_answers(torchup: Torchup, text: str) -> None:
    (torchup.root / "lab.json").write_text(text)
    words = ("fleet", "verify", "demo", "--together", "--answers", "lab.json", "--json")
    done = torchup(*words)
    assert (done.code, done.error["code"]) == (EXIT_USAGE, "wire.not-answers")
    assert "--slurm --together" in done.error["hint"]


@pytest.mark.parametrize(
    "words",
    [
        ("apply", "demo", "torch", "--from", "lab.torchup", "-i", "hosts,"),
        ("apply", "demo", "--from", "lab.torchup", "--cpu", "-i", "hosts,"),
        ("apply", "demo", "--from", "lab.torchup", "--shared", "-i", "hosts,"),
        ("apply", "demo", "--from", "lab.torchup"),
        ("apply", "demo", "--from", "lab.torchup", "-i", "hosts,"),
        ("apply", "--from", "lab.torchup", "-i", "hosts,"),
        ("apply", "demo", "--row", "cpu", "-i", "hosts,"),
        ("verify", "demo", "--from", "lab.torchup", "-i", "hosts,"),
        ("plan", "--from", "lab.torchup"),
    ],
)
def test_a_bundle_goes_with_apply_and_little_else(torchup: Torchup, words: tuple[str, ...]) -> None:
    assert has_next_step(one_error(torchup("fleet", *words), EXIT_USAGE))


@needs_world
def test_each_host_takes_the_row_that_fits_it(connected: Torchup) -> None:
    wanted = ("torch==2.13.0", "--cpu", "--python", MINOR, "--no-companions")
    bare = ("--no-python", "--no-torchup", "-o", "lab.torchup")
    assert connected("bundle", "create", *wanted, *bare).code == EXIT_DONE
    windows = BARE.replace("linux", "windows")
    folder = lab(connected.root, login=BARE.replace("x86_64", platform.machine()), desk=windows)
    words = ("fleet", "apply", "demo", "--from", "lab.torchup", "--machines", folder)
    done = connected(*words, "-i", "login,", "--dry-run", "--json")
    found = done.document("torchup.fleet-outcome/v1")
    assert (done.code, found["left_out"]) == (EXIT_NO, ["desk"])
    assert [(one["name"], one["state"]) for one in found["hosts"]] == [("login", "done")]
    shown = connected(*words, "-i", "login,", "--dry-run").out
    assert "left out, no row of the bundle is for desk" in shown
    assert "--from lab.torchup" in shown.splitlines()[-1]
    paced = connected(*words, "-i", "login,", "--dry-run", "--canary", "0", "--max-fail", "50")
    assert paced.out.splitlines()[-1].endswith("--canary 0 --max-fail 50")
    made_before(connected, "login", "demo", "lab.torchup", "here")
    done = connected(*words, "-i", "login,", "--dry-run", "--json")
    (login,) = done.document("torchup.fleet-outcome/v1")["hosts"]
    assert login["state"] == "unchanged", "as the same without --dry-run would leave it"
    again = connected(*words, "-i", "login,", "--dry-run", "--again", "--json")
    (login,) = again.document("torchup.fleet-outcome/v1")["hosts"]
    assert login["state"] == "done"
    wrong = connected(*words, "-i", "login,", "--row", "nothing")
    assert has_next_step(one_error(wrong, EXIT_USAGE))
    (connected.root / "none").mkdir()
    none = lab(connected.root / "none", desk=windows)
    alone = connected(*words[:-1], none, "-i", "login,")
    assert has_next_step(one_error(alone, EXIT_NO))


def test_another_framework_and_several(torchup: Torchup) -> None:
    folder = lab(torchup.root, v1=V100, new=RTX_5090, login=BARE)
    found = planned(torchup, folder, "jax", code=EXIT_DONE)
    own = {one["name"]: one["stack"]["build"] for one in found["hosts"]}
    assert (own["new"], own["login"]) == ("cu13", "cpu")
    assert all("jax" in one["stack"]["packages"] for one in found["shared"])
    both = planned(torchup, folder, "torch", "jax")
    assert all({"torch", "jax"} <= set(one["stack"]["packages"]) for one in both["hosts"])
    assert not both["shared"], "what several share is not known"
    said = torchup("fleet", "plan", "--machines", folder, "torch", "jax")
    assert "For all" not in said.out
