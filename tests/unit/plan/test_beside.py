"""What belongs beside a release, by the catalogue's rows."""

from __future__ import annotations

import pytest

from torchup.facts.load import load_catalogue
from torchup.plan.beside import beside

FRAMEWORK = load_catalogue().framework


@pytest.mark.parametrize(
    ("version", "system", "expected"),
    [
        ("2.13.0", "linux", {"numpy"}),
        ("2.3.1", "windows", {"numpy"}),
        ("2.2.0", "linux", {"numpy"}),
        ("1.10.2", "linux", {"numpy", "setuptools"}),
    ],
)
def test_rows_that_fit(version: str, system: str, expected: set[str]) -> None:
    assert set(beside(FRAMEWORK, version, system, ())) == expected


@pytest.mark.parametrize("asked", ["numpy==1.26.4", "NumPy>=2", "numpy[extra]; python_version>'3'"])
def test_what_is_asked_for_by_name_is_left_to_the_user(asked: str) -> None:
    assert beside(FRAMEWORK, "2.2.2", "linux", (asked,)) == ()
