"""What hosts print that is cut off, or of another form: no answer, and no traceback."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from torchup.fleet import asking, remote
from torchup.fleet.ansible import Answer
from torchup.fleet.slurm import payload_allocation
from torchup.wire.gathered import ComputedV1, MetV1, SeenV1

if TYPE_CHECKING:
    from pathlib import Path

RESULT = '{"backend": "gloo", "right": true, "gb_s": 1.5, "world": 2, "pairs": [[0, 1, 1.5]]}'
SPOILT = ("", "{", RESULT[:40], '{"backend": ["x"]}', '{"a":' * 50_000, '{"pairs": "\ud800"}', "[]")


def test_a_whole_line_is_read_whatever_stands_around_it() -> None:
    said = f"welcome\r\n{RESULT}\r\nbye\n"
    found = asking._document(said, ComputedV1)
    assert found is not None
    assert found["pairs"] == [[0, 1, 1.5]] or found["pairs"] == ((0, 1, 1.5),)


@pytest.mark.parametrize("line", SPOILT, ids=range(len(SPOILT)))
def test_a_spoilt_line_is_no_answer(line: str) -> None:
    assert asking._document(f"hello\n{line}\n", ComputedV1) is None
    said = remote._said(Answer(host="one", state="ok", out=f"hello\n{line}\n", code=0))
    assert said.state == "failed"


def test_a_document_of_another_kind_is_no_answer() -> None:
    assert asking._document('{"address": 3}', SeenV1) is None
    assert asking._document('{"peers": {"a": {"why": 1}}}', MetV1) is None


@pytest.mark.parametrize("line", SPOILT, ids=range(len(SPOILT)))
def test_a_job_whose_lines_are_cut_off_says_who_is_missing(line: str, tmp_path: Path) -> None:
    (tmp_path / "a.where").write_text('{"address": "10.0.0.1"}')
    (tmp_path / "b.where").write_text(line, errors="replace")
    (tmp_path / "a.meet").write_text('{"listens": "", "peers": {}}')
    (tmp_path / "a.result").write_text(f"torch says\n{line}\n", errors="replace")
    found = payload_allocation.answers(tmp_path, ["a", "b"])
    assert set(found["where"]) - {"b"} == {"a"}
    assert not found["result"] or isinstance(found["result"], dict)
    json.dumps(found)
    whole = tmp_path / "all.json"
    whole.write_text(line, errors="replace")
    assert payload_allocation.main(["good", str(whole)]) == 1
