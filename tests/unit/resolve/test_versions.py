"""Versions and specifiers, held against ``packaging``."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.specifiers import SpecifierSet

from torchup.resolve.versions import line_meets, meets, overlap

NUMBERS = st.integers(0, 3)
PLAIN = st.lists(NUMBERS, min_size=1, max_size=4).map(lambda parts: ".".join(map(str, parts)))
SUFFIX = st.sampled_from(["", "", "", "rc1", ".post1", ".dev2"])
VERSIONS = st.builds(lambda plain, suffix: plain + suffix, PLAIN, SUFFIX)
SIGNS = st.sampled_from(["<", "<=", ">", ">=", "==", "!="])
PARTS = st.builds(lambda sign, version: sign + version, SIGNS, VERSIONS)
STARRED = st.builds(lambda sign, plain: f"{sign}{plain}.*", st.sampled_from(["==", "!="]), PLAIN)
SPECIFIERS = st.lists(PARTS | STARRED, max_size=3).map(",".join)


@given(VERSIONS, SPECIFIERS)
def test_the_quick_answer_is_that_of_packaging(version: str, specifier: str) -> None:
    assert meets(version, specifier) == SpecifierSet(specifier).contains(version, prereleases=True)


@pytest.mark.parametrize(
    ("version", "specifier", "expected"),
    [
        ("2.2.2+cu121", "<2.3.0", True),
        ("0.5.0+cpu", "==0.5.*", True),
        ("2.0.0+cpu", "<=2.0.0", True),
        ("1.5.10.post0", "!=1.5.10.post0", False),
        ("2.14.1", "~=2.14.0", True),
        ("local", "<2", False),
        ("local", "", True),
    ],
)
def test_some_versions(version: str, specifier: str, expected: bool) -> None:
    assert meets(version, specifier) is expected


@given(PLAIN, SPECIFIERS, SPECIFIERS)
def test_what_a_version_is_in_both_of_overlaps(version: str, one: str, other: str) -> None:
    if not meets(version, f"{one},{other}"):
        return
    plain = not any(sign in one + other for sign in ("rc", "post", "dev"))
    assert overlap(one, other) or not plain


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("==2.1.0", "<2", False),
        ("==1.26.4", "<2", True),
        ("==1.26.4+mine", "<2", True),
        (">=1.20", "<2", True),
        (">=2", "<2", False),
        (">1.9", "<2", True),
        ("~=2.1", "<2", False),
        ("==2.*", "<2", False),
        ("", "<2", True),
        ("!=0", "<2", True),
        ("<1", "<2", True),
        (">=2,<3", "<=2.0", True),
    ],
)
def test_some_overlaps(one: str, other: str, expected: bool) -> None:
    assert overlap(one, other) is expected
    assert overlap(other, one) is expected


@pytest.mark.parametrize(
    ("line", "specifier", "expected"),
    [
        ("3.8", ">=3.8.1", True),
        ("3.8", "<=3.8", False),
        ("3.13t", ">=3.9,<3.14", True),
        ("3.8", ">=3.9", False),
        ("3.8", "", True),
        ("3.8", ">=2.7.*", True),
    ],
)
def test_a_line_of_python_meets_what_its_newest_does(
    line: str, specifier: str, expected: bool
) -> None:
    assert line_meets(line, specifier) is expected
