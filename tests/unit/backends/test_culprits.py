"""Which package a failed solve names."""

from __future__ import annotations

import pytest

from torchup.backends.culprits import Wish, culprit_of
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
    found = culprit_of(failure)
    assert found is not None
    assert (found.name, found.trouble, found.published) == ("one", "no-version", "2023-11-05")


def test_lines_that_contradict_each_other_tell_who_wants_what() -> None:
    why = (
        "Because one==1 depends on two<2, we can conclude that one==1 depends on two<2.\n"
        "And because plan depends on two==2 and one==1, your requirements are unsatisfiable."
    )
    found = culprit_of(NoAnswerError("uv.no-solution", why=why))
    assert found is not None
    assert (found.name, found.trouble) == ("", "conflict")
    assert set(found.wishes) == {Wish(who="one==1", name="two", versions="<2")}
    assert {"one", "two"} <= found.names


def test_without_anybodys_wish_nothing_is_told() -> None:
    why = "Because plan depends on one==1 and one==2, your requirements are unsatisfiable."
    assert culprit_of(NoAnswerError("uv.no-solution", why=why)) is None


@pytest.mark.parametrize(
    ("asks", "wanted"),
    [
        ("all versions of two depend on one<3", ("<3",)),
        ("two==1 depends on one==2 and three depends on one", ()),
    ],
)
def test_the_versions_that_are_wanted_of_what_has_no_wheels(
    asks: str, wanted: tuple[str, ...]
) -> None:
    why = f"Because one==2 has no usable wheels and {asks}, we can conclude"
    found = culprit_of(NoAnswerError("uv.no-wheels", why=why))
    assert found is not None
    assert found.wanted == wanted


def test_what_has_not_even_sources() -> None:
    why = "Because one==2 has no wheels with a matching Python ABI tag (e.g., `cp310`) and"
    found = culprit_of(NoAnswerError("uv.no-solution", why=why))
    assert found is not None
    assert (found.name, found.trouble) == ("one", "no-file")


def test_what_brings_along_a_package_that_has_no_wheels() -> None:
    why = (
        "Because one==2 has no usable wheels and two-x>=3 depends on one>=2 "
        "and plan depends on two-x"
    )
    found = culprit_of(NoAnswerError("uv.no-solution", why=why))
    assert found is not None
    assert (found.name, found.brought_by) == ("one", ("two-x", "plan"))


def test_what_can_be_built_comes_before_what_is_not_there() -> None:
    why = (
        "Because one<=2 has no wheels with a matching Python ABI tag (e.g., `cp38`) and "
        "two==1.1 has no usable wheels and one>=3 depends on two>=1.1"
    )
    found = culprit_of(NoAnswerError("uv.no-wheels", why=why))
    assert found is not None
    assert (found.name, found.trouble, found.brought_by) == ("two", "no-wheels", ("one",))


def test_a_wish_may_have_several_stretches() -> None:
    why = (
        "Because one>=4.30 depends on one of:\ntwo>=0.11.1,<0.11.3\ntwo>0.11.3,<0.14\n"
        "and plan depends on one==4.30 and two==0.14.0, your requirements are unsatisfiable."
    )
    found = culprit_of(NoAnswerError("uv.no-solution", why=why))
    assert found is not None
    (wish,) = found.wishes
    assert (wish.who, wish.name) == ("one>=4.30", "two")
    assert [wish.allows(one) for one in ("0.11.2", "0.11.3", "0.13", "0.14")] == [
        True,
        False,
        True,
        False,
    ]
