"""Which package a failed solve names."""

from __future__ import annotations

import pytest

from torchup.backends.culprits import Culprit, culprit_of
from torchup.errors import NoAnswerError


@pytest.mark.parametrize(
    ("why", "name", "trouble"),
    [
        ("Because one-two==4.7 has no usable wheels", "one-two", "no-wheels"),
        ("Because all versions of one have no usable wheels", "one", "no-wheels"),
        (
            "Because one>=0.10.1,<=0.10.3 has no usable wheels and only the following",
            "one",
            "no-wheels",
        ),
        ("Because there is no version of One_Two==4.7.1.72", "one-two", "no-version"),
        ("Because one[x] was not found in the package registry", "one", "gone"),
    ],
)
def test_a_package_that_can_not_be_had(why: str, name: str, trouble: str) -> None:
    found = culprit_of(NoAnswerError("uv.no-solution", why=why))
    assert found is not None
    assert (found.name, found.trouble) == (name, trouble)


def test_a_version_that_only_the_day_hides() -> None:
    why = "Because there is no version of one==2"
    failure = NoAnswerError("uv.no-solution", why=why, published="2023-11-05")
    assert culprit_of(failure) == Culprit(name="one", trouble="no-version", published="2023-11-05")


def test_lines_that_contradict_each_other_name_no_culprit() -> None:
    why = "Because one==1 depends on two<2 and plan depends on two==2 and one==1"
    assert culprit_of(NoAnswerError("uv.no-solution", why=why)) is None


def test_what_brings_along_a_package_that_has_no_wheels() -> None:
    why = (
        "Because one==2 has no usable wheels and two-x>=3 depends on one>=2 "
        "and plan depends on two-x"
    )
    found = culprit_of(NoAnswerError("uv.no-solution", why=why))
    assert found is not None
    assert (found.name, found.brought_by) == ("one", ("two-x", "plan"))
