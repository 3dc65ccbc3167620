"""What is said of several frameworks in one environment, rather than of each by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from torchup.api.stacks.by_conda import wheels_alone
from torchup.facts.load import load_catalogue, load_gpus
from torchup.resolve.several import Asking, Several

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torchup.api.stacks.choosing import Choice
    from torchup.model import Machine, NearMiss, Reason, Requirement, Resolution


def reasons_of_all(
    requirement: Requirement, answers: Mapping[str, Resolution], machine: Machine
) -> tuple[Reason, ...]:
    """What is said of each framework, less what isn't true of all of them.

    That the Python was asked for is left out where it follows from the set, and that no build
    supports a card where another framework's does.
    """
    gpus = machine.gpus or ()
    served = {gpus[at].name for one in answers.values() for at in one.serves}
    # That conda brings what one lacks isn't known of the whole set.
    every = [wheels_alone(reason) for one in answers.values() for reason in one.reasons]
    kept = [one for one in every if requirement.python or one.code != "python-asked"]
    kept = [one for one in kept if one.code != "gpu-never-supported" or one.subject not in served]
    return tuple(dict.fromkeys(kept))


def left_by_all(answers: Mapping[str, Resolution]) -> tuple[int, ...]:
    """The cards that the first framework leaves out and no other one serves."""
    first = next(iter(answers.values()))
    served = {at for one in answers.values() for at in one.serves}
    return tuple(at for at in first.leaves_out if at not in served)


def none_of(
    name: str,
    found: Choice,
    requirement: Requirement,
    parts: Mapping[str, Requirement],
    machine: Machine,
) -> Choice:
    """The answer that there is none of one framework, for all that was asked for.

    Args:
        name: the framework.
        found: its own answer.
        requirement: all that was asked for.
        parts: what is asked of each framework; empty where the ways out are not to be tried on it.
        machine: the machine.
    """
    near = found.resolution.near_misses
    near = _with_all(near, name, parts, machine) if parts else near
    said = replace(found.resolution, requirement=requirement, lacking=(name,), near_misses=near)
    return replace(found, resolution=said)


def _with_all(
    near: tuple[NearMiss, ...], name: str, parts: Mapping[str, Requirement], machine: Machine
) -> tuple[NearMiss, ...]:
    """The ways out for one framework that the others go along with.

    Where more than words has to change (a driver, a Python), what comes then is not known.
    """
    return tuple(one for one in near if _goes_with_all(one, name, parts, machine))


def _goes_with_all(
    near: NearMiss, name: str, parts: Mapping[str, Requirement], machine: Machine
) -> bool:
    if near.remedy.code == "remedy.cpu":  # it holds for every framework
        return True
    version = f"{name}=={near.stack.packages[name]}"
    pinned = replace(parts[name], packages=(version,), build=near.stack.build)
    askings = tuple(
        Asking(name=one, catalogue=load_catalogue(one), requirement=pinned if one == name else part)
        for one, part in parts.items()
    )
    several = Several(machine, askings, load_gpus())
    return bool(several.lacking()) or several.best() is not None
