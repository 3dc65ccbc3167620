"""``torchup undo``, as a process."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from cli.process import Torchup

OLD = "channels:\n  - defaults\n"


@pytest.fixture
def condarc(torchup: Torchup) -> Path:
    path = Path(torchup.env["HOME"]) / ".condarc"
    path.write_text(OLD)
    assert torchup("config", "conda", "add", "channels", "conda-forge").code == 0
    return path


def test_the_last_change_is_shown_then_taken_back(torchup: Torchup, condarc: Path) -> None:
    changed = condarc.read_text()
    dry = torchup("undo", "--dry-run")
    assert dry.code == 0
    assert str(condarc) in dry.out
    assert condarc.read_text() == changed
    done = torchup("undo", "--json").document("torchup.outcome/v1")
    assert [(one["id"], one["status"]) for one in done["steps"]] == [("file", "done")]
    assert condarc.read_text() == OLD
    nothing = torchup("undo", "--json")
    assert (nothing.code, nothing.error["code"]) == (1, "undo.nothing")


def test_changes_are_listed_the_newest_first(torchup: Torchup, condarc: Path) -> None:
    torchup("config", "conda", "set", "ssl_verify", "true")
    found = torchup("undo", "--list", "--json").document("torchup.changes/v1")["changes"]
    assert [one["command"] for one in found] == ["config conda"] * 2
    assert [one["undoable"] for one in found] == [True, False]
    shown = torchup("undo", "--list", "--lang", "zh_CN").out
    assert str(condarc) in shown
    assert f"torchup undo {found[0]['id']} --dry-run" in shown
    refused = torchup("undo", found[1]["id"], "--json")
    assert (refused.code, refused.error["code"]) == (1, "undo.changed-by")
    assert refused.error["hint"] == f"torchup undo {found[0]['id']}"


def test_what_was_changed_since_is_only_put_back_by_force(torchup: Torchup, condarc: Path) -> None:
    condarc.write_text("mine")
    refused = torchup("undo", "--json")
    assert (refused.code, refused.error["code"]) == (1, "kept.changed-since")
    assert condarc.read_text() == "mine"
    assert torchup("undo", "--force").code == 0
    assert condarc.read_text() == OLD
    assert torchup("undo").code == 0
    assert condarc.read_text() == "mine"


@pytest.mark.parametrize(
    ("words", "code", "status"),
    [
        (("nonsense",), "undo.unknown", 2),
        (("../kept",), "undo.unknown", 2),
        (("--what",), "cli.unknown-option", 2),
    ],
)
@pytest.mark.usefixtures("condarc")
def test_wrong_names_are_one_clear_error(
    torchup: Torchup, words: tuple[str, ...], code: str, status: int
) -> None:
    ended = torchup("undo", *words, "--json")
    assert (ended.code, ended.error["code"]) == (status, code)


@pytest.mark.parametrize(
    "what", [{"code": "undo.what.of-another-version"}, {"code": "undo.what.conda", "args": {}}]
)
def test_a_change_without_words_is_shown_and_taken_back(
    torchup: Torchup, condarc: Path, what: dict[str, object]
) -> None:
    (entry,) = torchup.home.glob("kept/*/entry.json")
    entry.write_text(json.dumps(json.loads(entry.read_text()) | {"what": what}))
    shown = torchup("undo", "--list")
    assert (shown.code, shown.err) == (0, "")
    assert "torchup config conda" in shown.out
    (found,) = torchup("undo", "--list", "--json").document("torchup.changes/v1")["changes"]
    assert found["what"] == "torchup config conda"
    assert torchup("undo").code == 0
    assert condarc.read_text() == OLD


@pytest.mark.parametrize("options", [(), ("--dry-run",), ("--force",)])
def test_a_copy_that_is_gone_is_one_clear_error(
    torchup: Torchup, condarc: Path, options: tuple[str, ...]
) -> None:
    changed = condarc.read_text()
    (copy,) = torchup.home.glob("kept/*/0")
    copy.unlink()
    ended = torchup("undo", *options, "--json")
    assert (ended.code, ended.error["code"]) == (1, "undo.lost")
    assert condarc.read_text() == changed
    (found,) = torchup("undo", "--list", "--json").document("torchup.changes/v1")["changes"]
    assert not found["undoable"]
    assert "what was before is gone" in torchup("undo", "--list").out


@pytest.mark.parametrize("spoilt", ["", "[1", "{}", "\\u0000"])
def test_an_entry_that_cannot_be_read_is_named_and_stops_nothing(
    torchup: Torchup, condarc: Path, spoilt: str
) -> None:
    (entry,) = torchup.home.glob("kept/*/entry.json")
    was = entry.read_text()
    entry.write_text(was.replace(str(condarc), f"{condarc}{spoilt}") if "u0" in spoilt else spoilt)
    shown = torchup("undo", "--list")
    assert (shown.code, shown.err) == (0, "")
    assert str(entry.parent) in shown.out.replace("\n", "")
    told = torchup("undo", "--list", "--json").document("torchup.changes/v1")
    assert (told["changes"], told["unreadable"]) == ([], [str(entry.parent)])
    for words in (("undo",), ("undo", entry.parent.name)):
        refused = torchup(*words, "--json")
        assert (refused.code, refused.error["code"]) == (1, "undo.unreadable")
        assert str(entry.parent) in refused.error["message"]
    assert condarc.read_text() != OLD
    entry.write_text(was)
    assert torchup("undo").code == 0
    assert condarc.read_text() == OLD


def test_an_earlier_change_is_not_undone_instead_of_one_that_cannot_be_read(
    torchup: Torchup, condarc: Path
) -> None:
    first = condarc.read_text()
    assert torchup("config", "conda", "set", "ssl_verify", "true").code == 0
    entries = sorted(torchup.home.glob("kept/*/entry.json"))
    entries[-1].write_text("[")
    now = condarc.read_text()
    assert torchup("undo", "--json").error["code"] == "undo.unreadable"
    assert condarc.read_text() == now
    condarc.write_text(first)
    assert torchup("undo", entries[0].parent.name).code == 0
    assert condarc.read_text() == OLD


def test_a_copy_that_is_not_what_was_is_not_put_back(torchup: Torchup, condarc: Path) -> None:
    changed = condarc.read_text()
    (copy,) = torchup.home.glob("kept/*/0")
    copy.write_text(OLD[:5])
    ended = torchup("undo", "--json")
    assert (ended.code, ended.error["code"]) == (1, "undo.lost")
    assert condarc.read_text() == changed
