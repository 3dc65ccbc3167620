"""A project's pin that would leave PTX alone for the card: no stack, and what would do instead."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from torchup.api.projects.moves import not_on_ptx
from torchup.facts.load import load_catalogue
from torchup.model import NearMiss, text
from torchup.model.names import name_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from torchup.model import Reason, Requirement, Resolution


def refuse_ptx(
    answer: Resolution,
    moved: Sequence[Reason],
    requirement: Requirement,
    choose: Callable[[Requirement], Resolution],
) -> Resolution:
    """Return the answer where it has machine code for the card, else none with the ways out.

    Args:
        answer: what was chosen.
        moved: what was said of the project's pins.
        requirement: what is asked for.
        choose: chooses for another requirement, by the catalogue.
    """
    found = not_on_ptx(answer)
    if found is answer:
        return answer
    near = tuple(_near(moved, requirement, choose))
    return replace(found, near_misses=near)


def _near(
    moved: Sequence[Reason],
    requirement: Requirement,
    choose: Callable[[Requirement], Resolution],
) -> Iterator[NearMiss]:
    framework = load_catalogue().framework
    stays = next((one for one in moved if one.code == "pin-stays"), None)
    if stays is not None:
        version, _, build = stays.needs.removeprefix(f"{framework.name} ").partition("+")
        ours = (framework.name, *framework.companions)
        rest = [one for one in requirement.packages if name_of(one) not in ours]
        other = (f"{framework.name}=={version}", *rest)
        stack = choose(replace(requirement, packages=other, build=build, python=None)).stack
        if stack is not None:
            label = f"{version}+{build}"
            yield NearMiss(stack=stack, reasons=(), remedy=text("remedy.ask", stack=label))
    stack = choose(replace(requirement, cpu=True, build=None)).stack
    if stack is not None:
        label = f"{stack.packages[framework.name]}+{stack.build}"
        yield NearMiss(stack=stack, reasons=(), remedy=text("remedy.cpu", stack=label))
