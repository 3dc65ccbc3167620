"""Choosing for several frameworks: which part of what is asked for belongs to which."""

from __future__ import annotations

from typing import Any, cast

from torchup.api.stacks.choosing import Choice
from torchup.api.stacks.several import choose_several, split
from torchup.facts.frameworks import meant
from torchup.facts.load import load_catalogue
from torchup.model import Driver, Gpu, Machine, Os, Requirement
from torchup.resolve import resolve

DAY = "2026-11-30"


def machine(*, gpus: bool = True) -> Machine:
    card = Gpu(index=0, vendor="nvidia", name="NVIDIA GeForce RTX 4090", arch="sm_89")
    return Machine(
        os=Os(system="linux", libc="glibc 2.35"),
        arch="x86_64",
        gpus=(card,) if gpus else (),
        drivers=(Driver(vendor="nvidia", version="550.54.14"),) if gpus else (),
    )


def chosen(there: Machine, requirement: Requirement) -> tuple[Choice, list[tuple[str, Any]]]:
    """The choice, and what was asked of each framework on the way."""
    seen: list[tuple[str, Any]] = []

    def choose(one: Requirement) -> Choice:
        seen.append((meant(), one))
        answer = resolve(there, one, load_catalogue())
        return Choice(resolution=answer, places=cast("Any", None))

    return choose_several(there, requirement, choose), seen


def test_lines_go_to_the_framework_that_they_name() -> None:
    asked = Requirement(packages=("jax>=0.5", "tqdm", "torch==2.14.1"), build="cu126")
    parts = split(asked)
    assert list(parts) == ["torch", "jax"]
    assert parts["torch"].packages == ("tqdm", "torch==2.14.1")
    assert parts["jax"].packages == ("jax>=0.5",)
    assert (parts["torch"].build, parts["jax"].build) == ("cu126", None)


def test_one_stack_for_both(monkeypatch: Any) -> None:  # noqa: ANN401
    monkeypatch.setattr("torchup.facts.frameworks._SESSION", [])
    asked = Requirement(packages=("torch", "jax"), today=DAY)
    found, seen = chosen(machine(), asked)
    stack = found.resolution.stack
    assert stack is not None
    assert stack.build == "cu126"
    assert stack.extras == {"jax": "cuda12"}
    assert {"torch", "torchvision", "jax", "jaxlib"} <= set(stack.packages)
    assert found.resolution.requirement == asked
    assert {name for name, _ in seen} == {"torch", "jax"}
    assert {one.python for _, one in seen[1:]} == {stack.python}
    codes = [one.code for one in found.resolution.reasons]
    assert codes[0] == "together"
    assert "python-asked" not in codes
    assert meant() == "torch"


def test_without_a_card_they_share_a_python_alone() -> None:
    found, _ = chosen(machine(gpus=False), Requirement(packages=("tensorflow", "jax"), today=DAY))
    stack = found.resolution.stack
    assert stack is not None
    assert (stack.device, stack.python, stack.extras) == ("cpu", "3.13", {})
    assert "together" not in {one.code for one in found.resolution.reasons}


def test_what_has_no_answer_alone_is_said_as_it_is() -> None:
    asked = Requirement(packages=("torch", "jax==99"), today=DAY)
    found, _ = chosen(machine(), asked)
    assert found.resolution.outcome == "none"
    assert found.resolution.requirement == asked
    assert found.resolution.reasons


def test_where_nothing_goes_together_the_nearest_sets_are_named() -> None:
    asked = Requirement(packages=("torch==1.13.1", "jax==0.12.0"), today=DAY)
    found, _ = chosen(machine(), asked)
    assert found.resolution.outcome == "none"
    assert [one.code for one in found.resolution.reasons] == ["not-together"]
    (near,) = found.resolution.near_misses
    assert near.remedy.code == "remedy.set"
    assert near.stack.packages["jax"] == "0.12.0"
