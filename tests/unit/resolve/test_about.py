"""Everything that speaks for and against one stack."""

from __future__ import annotations

from typing import Any

import pytest

from torchup.cli.stack import is_stack, read_stack
from torchup.errors import UsageError
from torchup.model import Requirement
from torchup.resolve.about import About, about
from unit.resolve.machinery import CATALOGUE, TODAY, choose, machine

ADA = machine("sm_89", driver="580.65.06")
BLACKWELL = machine("sm_120", driver="565.77")


def told(found: Any, *packages: str, **asked: Any) -> About:  # noqa: ANN401 - any field
    named = Requirement(packages=packages, today=TODAY, **asked)
    answer = about(found, named, CATALOGUE, preferred=choose(found).stack)
    assert answer is not None
    return answer


def test_what_is_preferred_is_named_as_such() -> None:
    best = choose(ADA).stack
    assert best is not None
    answer = told(ADA, f"torch=={best.packages['torch']}", build=best.build)
    assert answer.valid
    assert answer.reasons[-1].code == "is-preferred"


def test_a_valid_one_is_told_what_is_preferred_to_it() -> None:
    older = told(ADA, "torch==2.9.1", build="cu130")
    assert older.valid
    assert older.label == "2.9.1+cu130"
    assert older.considered == 1
    assert older.reasons[-1].code == "rival-newer"
    assert {one.effect for one in older.reasons[:-1]} == {"accept"}


def test_an_older_runtime_of_the_same_release() -> None:
    best = choose(ADA, "torch==2.9.1").stack
    assert best is not None
    named = Requirement(packages=("torch==2.9.1",), build="cu126", today=TODAY)
    answer = about(ADA, named, CATALOGUE, preferred=best)
    assert answer is not None
    assert answer.reasons[-1].code == "rival-runtime"
    assert (answer.reasons[-1].needs, answer.reasons[-1].has) == (best.runtime, "12.6")


def test_every_reason_against_is_told_with_those_for_it() -> None:
    answer = told(BLACKWELL, "torch==2.4.1", build="cu124")
    assert not answer.valid
    against = {one.code for one in answer.reasons if one.effect == "reject"}
    assert {"arch-missing", "driver-too-old-for-card"} <= against
    assert any(one.effect == "accept" for one in answer.reasons)
    assert all(one.fact for one in answer.reasons if one.code.startswith(("arch", "driver")))


def test_what_was_never_published_has_no_reasons() -> None:
    named = Requirement(packages=("torch==2.4.1",), build="cu999", today=TODAY)
    assert about(ADA, named, CATALOGUE, preferred=None) is None


def test_the_cpu_on_a_machine_with_a_card() -> None:
    answer = told(ADA, "torch==2.9.1", cpu=True)
    assert answer.valid
    assert answer.label == "2.9.1+cpu"


def test_a_stack_in_quotes() -> None:
    found = read_stack('torch==2.9.1 "numpy<2" --build cu130 --python=3.12')
    assert (found.packages, found.build, found.python) == (
        ("torch==2.9.1", "numpy<2"),
        "cu130",
        "3.12",
    )
    assert read_stack("torch>=2 ; python_version < '4'").packages == (
        "torch>=2 ; python_version < '4'",
    )
    assert read_stack("--cpu").cpu
    assert not is_stack("some-package[a-b]>=1.0-rc1")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("torch --frob", "cli.stack-option"),
        ("torch -r x", "cli.stack-option"),
        ("torch --build", "cli.stack-no-value"),
        ("torch --build --cpu", "cli.stack-no-value"),
        ("torch 'x --cpu", "cli.stack-quotation"),
    ],
)
def test_what_a_stack_can_not_hold(text: str, code: str) -> None:
    with pytest.raises(UsageError) as caught:
        read_stack(text)
    assert caught.value.code == code
