"""How far a message that means nothing reaches."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from torchup.diagnose.rules.harmless import HARMLESS, hunk, of_pytest, reason, warned

DIFF = ["@@ -1,2 +1,3 @@", " same", "-old", "+new", "+newer", "after"]


def test_a_part_of_a_diff_is_as_long_as_its_head_tells() -> None:
    assert hunk(DIFF, 0) == len(DIFF) - 2
    assert hunk(["@@ -1 +1 @@", "-a", "+b", "c"], 0) == 2
    assert hunk(["@@ -1,9 +1,9 @@", " cut"], 0) == 1
    assert hunk(["no head"], 0) == 0


@pytest.mark.parametrize(
    ("after", "reach"),
    [
        (["Error caught was: No module named 'triton'", "step"], 1),
        (["Traceback (most recent call last):", "  File", "    import triton", "Error", "step"], 4),
        (["Traceback (most recent call last):"], 2),
    ],
)
def test_a_reason_is_a_line_or_a_whole_traceback(after: list[str], reach: int) -> None:
    assert reason(["not available", *after], 0) == reach


def test_a_warning_has_its_line_of_code_and_no_more() -> None:
    assert warned(["UserWarning: x", "  warn("], 0) == 1
    assert warned(["UserWarning: x", "RuntimeError: y"], 0) == 0
    assert warned(["UserWarning: x"], 0) == 0


def test_pytest_goes_on_with_its_own_lines() -> None:
    assert of_pytest(["E   assert 1", "E    - a", "E    + b", "1 failed"], 0) == len("ab")


@given(
    st.lists(st.text("@- +,0123456789E Traceback", max_size=30), min_size=1, max_size=12), st.data()
)
def test_no_text_upsets_them(lines: list[str], data: st.DataObject) -> None:
    number = data.draw(st.integers(0, len(lines) - 1))
    for one in HARMLESS:
        if one.reach:
            assert one.reach(lines, number) >= 0
