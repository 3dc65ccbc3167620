"""Which part of what is asked for belongs to which framework."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from torchup.facts.frameworks import named_in
from torchup.facts.load import load_catalogue
from torchup.model.builds import build_name
from torchup.resolve.ask import applying

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torchup.model import Machine, Requirement

CPU: Final = "cpu"


def split(requirement: Requirement, machine: Machine) -> dict[str, Requirement]:
    """Part a requirement by framework; what belongs to none goes along with the first.

    A build that is named is that of the first framework that has one of this name; the CPU's is
    every one's. Lines that don't count on the machine speak of no framework.
    """
    counting = applying(requirement, machine)
    names = named_in(counting)
    lines: dict[str, list[str]] = {name: [] for name in names}
    for line in counting:
        lines[next(iter(named_in([line])), names[0])].append(line)
    owner = build_owner(names, requirement.build or "")
    every = requirement.build is not None and build_name(requirement.build) == CPU
    return {
        name: replace(
            requirement,
            packages=tuple(mine),
            build=requirement.build if every or name == owner else None,
            constraints=requirement.constraints if name == names[0] else (),
            hashes=requirement.hashes if name == names[0] else (),
        )
        for name, mine in lines.items()
    }


def build_owner(names: Sequence[str], build: str) -> str:
    """Name the framework that a build is asked of where several are: the first that has it."""
    if not build:
        return names[0]
    wanted = build_name(build)
    has = (
        name
        for name in names
        if any(
            one.name == wanted
            for release in load_catalogue(name).releases
            for one in release.builds
        )
    )
    return next(has, names[0])
