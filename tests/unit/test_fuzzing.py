"""Every reader of foreign input stands files that are spoilt; see :mod:`fuzzing.__main__`."""

from __future__ import annotations

from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fuzzing import fuzzed_for_all, of_files, of_programs
from fuzzing.spoiling import smallest, spoilt
from torchup.errors import TorchupError

if TYPE_CHECKING:
    from fuzzing.targets import Target

FEW = 10
"""Readers that take milliseconds are tried less often every day."""


@cache
def targets() -> dict[str, Target]:
    return {**dict(of_files.targets()), **dict(of_programs.targets())}


NAMES = sorted(name for name in targets() if not name.startswith("reader "))
"""The readers of other programs' output have a test of their own."""


@pytest.mark.parametrize("name", NAMES)
def test_a_good_file_is_read(name: str) -> None:
    target, read = targets()[name], 0
    for seed in target.seeds:
        with suppress(TorchupError, *target.refuses):
            target.read(seed)
            read += 1
    assert read, "nothing but refusals would be tried"


@pytest.mark.parametrize("name", NAMES)
@fuzzed_for_all
@given(number=st.integers(0, 1 << 40))
def test_a_spoilt_file_is_read_or_refused_in_words(name: str, number: int) -> None:
    target = targets()[name]
    if target.slow and number % FEW:
        return
    error = target.fault(spoilt(target.seeds, number))
    if error is not None:
        raise error


def test_the_same_number_spoils_alike() -> None:
    seeds = (b"one two three", b"{}")
    assert [spoilt(seeds, n) for n in range(99)] == [spoilt(seeds, n) for n in range(99)]
    assert len({spoilt(seeds, n) for n in range(99)}) > 50


def test_a_failure_is_made_small() -> None:
    assert smallest(b"a lot of bytes, and a # in them", lambda data: b"#" in data) == b"#"
