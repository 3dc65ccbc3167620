"""Names that are spelled nearly like another one."""

from __future__ import annotations

import pytest

from torchup.resolve.spelling import nearby

NAMES = frozenset(
    {
        "numpy",
        "numpy-financial",
        "xformers",
        "torch",
        "torchvision",
        "torch-scatter",
        "scikit-learn",
        "six",
    }
)


@pytest.mark.parametrize(
    ("asked", "first"),
    [
        ("numppy", "numpy"),
        ("nunpy", "numpy"),
        ("nmupy", "numpy"),
        ("numy", "numpy"),
        ("xfomers", "xformers"),
        ("Torch_Scater", "torch-scatter"),
        ("scikitlearn", "scikit-learn"),
        ("xfrmrs", "xformers"),
    ],
)
def test_slips(asked: str, first: str) -> None:
    assert nearby(asked, NAMES)[0] == first


def test_what_contains_the_name_comes_the_shortest_first() -> None:
    assert nearby("torch", NAMES) == ("torchvision", "torch-scatter")
    assert nearby("torch", NAMES, most=1) == ("torchvision",)
    assert nearby("x", NAMES) == ()
    assert nearby("nothing-like-it", NAMES) == ()
