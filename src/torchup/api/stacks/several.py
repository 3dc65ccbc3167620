"""Choosing for several frameworks that are to share an environment."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from msgspec.structs import replace

from torchup.api.stacks.of_all import left_by_all, none_of, reasons_of_all
from torchup.api.stacks.parting import split
from torchup.facts.frameworks import meaning
from torchup.facts.load import load_catalogue, load_gpus
from torchup.model import NearMiss, text
from torchup.resolve.constraints import driver_system
from torchup.resolve.several import CUDA, Asking, Several, apart, joined, label, major_of, of_major
from torchup.resolve.unlisted import unlisted, with_unlisted

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Protocol

    from torchup.api.stacks.choosing import Choice
    from torchup.facts.catalogue import Catalogue
    from torchup.model import Listing, Machine, Reason, Requirement, Stack

    class Choosing(Protocol):
        """Chooses for one framework."""

        def __call__(self, requirement: Requirement, /) -> Choice:
            """Choose."""

    class Cataloguing(Protocol):
        """Gives what there is of one framework."""

        def __call__(self, requirement: Requirement, listings: tuple[Listing, ...], /) -> Catalogue:
            """Return its builds.

            Args:
                requirement: what is asked of it.
                listings: what its places hold; empty where none was asked.
            """


def choose_several(
    machine: Machine,
    requirement: Requirement,
    choose: Choosing,
    catalogue_of: Cataloguing | None = None,
) -> Choice:
    """Choose a stack for each framework that is named, and make one of them.

    The first framework is chosen for as if it were alone. Where the others' newest releases fit
    its Python and its CUDA, that is the answer; else the newest set is looked for in which all fit.

    Args:
        machine: the machine.
        requirement: what is asked for; it names more than one framework.
        choose: chooses for a requirement of one.
        catalogue_of: gives what is to be chosen among, where that is not the usual catalogue.

    Raises:
        UsageError: a requirement can't be taken.
    """
    parts = split(requirement, machine)
    first = next(iter(parts))
    alone = _each_alone(parts, choose)
    begun = alone(first)
    stack = begun.resolution.stack
    if stack is None:
        return none_of(first, begun, requirement, {} if catalogue_of else parts, machine)
    askings = tuple(
        Asking(name=name, catalogue=load_catalogue(name), requirement=part)
        for name, part in parts.items()
    )
    if catalogue_of is not None:
        choices = {name: alone(name) for name in parts}
        for name, one in choices.items():
            if one.resolution.stack is None:
                return none_of(name, one, requirement, {}, machine)
        askings = tuple(
            one._replace(catalogue=catalogue_of(one.requirement, choices[one.name].listings))
            for one in askings
        )
        known = Several(machine, askings, load_gpus())
        if known.lacking():  # one of them is in a place of its own
            every = (one.resolution.stack for one in choices.values())
            reason = apart([one for one in every if one])
            near = tuple(map(_near, known.nearest()))
            return _apart(begun, requirement, parts, reason, near)
    several = Several(machine, askings, load_gpus())
    for name in several.lacking():  # what the catalogue lacks a source may have all the same
        found = alone(name)
        if found.resolution.stack is None:
            return none_of(name, found, requirement, parts, machine)
        askings = tuple(_widened(one, found, machine, name) for one in askings)
    several = Several(machine, askings, load_gpus()) if several.lacking() else several
    held = _held(parts, dict.fromkeys(parts, stack), only_first=first)
    fitting = Several(machine, tuple(_narrow(one, held, stack) for one in askings), load_gpus())
    there = {name: one.stack for name, one in fitting.alone.items()}
    if not _as_new(there, several):
        best = several.best() or _best_of_sources(machine, askings, alone)
        if best is None:
            near = tuple(map(_near, several.nearest()))
            return _apart(begun, requirement, parts, several.not_together(), near)
        there = dict(best)
    return _made(machine, requirement, parts, there, choose)


def _apart(
    begun: Choice,
    requirement: Requirement,
    parts: Mapping[str, Requirement],
    reason: Reason,
    near: tuple[NearMiss, ...] = (),
) -> Choice:
    """The answer that there is each of them, and no set of all."""
    said = replace(
        begun.resolution,
        outcome="none",
        stack=None,
        requirement=requirement,
        serves=(),
        reasons=(reason,),
        near_misses=near,
        lacking=tuple(parts),
    )
    return replace(begun, resolution=said)


def _each_alone(parts: Mapping[str, Requirement], choose: Choosing) -> Callable[[str], Choice]:
    """Choose for a framework as if it were alone; for each only once."""

    @cache
    def alone(name: str) -> Choice:
        with meaning(name):
            return choose(parts[name])

    return alone


def _widened(one: Asking, found: Choice, machine: Machine, name: str) -> Asking:
    """A framework with the releases that only the sources know, where it is the one of a name."""
    if one.name != name:
        return one
    cards = [gpu.arch for gpu in machine.gpus or () if gpu.arch]
    new = unlisted(found.listings, one.catalogue, machine.platform, cards=cards)
    today = one.requirement.today
    wider = with_unlisted(one.catalogue, new, today=today) if new else one.catalogue
    return one._replace(catalogue=wider)


def _best_of_sources(
    machine: Machine, askings: tuple[Asking, ...], alone: Callable[[str], Choice]
) -> dict[str, Stack] | None:
    """The newest set that the sources have, where the catalogue knows none."""
    wider = tuple(_widened(one, alone(one.name), machine, one.name) for one in askings)
    if all(new.catalogue is old.catalogue for new, old in zip(wider, askings, strict=True)):
        return None
    return Several(machine, wider, load_gpus()).best()


def _near(stacks: Mapping[str, Stack]) -> NearMiss:
    """A set that would do, in words: no command, since it moves more than one requirement."""
    names = ", ".join(map(label, stacks.values()))
    whole, _ = joined(stacks, {})
    change = text("remedy.set", stack=names, python=whole.python)
    return NearMiss(stack=whole, reasons=(), remedy=change)


def _held(
    parts: Mapping[str, Requirement], stacks: Mapping[str, Stack | None], *, only_first: str
) -> dict[str, Requirement]:
    """The requirements with the Python of the stacks; the first one's with its build, too."""
    found: dict[str, Requirement] = {}
    for name, part in parts.items():
        stack = stacks[name]
        if stack is None:
            continue
        build = stack.build if name == only_first else part.build
        found[name] = replace(part, python=stack.python, build=None if part.cpu else build)
    return found


def _narrow(one: Asking, held: Mapping[str, Requirement], first: Stack) -> Asking:
    major = major_of(first.runtime) if first.device == CUDA else ""
    return one._replace(requirement=held[one.name], catalogue=of_major(one.catalogue, major))


def _as_new(there: Mapping[str, Stack | None], several: Several) -> bool:
    """Tell whether every framework has the release and the device that it would have alone."""
    for name, stack in list(there.items())[1:]:
        alone = several.alone[name].stack
        if stack is None or alone is None or stack.device != alone.device:
            return False
        if stack.packages[name] != alone.packages[name]:
            return False
    return True


def _made(
    machine: Machine,
    requirement: Requirement,
    parts: Mapping[str, Requirement],
    stacks: Mapping[str, Stack | None],
    choose: Choosing,
) -> Choice:
    """Choose each part once more, with the Python and the build that were found."""
    choices: dict[str, Choice] = {}
    for name, part in parts.items():
        stack = stacks[name]
        if stack is None:
            continue
        build = None if part.cpu else stack.build if stack.device == CUDA else part.build
        with meaning(name):
            found = choose(replace(part, python=stack.python, build=build))
        choices[name] = found
        if found.resolution.stack is None:
            return none_of(name, found, requirement, {}, machine)
    whole, said = joined(
        {name: one.resolution.stack for name, one in choices.items() if one.resolution.stack},
        _floors(machine),
    )
    first = next(iter(choices.values()))
    answers = {name: one.resolution for name, one in choices.items()}
    answer = replace(
        first.resolution,
        requirement=requirement,
        stack=whole,
        leaves_out=left_by_all(answers),
        reasons=(*said, *reasons_of_all(requirement, answers, machine)),
    )
    return replace(first, resolution=answer)


def _floors(machine: Machine) -> dict[str, str]:
    system = driver_system(machine)
    return {one.name: one.floor[system] for one in load_catalogue().runtimes if system in one.floor}
