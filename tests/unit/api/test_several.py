"""Choosing for several frameworks: which part of what is asked for belongs to which."""

from __future__ import annotations

from typing import Any, cast

from msgspec.structs import replace

from torchup.api.stacks.choosing import Choice
from torchup.api.stacks.parting import split
from torchup.api.stacks.several import choose_several
from torchup.facts.frameworks import meant
from torchup.facts.load import load_catalogue
from torchup.model import Driver, Gpu, Machine, Os, Requirement
from torchup.resolve import resolve
from torchup.resolve.unlisted import unlisted, with_unlisted
from unit.resolve.machinery import LINKS, listed, wheel

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
    parts = split(asked, machine())
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
    assert found.resolution.lacking == ("jax",)


def test_a_release_that_only_a_source_has_is_taken_with_the_others() -> None:
    there, catalogue = machine(gpus=False), load_catalogue("torch")
    places = listed(LINKS, torch=(wheel("torch", "2.99.0+cpu", "3.13"),))
    new = unlisted(places, catalogue, there.platform)

    def choose(one: Requirement) -> Choice:
        known = with_unlisted(catalogue, new) if meant() == "torch" else load_catalogue()
        seen = places if meant() == "torch" else ()
        answer = resolve(there, one, known)
        return Choice(resolution=answer, places=cast("Any", None), listings=seen)

    asked = Requirement(packages=("torch==2.99.0", "jax"), companions=False, today=DAY)
    stack = choose_several(there, asked, choose).resolution.stack
    assert stack is not None
    assert (stack.packages["torch"], stack.python) == ("2.99.0", "3.13")
    assert "jax" in stack.packages


def test_the_build_is_that_of_the_first_that_has_one_of_this_name() -> None:
    def builds(build: str) -> list[str | None]:
        asked = Requirement(packages=("torch", "tensorflow", "jax"), build=build)
        return [one.build for one in split(asked, machine()).values()]

    assert builds("cu13") == [None, None, "cu13"]
    assert builds("12.5") == [None, "12.5", None]
    assert builds("cu126") == ["cu126", None, None]
    assert builds("cpu") == ["cpu", "cpu", "cpu"]
    assert builds("cu999") == ["cu999", None, None]


def test_a_line_for_another_machine_is_no_part() -> None:
    lines = ("torch; sys_platform == 'darwin'", "jax", "tensorflow; python_version < '3.10'")
    asked = Requirement(packages=lines)
    assert list(split(asked, machine())) == ["tensorflow", "jax"]
    assert list(split(replace(asked, python="3.12"), machine())) == ["jax"]


def windows(card: Gpu, driver: str = "") -> Machine:
    drivers = (Driver(vendor="nvidia", version=driver),) if driver else ()
    return Machine(
        os=Os(system="windows", version="11"), arch="x86_64", gpus=(card,), drivers=drivers
    )


def test_a_card_that_one_framework_serves_is_not_said_to_be_left_out() -> None:
    radeon = Gpu(index=0, vendor="amd", name="AMD Radeon RX 580", arch="gfx803")
    found, _ = chosen(windows(radeon), Requirement(packages=("torch", "onnxruntime"), today=DAY))
    codes = {one.code for one in found.resolution.reasons}
    assert "computes-through" in codes
    assert "gpu-never-supported" not in codes
    assert found.resolution.leaves_out == ()
    alone, _ = chosen(windows(radeon), Requirement(packages=("torch", "jax"), today=DAY))
    assert "gpu-never-supported" in {one.code for one in alone.resolution.reasons}
    assert alone.resolution.leaves_out == (0,)


def test_a_way_out_for_one_framework_is_one_for_all_of_them() -> None:
    blackwell = windows(
        Gpu(index=0, vendor="nvidia", name="NVIDIA GeForce RTX 5090", arch="sm_120"), "580.97"
    )
    by_itself, _ = chosen(blackwell, Requirement(packages=("tensorflow",), today=DAY))
    assert "remedy.on-ptx" in {one.remedy.code for one in by_itself.resolution.near_misses}
    found, _ = chosen(blackwell, Requirement(packages=("torch", "tensorflow"), today=DAY))
    assert found.resolution.lacking == ("tensorflow",)
    codes = {one.remedy.code for one in found.resolution.near_misses}
    assert codes
    assert "remedy.on-ptx" not in codes
    pinned = Requirement(packages=("torch", "tensorflow==2.10.1"), today=DAY)
    assert chosen(blackwell, pinned)[0].resolution.outcome == "none"


def test_where_nothing_goes_together_the_nearest_sets_are_named() -> None:
    asked = Requirement(packages=("torch==1.13.1", "jax==0.12.0"), today=DAY)
    found, seen = chosen(machine(), asked)
    assert found.resolution.outcome == "none"
    assert [one.code for one in found.resolution.reasons] == ["not-together"]
    assert [name for name, _ in seen] == ["torch", "jax"], "the sources of each are asked once"
    (near,) = found.resolution.near_misses
    assert near.remedy.code == "remedy.set"
    assert near.stack.packages["jax"] == "0.12.0"
