"""Known traps as constraints, and the user's own words beside them."""

from __future__ import annotations

import pytest

from torchup.facts.load import load_catalogue
from torchup.model.names import name_of
from torchup.resolve.traps import (
    Constraint,
    absent_of,
    constraints_for,
    is_about_traps,
    reason_applied,
    reason_asked,
    reason_unmet,
    relevant,
    requirements_of,
)
from torchup.resolve.wishes import Wishes
from torchup.words import load_words

CATALOGUE = load_catalogue()
HERE = {"sys_platform": "linux", "python_version": "3.11"}


def set_for(packages: dict[str, str], system: str = "linux", python: str = "3.10") -> set[str]:
    return {one.requirement for one in constraints_for(CATALOGUE, packages, system, python)}


def constraint(package: str = "numpy", versions: str = "<2", **changes: object) -> Constraint:
    values: dict[str, object] = {
        "package": package,
        "versions": versions,
        "trap": "numpy2-framework",
        "reason": "why",
        "about": "frame 1.0",
        "fact": CATALOGUE.traps[0].fact,
        "symptom": "it breaks",
        **changes,
    }
    return Constraint(**values)  # type: ignore[arg-type]  # the caller names real fields


@pytest.mark.parametrize(
    ("packages", "system", "python", "there", "missing"),
    [
        ({"torch": "2.2.2+cu121"}, "linux", "3.11", {"numpy<2"}, {"setuptools<70"}),
        ({"torch": "2.3.1"}, "linux", "3.11", set(), {"numpy<2"}),
        ({"torch": "2.3.1"}, "windows", "3.11", {"numpy<2"}, set()),
        ({"torch": "2.4.1"}, "windows", "3.11", set(), {"numpy<2"}),
        ({"torch": "2.0.1"}, "windows", "3.10", {"numpy<2", "numpy>=1.23"}, set()),
        ({"torch": "2.0.1"}, "windows", "3.11", {"numpy<2"}, {"numpy>=1.23"}),
        ({"torch": "1.10.2"}, "linux", "3.9", {"setuptools<70", "setuptools<=59.5.0"}, set()),
        ({"torch": "1.7.0"}, "linux", "3.8", {"dataclasses", "numpy<1.24"}, set()),
        ({"torch": "1.7.0"}, "linux", "3.6", set(), {"dataclasses"}),
        ({"torch": "1.7.1"}, "linux", "3.8", set(), {"dataclasses"}),
        ({"tensorboard": "2.5.0"}, "linux", "3.9", {"numpy<1.24", "protobuf<=3.20.3"}, set()),
        ({"tensorboard": "2.20.0"}, "macos", "3.13", {"setuptools<82"}, {"numpy<2"}),
        ({"pytorch-lightning": "1.5.10.post0"}, "linux", "3.9", set(), {"pip<24.1"}),
        ({"pytorch-lightning": "1.5.9"}, "linux", "3.9", {"pip<24.1"}, set()),
        ({"torch": "2.5.1"}, "linux", "3.13t", {"typing-extensions>=4.12.2"}, set()),
        ({"torch": "2.10.0"}, "windows", "3.12", {"triton-windows==3.6.*"}, {"triton==3.6.*"}),
        ({"torch": "2.10.0"}, "linux", "3.12", {"triton==3.6.*"}, {"triton-windows==3.6.*"}),
        ({}, "linux", "3.12", set(), {"numpy<2"}),
    ],
)
def test_rows_that_fit(
    packages: dict[str, str], system: str, python: str, there: set[str], missing: set[str]
) -> None:
    found = set_for(packages, system, python)
    assert there <= found
    assert not missing & found


def test_a_constraint_says_what_set_it_off_and_where_it_is_written() -> None:
    found = next(
        one
        for one in constraints_for(CATALOGUE, {"torch": "2.2.2+cu121"}, "linux", "3.11")
        if one.package == "numpy"
    )
    assert found.about == "torch 2.2.2"
    reason = reason_applied(found, CATALOGUE)
    assert (reason.code, reason.effect, reason.subject) == ("trap-constrains", "prefer", "numpy<2")
    assert reason.fact is not None
    assert reason.fact.key == "traps.numpy2-framework"
    assert "issues" in reason.fact.url


@pytest.mark.parametrize("language", ["en"])
@pytest.mark.parametrize(
    ("found", "code"),
    [
        (constraint(), "trap-constrains"),
        (constraint(sure=False), "trap-unsure"),
        (constraint(symptom=""), "trap-pairs"),
        (constraint(versions="", absent=True), "trap-excludes"),
    ],
)
def test_every_reason_has_words(language: str, found: Constraint, code: str) -> None:
    words = load_words(language)
    reasons = [
        reason_applied(found, CATALOGUE),
        reason_asked(found, "numpy==2.1", CATALOGUE),
        reason_unmet(found, CATALOGUE),
    ]
    assert reasons[0].code == code
    for reason in reasons:
        assert is_about_traps(reason)
        said = words.say(
            f"reason.{reason.code}",
            {"subject": reason.subject, "needs": "N", "has": reason.has, "about": reason.about},
        )
        assert reason.about in said
        assert "“”" not in said


def test_holding() -> None:
    assert constraint().holds_in({"numpy": "1.26.4"})
    assert constraint().holds_in({})
    assert not constraint().holds_in({"numpy": "2.0.0"})
    assert not constraint(versions="", absent=True).holds_in({"numpy": "1.0"})


def test_constraints_of_one_package_are_written_together() -> None:
    found = [
        constraint("setuptools", "<70"),
        constraint("numpy", "<2"),
        constraint("setuptools", "<=59.5.0"),
        constraint("numpy", "<2", trap="another"),
        constraint("dataclasses", "", absent=True),
    ]
    assert requirements_of(found) == ("numpy<2", "setuptools<70,<=59.5.0")
    assert absent_of(found) == ("dataclasses",)


def test_what_nobody_names_and_nothing_brings_is_left_alone() -> None:
    brought, alone = constraint(brings=True), constraint("triton", "==3.6.*")
    assert relevant([brought, alone], {"frame"}) == (brought,)
    assert relevant([brought, alone], {"triton"}) == (brought, alone)


@pytest.mark.parametrize(
    ("line", "kept"),
    [
        ("numpy==2.1.0", False),
        ("NumPy >= 2", False),
        ("numpy>=1.20", True),
        ("numpy", True),
        ("numpy==2.1; sys_platform == 'win32'", True),
        ("numpy @ https://example.org/numpy-2.1.0-py3-none-any.whl", True),
        ("./a/path", True),
        ("pandas==2.1", True),
    ],
)
def test_the_users_words_come_first(line: str, kept: bool) -> None:
    fitting, refused = Wishes((line,), HERE).split([constraint()])
    assert [one.package for one in fitting] == (["numpy"] if kept else [])
    assert [wish for _, wish in refused] == ([] if kept else [line])


def test_exact_wishes_are_versions_that_are_known() -> None:
    lines = ("Tensor_Board==2.5.0", "numpy>=1", "pillow==9.*", "six===1.0", "h5py==3.0,<4")
    assert Wishes(lines, HERE).exact == {"tensor-board": "2.5.0", "six": "1.0"}


@pytest.mark.parametrize(
    ("line", "name"),
    [("numpy<2", "numpy"), ("Py.Yaml_x [a]>=1", "py-yaml-x"), ("  pip", "pip"), ("", "")],
)
def test_names(line: str, name: str) -> None:
    assert name_of(line) == name
