from __future__ import annotations

from typing import TYPE_CHECKING

from tools import compare_peers
from tools.peers.answers import Answer, Record, read_record, write_record
from tools.peers.machines import load_subjects
from tools.peers.page import PAGE, Cell, Row, page
from tools.peers.page_words import CELLS, CLASSES, NOTES, class_of
from tools.peers.verdict import judge

from unit.tools_peers.facts import CATALOGUE, subject

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

RECORD = Record(date="2026-11-21", facts="2026-11-20", versions={"peer": "1.2.3"}, answers={})


def row(answer: Answer) -> Row:
    machine = subject("sm_61", driver="580.95")
    return Row(
        subject=machine,
        cells=(Cell(tool="peer", answer=answer, verdict=judge(machine, answer, CATALOGUE)),),
    )


def test_the_committed_page_is_up_to_date(capsys: pytest.CaptureFixture[str]) -> None:
    status = compare_peers.main(["--check"])
    assert status == 0, capsys.readouterr().out


def test_every_peer_was_run_on_every_machine() -> None:
    known = {one.id for one in load_subjects()}
    record = read_record()
    assert set(record.answers) == set(record.versions) == set(compare_peers.ASK)
    assert all(set(found) == known for found in record.answers.values())


def test_an_old_page_fails_the_check(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    old = tmp_path / "comparison.md"
    text = PAGE.read_text(encoding="utf-8")
    old.write_text(text.replace("| GTX 1080, driver 580 |", "| GTX 1080 |"), encoding="utf-8")
    monkeypatch.setattr(compare_peers, "PAGE", old)
    assert compare_peers.main(["--check"]) == compare_peers.OUT_OF_DATE
    told = capsys.readouterr().out
    assert "+ | GTX 1080, driver 580 |" in told
    assert "- | GTX 1080 |" in told
    assert compare_peers.main(["--page"]) == 0
    assert compare_peers.main(["--check"]) == 0


def test_a_page_shows_the_choice_the_verdict_and_the_reason() -> None:
    found = page([row(Answer(kind="build", version="2.0.0", build="cu130"))], RECORD)
    assert "| One | ✗ `2.0.0+cu130` no kernels for this card |" in found
    assert "  - peer `2.0.0+cu130`: no machine code for card sm_61 (sm_61)." in found
    assert "| GPU build that doesn't run there | 1 |" in found
    assert "peer 1.2.3" in found


def test_a_star_marks_inferred_facts() -> None:
    found = page([row(Answer(kind="build", version="2.0.0", build="cu126"))], RECORD)
    assert "| One | ✓ `2.0.0+cu126` runs* |" in found


def test_every_choice_is_counted_once() -> None:
    answers = (
        Answer(kind="build", version="2.0.0", build="cu126"),
        Answer(kind="build", version="2.0.0", build="cpu"),
        Answer(kind="failure", said="no"),
        Answer(kind="outside", said="plug-in"),
        Answer(kind="refusal"),
    )
    rows = [row(one) for one in answers]
    found = page(rows, RECORD)
    counts = [
        int(line.rpartition(" | ")[2].rstrip(" |"))
        for line in found.splitlines()
        if any(line.startswith(f"| {words} |") for words in CLASSES.values())
    ]
    assert sum(counts) == len(rows)


def test_every_verdict_has_words() -> None:
    assert set(CELLS) - {"as-many-as-any"} == set(NOTES)
    machine = subject("sm_61", driver="580.95")
    for build in CATALOGUE.releases[0].builds:
        answer = Answer(kind="build", version="2.0.0", build=build.name)
        assert class_of(judge(machine, answer, CATALOGUE)) in CLASSES


def test_a_run_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    answers = {"peer": {"one": Answer(kind="build", version="2.0.0", build="cu130")}}
    record = Record(date="d", facts="f", versions={"peer": "1"}, answers=answers)
    write_record(record, tmp_path / "record.json")
    assert read_record(tmp_path / "record.json") == record
