"""Words in quotes: what comes out of a shell is what was put in."""

from __future__ import annotations

import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from torchup.plan.quoting import command_line

WORDS = st.lists(st.text(st.characters(codec="ascii", exclude_categories=["Cc"])), min_size=1)


@given(WORDS)
def test_a_posix_shell_gives_the_words_back(words: list[str]) -> None:
    assert shlex.split(command_line("run", *words)) == ["run", *words]


@pytest.mark.parametrize(
    ("word", "written"),
    [
        ("torch==2.9.1+cu128", "torch==2.9.1+cu128"),
        ("numpy<2", '"numpy<2"'),
        ('a; python_version < "3.9"', "'a; python_version < \"3.9\"'"),
        ("a @ https://x/$(id)", "'a @ https://x/$(id)'"),
    ],
)
def test_posix(word: str, written: str) -> None:
    assert command_line(word) == written


def test_windows_has_no_single_quotes() -> None:
    marker = 'a; python_version < "3.9"'
    assert command_line(marker, windows=True) == "\"a; python_version < '3.9'\""
    assert command_line("NAME\\Scripts\\python", windows=True) == "NAME\\Scripts\\python"
