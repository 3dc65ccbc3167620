"""``torchup facts``, as a real process, with a small index."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from cli.fixtures import sources_of
from cli.process import Torchup, has_next_step, one_error
from cli.test_documents import read
from factswheel import facts_wheel
from indexserver import IndexServer
from torchup.errors import EXIT_DONE, EXIT_NO, EXIT_OUTSIDE, EXIT_USAGE
from torchup.facts.load import load_catalogue
from torchup.resolve.numbers import dotted
from torchup.wire.facts import FactsV1
from wheelmaker import make_wheel

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cli.process import Result
    from indexserver import Fault

pytestmark = pytest.mark.slow

NEWEST = load_catalogue().latest().version
NEXT = f"{dotted(NEWEST)[0]}.{dotted(NEWEST)[1] + 1}.0"
TAG = "cp313-cp313-manylinux_2_28_x86_64"
PYTHONS = """checked = 2026-11-22
[sources]
ours = "https://wiki.site.test"
[[pythons]]
minor = "9.9"
released = 2999-01-01
end = 2999-01-02
source = ["ours"]
"""


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index with two wheels of facts, a torch that is unknown, and a build that is."""
    found = tmp_path_factory.mktemp("index")
    for day in ("2998-12-01", "2999-02-03"):
        facts_wheel(found / "toml", day, found / "simple")
    make_wheel(found / "simple", "torch", NEXT, tag=TAG)
    make_wheel(found / "simple", "torch", NEWEST, tag=TAG)
    make_wheel(found / "whl", "torch", f"{NEWEST}+cu140", tag=TAG)
    return found


@pytest.fixture
def server(root: Path) -> Iterator[IndexServer]:
    with IndexServer(root).start() as running:
        yield running


@pytest.fixture
def served(server: IndexServer, tmp_path: Path) -> Torchup:
    return Torchup(tmp_path, **sources_of(server))


def facts(done: Result) -> Any:  # noqa: ANN401  # a document
    return read(done, FactsV1, "torchup.facts/v1")


def test_summary(torchup: Torchup) -> None:
    done = torchup("facts")
    assert (done.code, done.err) == (EXIT_DONE, "")
    assert NEWEST in done.out
    assert load_catalogue().digest[:12] in done.out
    found = facts(torchup("facts", "show", "--json"))
    assert (found.summary.origin, found.summary.newest) == ("shipped", NEWEST)
    assert found.summary.counts["releases"] == len(load_catalogue().releases)
    total = sum(len(r.builds) + len(r.companions) for r in load_catalogue().releases)
    assert sum(found.summary.certainty.values()) == total


def test_every_framework_is_counted(torchup: Torchup) -> None:
    told = torchup("facts", "--json").document("torchup.facts/v1")["summary"]["frameworks"]
    assert list(told) == ["torch", "tensorflow", "jax", "onnxruntime"]
    assert all(one["releases"] > 30 and one["builds"] > one["releases"] for one in told.values())
    shown = torchup("facts").out
    for one in tuple(told.values())[1:]:
        counts = f"{one['releases']} releases up to {one['newest']}, {one['builds']} builds"
        assert f"{one['title']}: {counts}" in shown


@pytest.mark.parametrize(
    ("subject", "kind", "value"),
    [
        (("2.14.1",), "release", "torch/releases/2.14.1.toml"),
        (("torch==2.14.1",), "release", "torchvision"),
        (("12.6",), "runtime", "560.28.03"),
        (("cu126",), "runtime", "560.28.03"),
        (("580.65.06",), "driver", "R580"),
        (("GeForce", "GTX", "1080"), "card", "sm_61"),
        (("10de:1b80",), "card", "sm_61"),
    ],
)
def test_one_thing(torchup: Torchup, subject: tuple[str, ...], kind: str, value: str) -> None:
    done = torchup("facts", "show", *subject)
    assert (done.code, done.err) == (EXIT_DONE, "")
    assert value in done.out
    assert "checked 2026-" in done.out
    found = facts(torchup("facts", "show", *subject, "--json"))
    assert [one.kind for one in found.subjects] == [kind]
    assert all(one.fact.url for one in found.subjects[0].known)


def test_nothing_of_that_name(torchup: Torchup) -> None:
    said = one_error(torchup("facts", "show", "Voodoo 2000"), EXIT_NO)
    assert has_next_step(said)
    assert "Voodoo 2000" in said


@pytest.mark.parametrize(
    "words",
    [
        ("check", "x"),
        ("show", "--live"),
        ("update", "--reset", "x"),
        ("update", "--reset", "--force"),
        ("update", "a", "b"),
        ("overlay", "a", "--remove"),
        ("overlay", "--force"),
        ("check", "--remove"),
    ],
)
def test_what_doesnt_belong_together(torchup: Torchup, words: tuple[str, ...]) -> None:
    assert has_next_step(one_error(torchup("facts", *words), EXIT_USAGE))


def test_check_finds_the_shipped_facts_whole(torchup: Torchup) -> None:
    found = facts(torchup("facts", "check", "--json"))
    assert found.ok
    assert not [one for one in found.findings if one.severity == "error"], found


def test_update_from_the_index(served: Torchup, server: IndexServer) -> None:
    done = served("facts", "update")
    assert (done.code, done.err) == (EXIT_DONE, "")
    assert "2999-02-03" in done.out
    found = facts(served("facts", "--json"))
    assert (found.summary.origin, found.summary.version) == ("updated", "2999.2.3")
    assert found.summary.counts["releases"] < len(load_catalogue().releases)
    fetched = [one.path for one in server.asked("/files/", "GET")]
    assert [path.rpartition("/")[2] for path in fetched] == [
        "torchup_facts-2999.2.3-py3-none-any.whl"
    ]
    planned = served("plan", "--cpu", "torch==1.13.1", "--machine", "-", stdin=BARE)
    assert planned.code == EXIT_NO, "the plan is made with the new facts, which lack it"
    again = facts(served("facts", "update", "--json"))
    assert (again.ok, again.changed) == (True, False)
    assert facts(served("facts", "update", "--reset", "--json")).changed
    assert facts(served("facts", "--json")).summary.origin == "shipped"


BARE = '{"schema": "torchup.machine/v1", "os": {"system": "linux"}, "arch": "x86_64", "gpus": []}'


def test_update_from_a_file_needs_no_network(torchup: Torchup, root: Path) -> None:
    (older, newer) = sorted((root / "simple").glob("torchup_facts-*.whl"))
    found = facts(torchup("facts", "update", str(newer), "--offline", "--json"))
    assert (found.changed, found.summary.checked) == (True, "2999-02-03")
    said = one_error(torchup("facts", "update", str(older), "--offline"), EXIT_NO)
    assert has_next_step(said)
    assert facts(torchup("facts", "update", str(older), "--force", "--json")).changed


def test_update_offline_is_refused(served: Torchup, server: IndexServer) -> None:
    assert has_next_step(one_error(served("facts", "update", "--offline"), EXIT_USAGE))
    assert not server.requests


@pytest.mark.parametrize(
    ("fault", "code"),
    [("404", EXIT_NO), ("503", EXIT_OUTSIDE), ("login", EXIT_OUTSIDE)],
)
def test_an_index_without_facts(
    served: Torchup, server: IndexServer, fault: Fault, code: int
) -> None:
    server.faults["/simple/torchup-facts/"] = fault
    assert "/simple" in one_error(served("facts", "update"), code)
    assert facts(served("facts", "--json")).summary.origin == "shipped"


@pytest.mark.parametrize("fault", ["truncated", "404"])
def test_a_file_that_doesnt_arrive_whole(
    served: Torchup,
    server: IndexServer,
    fault: Fault,
) -> None:
    server.faults["/files/"] = fault
    one_error(served("facts", "update"), EXIT_OUTSIDE)
    assert facts(served("facts", "--json")).summary.origin == "shipped"


def test_a_file_that_isnt_the_one_the_index_describes(served: Torchup, server: IndexServer) -> None:
    server.faults["torchup_facts"] = "wrong-hash"
    server.faults["/simple/torchup-facts/"] = "wrong-hash"
    done = served("facts", "update", "--json")
    assert (done.code, done.error["code"]) == (EXIT_OUTSIDE, "facts.bundle-hash")


def test_no_network(torchup: Torchup) -> None:
    assert has_next_step(one_error(torchup("facts", "update"), EXIT_OUTSIDE))


def test_what_is_no_wheel_of_facts(torchup: Torchup, root: Path, tmp_path: Path) -> None:
    one_error(torchup("facts", "update", str(tmp_path / "none.whl")), EXIT_USAGE)
    other = next((root / "simple").glob("torch-*.whl"))
    assert has_next_step(one_error(torchup("facts", "update", str(other)), EXIT_USAGE))


def test_check_asks_the_sources(served: Torchup) -> None:
    done = served("facts", "check", "--live")
    assert done.code == EXIT_DONE, done
    lines = done.out.splitlines()
    assert [line for line in lines if f"{NEXT} exists" in line]
    assert [line for line in lines if f"{NEWEST}+cu140 exists" in line]
    found = facts(served("facts", "check", "--live", "--json"))
    codes = [one.code for one in found.findings if one.severity == "info"]
    assert codes == ["facts.check.release", "facts.check.build"]


def test_check_says_that_nobody_could_be_asked(torchup: Torchup) -> None:
    done = torchup("facts", "check", "--live", "--json")
    found = facts(done)
    assert (done.code, found.ok) == (EXIT_NO, False)
    assert "facts.check.nobody" in [one.code for one in found.findings]


def test_check_says_that_facts_are_old(torchup: Torchup, tmp_path: Path) -> None:
    wheel = facts_wheel(tmp_path, "2020-01-01")
    assert torchup("facts", "update", str(wheel), "--force").code == EXIT_DONE
    done = torchup("facts", "check", "--json")
    found = facts(done)
    assert (done.code, [one.code for one in found.findings]) == (EXIT_DONE, ["facts.check.old"])
    assert found.findings[0].remedy == "torchup facts update"


def test_check_finds_fetched_facts_that_were_changed(torchup: Torchup, root: Path) -> None:
    newest = max((root / "simple").glob("torchup_facts-*.whl"))
    torchup("facts", "update", str(newest))
    (path,) = (torchup.home / "facts").glob("*/cuda.toml")
    path.write_text(path.read_text().replace("560.28.03", "1.2"))
    done = torchup("facts", "check", "--json")
    assert (done.code, [one.code for one in facts(done).findings]) == (
        EXIT_NO,
        ["facts.check.update"],
    )
    (torchup.home / "facts" / "current.json").write_text("{")
    done = torchup("facts", "check", "--json")
    assert (done.code, [one.code for one in facts(done).findings]) == (
        EXIT_NO,
        ["facts.check.record"],
    )


def test_overlay_is_set_used_and_removed(torchup: Torchup, tmp_path: Path) -> None:
    site = tmp_path / "site"
    site.mkdir()
    assert has_next_step(one_error(torchup("facts", "overlay", str(site)), EXIT_USAGE))
    (site / "pythons.toml").write_text(PYTHONS)
    found = facts(torchup("facts", "overlay", "site", "--json"))
    assert (found.changed, found.summary.overlay) == (True, str(site))
    assert f'overlay = "{site}"' in torchup.config.read_text()
    count = len(load_catalogue().pythons)
    assert facts(torchup("facts", "--json")).summary.counts["pythons"] == count + 1
    assert str(site) in torchup("facts", "overlay").out
    (site / "pythons.toml").write_text(PYTHONS.replace("9.9", "8.8"))
    assert facts(torchup("facts", "--json")).summary.counts["pythons"] == count + 1
    assert facts(torchup("facts", "overlay", "--remove", "--json")).changed
    assert facts(torchup("facts", "--json")).summary.counts["pythons"] == count
    assert not facts(torchup("facts", "overlay", "--remove", "--json")).changed


def test_a_broken_overlay_is_said_and_can_be_left(torchup: Torchup, tmp_path: Path) -> None:
    site = tmp_path / "site"
    site.mkdir()
    (site / "pythons.toml").write_text(PYTHONS)
    torchup("facts", "overlay", str(site))
    (site / "pythons.toml").write_text(PYTHONS.replace("released", "relased"))
    said = one_error(torchup("facts"), EXIT_USAGE)
    assert "pythons.toml" in said
    assert has_next_step(said)
    one_error(torchup("plan", "--machine", "-", stdin=BARE), EXIT_USAGE)
    assert torchup("list").code == EXIT_DONE, "what needs no facts goes on"
    done = torchup("facts", "check", "--json")
    found = facts(done)
    assert (done.code, found.summary) == (EXIT_NO, None)
    assert [one.code for one in found.findings] == ["facts.overlay-bad"]
    assert torchup("facts", "check", "--live").code == EXIT_NO
    assert torchup("facts", "overlay", "--remove").code == EXIT_DONE
    assert torchup("facts").code == EXIT_DONE


def test_a_folder_that_doesnt_fit_is_not_set(torchup: Torchup, tmp_path: Path) -> None:
    site = tmp_path / "site"
    site.mkdir()
    (site / "typo.toml").write_text(PYTHONS)
    said = one_error(torchup("facts", "overlay", str(site)), EXIT_USAGE)
    assert "typo.toml" in said
    assert not torchup.config.exists()
    one_error(torchup("facts", "overlay", str(tmp_path / "none")), EXIT_USAGE)


def test_the_variable_names_an_overlay(torchup: Torchup, tmp_path: Path) -> None:
    site = tmp_path / "site"
    site.mkdir()
    (site / "pythons.toml").write_text(PYTHONS)
    torchup.env["TORCHUP_FACTS_OVERLAY"] = str(site)
    found = facts(torchup("facts", "--json"))
    assert (found.summary.overlay, found.summary.overlay_from) == (
        str(site),
        "TORCHUP_FACTS_OVERLAY",
    )
    for words in ((str(site),), ("--remove",)):
        assert has_next_step(one_error(torchup("facts", "overlay", *words), EXIT_USAGE))


def test_the_setting_through_config(torchup: Torchup, tmp_path: Path) -> None:
    assert torchup("config", "set", "facts.overlay", str(tmp_path / "gone")).code == EXIT_DONE
    assert msgspec.toml.decode(torchup.config.read_bytes()) == {
        "facts": {"overlay": str(tmp_path / "gone")}
    }
    assert "gone" in one_error(torchup("facts"), EXIT_USAGE)
    assert torchup("config", "get", "facts.overlay").out.strip() == str(tmp_path / "gone")
    assert torchup("config", "unset", "facts.overlay").code == EXIT_DONE
    assert torchup("facts").code == EXIT_DONE
