"""How a log is read: what is joined, what is left out, and what a sign looks at."""

from __future__ import annotations

import time

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from torchup.api.explain.causes import explain_log
from torchup.diagnose import log
from torchup.diagnose.log import Piece, pieces
from torchup.diagnose.reading import Reader, compiled
from torchup.diagnose.rule import Harmless, Rule, Sign
from torchup.diagnose.rules import GROUPS, programs
from torchup.diagnose.rules.programs import signs_of
from torchup.facts.causes import load_cause_facts

QUICK = 3.0
LINE = 0.25
"""Seconds for a megabyte where much else runs; alone it takes a tenth of a second."""


def lines_of(text: str) -> list[str]:
    return [line for piece in pieces([text]) for line in piece.lines[piece.fresh :]]


def codes(text: str) -> list[str]:
    return [one.code for one in explain_log([text.encode()]).findings]


def hits(text: str, *signs: Sign, harmless: tuple[Harmless, ...] = ()) -> list[tuple[int, int]]:
    read = Reader((Rule(code="x", signs=signs),), harmless, ()).read([text.encode()])
    return [(hit.sign, hit.line) for hit in read.hits]


@pytest.mark.parametrize("columns", [80, 120])
def test_what_a_console_broke_at_its_edge_is_whole_again(columns: int) -> None:
    said = "AssertionError: Torch not compiled with CUDA enabled"
    broken = said.rjust(columns + 20)
    first, *_ = lines_of(f"{broken[:columns]}\n{broken[columns:]}\nnext\n")
    assert first == broken


def test_a_line_of_that_length_before_a_new_one_stays_alone() -> None:
    first = "x" * 80
    assert lines_of(f"{first}\n    indented\n")[0] == first


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("\\u627e\\u4e0d\\u5230", "找不到"),
        ("na\\xefve", "naïve"),
        ("C:\\users\\u0041bc", "C:\\users\\u0041bc"),
    ],
)
def test_letters_are_read_as_json_and_python_write_them(written: str, read: str) -> None:
    assert lines_of(written)[0] == read


def test_of_lines_that_differ_in_numbers_the_first_and_the_last_are_searched() -> None:
    lines = [f"step {number} loss 0.{number}" for number in range(1000)]
    piece = Piece([*lines, "Killed"], 1, 0)
    assert piece.lower.startswith("step 0 loss")
    assert "step 999 loss" in piece.lower
    assert "step 500 loss" not in piece.lower
    number, _ = piece.line_at(piece.lower.index("killed"))
    assert number == 1000


@given(st.lists(st.sampled_from("ab 1_-:.'\n"), max_size=60).map("".join), st.data())
@settings(deadline=None)
def test_no_key_is_passed_over(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    key = text[start : start + data.draw(st.integers(1, 8))].split("\n", maxsplit=1)[0]
    if key:
        assert hits(text, Sign(50, key))


def test_a_sign_looks_at_lines_before_and_after_its_own() -> None:
    text = "one\ntwo\nthree\nfour\n"
    assert hits(text, Sign(50, "three", r"two\nthree", before=1)) == [(0, 3)]
    assert hits(text, Sign(50, "three", r"three\nfour", 1)) == [(0, 3)]
    assert not hits(text, Sign(50, "three", r"one\ntwo", before=1))


def test_a_sign_may_count_for_nothing() -> None:
    none = Sign(50, "three", "three", weigh=lambda _: 0.0)
    assert not hits("three\n", none)


def test_what_is_harmless_is_no_sign() -> None:
    quiet = Harmless("careful", after=1)
    assert hits("careful\nbroken\nbroken\n", Sign(50, "broken"), harmless=(quiet,)) == [(0, 3)]


def test_the_programs_name_causes_that_are_known() -> None:
    known = set(load_cause_facts().codes)
    named = {code for code in known if signs_of(code)}
    assert len(named) > 80
    written = {code for module in programs._MODULES for code in module.SIGNS}
    assert written <= known, "a misspelt cause would be passed over"


def test_pieces_overlap_by_all_that_a_sign_may_look_at() -> None:
    signs = [sign for rules in GROUPS.values() for rule in rules for sign in rule.signs]
    assert max(max(one.more, one.before) for one in signs) <= log._OVERLAP


def test_an_emoji_as_json_writes_it_is_no_letter() -> None:
    said = '{"log": "AssertionError: Torch not compiled with CUDA enabled \\ud83d\\ude00"}\n'
    found = explain_log([said.encode()])
    assert found.findings
    assert msgspec.json.encode(found)


def test_a_file_hides_a_library_only_where_there_is_one_of_that_name() -> None:
    said = (
        "ImportError: cannot import name 'x' from partially initialized module '{0}' (/me/{0}.py)\n"
    )
    assert codes(said.format("random"))[0] == "shadowing-local-file"
    assert "shadowing-local-file" not in codes(said.format("helpers"))


@pytest.mark.parametrize(
    "line",
    [
        "INFO step {0} loss 0.{0}",
        "File /home/me/.venv/lib/python3.11/site-packages/x/y{0}.py, line {0}, in f",
        "torch cuda conda pip gcc nvcc driver error no such file {0}",
        "'module' object has no attribute 'x{0}' cannot import name 'y{0}' import pyqt",
    ],
)
def test_a_megabyte_is_read_in_no_time(line: str) -> None:
    text = "\n".join(line.format(number) for number in range((1 << 20) // len(line)))
    began = time.process_time()
    explain_log([text.encode()])
    assert time.process_time() - began < QUICK


@pytest.mark.parametrize("apart", [" ", ""])
@pytest.mark.parametrize(
    "key", ["pyqt", "import torchaudio", "site-packages/", "cannot import", "libbitsandbytes"]
)
def test_lines_full_of_a_key_are_read_in_no_time(key: str, apart: str) -> None:
    text = "\n".join(f"{key}{apart}" * 400 + chr(97 + number) for number in range(26))
    began = time.process_time()
    explain_log([text.encode()])
    assert time.process_time() - began < QUICK


@pytest.mark.parametrize("apart", [" ", ""])
def test_no_pattern_begins_at_each_of_a_lines_letters(apart: str) -> None:
    signs = [sign for rules in GROUPS.values() for rule in rules for sign in rule.signs]
    took: dict[str, float] = {}
    for key, patterns in _patterns(signs).items():
        line = f"{key}{apart}" * (log._LONGEST // (len(key) + 1))
        began = time.process_time()
        for pattern in patterns:
            compiled(pattern).search(line)
        took[key] = time.process_time() - began
    worst = max(took, key=lambda key: took[key])
    assert took[worst] < LINE, worst


def _patterns(signs: list[Sign]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for sign in signs:
        found.setdefault(sign.key, set()).add(sign.pattern)
    return found
