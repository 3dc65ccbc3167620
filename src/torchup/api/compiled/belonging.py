"""Choosing with a view to the packages that are compiled against the framework.

Where the user leaves the framework or the Python open, the newest stack is taken for which all
their wheels exist, rather than one for which they would have to be compiled.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Final, Protocol

from msgspec.structs import replace

from torchup.api.compiled.fitted import ground_of, known_of
from torchup.api.compiled.fitting import Fitter
from torchup.api.compiled.words import moved, named
from torchup.facts.load import load_catalogue
from torchup.model import NearMiss, Reason, text
from torchup.model.names import name_of
from torchup.resolve.fitting_near import with_wheels
from torchup.resolve.lines import line_number
from torchup.resolve.needs import normalised_names, parsed, pinned_version

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from torchup.api.compiled.fitted import Fitted
    from torchup.api.context import Context
    from torchup.api.stacks.choosing import Choice
    from torchup.facts.wheels import Compiled
    from torchup.model import Machine, Requirement
    from torchup.resolve.ask import Asked
    from torchup.resolve.fitting import Ground

MOST_TRIED: Final = 6
"""Stacks that are chosen for before the newest one stands, though something is compiled for it."""


class Again(Protocol):
    """Chooses once more, under another requirement, with all that other packages ask for."""

    def __call__(self, other: Requirement) -> Choice:
        """Choose."""


def belonging(
    context: Context,
    machine: Machine,
    choice: Choice,
    asked: Asked,
    again: Again,
    *,
    ask: bool,
) -> Choice:
    """Return a choice for which the wheels of compiled packages exist, as far as there is one.

    Args:
        context: the session.
        machine: the machine.
        choice: the choice by everything else.
        asked: what was asked for.
        again: chooses once more.
        ask: whether places may be asked; facts alone answer otherwise.
    """
    lines = _that_count(asked, machine, choice)
    known = known_of(lines)
    if not known or choice.resolution.stack is None:
        return choice
    here = Fitter(context, machine, choice, ask=ask).each(lines, known)
    if _content(here, context):
        return _told(choice, here)
    lacking = {one.name for one in here if not one.well}
    for ground in _others(machine, choice, asked, known, lines):
        other = _try(choice, again, ground)
        if other is None:
            continue
        there = Fitter(context, machine, other, ask=ask).each(lines, known)
        if _content(there, context):
            before = choice.resolution.requirement
            said = moved([one.line for one in there if one.name in lacking], ground)
            answer = replace(
                other.resolution,
                requirement=before,
                reasons=(said, *_own_words(other, before)),
                near_misses=(),
            )
            return _told(replace(other, resolution=answer), there)
    return _impossible(choice, here, again) or _told(choice, here)


def _content(found: Sequence[Fitted], context: Context) -> bool:
    """Tell whether there is nothing to move for: a place that is lost may have the wheel."""
    return all(one.well or one.state == "lost" or one.name in context.builds for one in found)


def _others(
    machine: Machine,
    choice: Choice,
    asked: Asked,
    known: Mapping[str, Compiled],
    lines: Sequence[str],
) -> list[Ground]:
    """The other stacks that have all the wheels, as far as the user leaves that open."""
    stack = choice.resolution.stack
    requirement = choice.resolution.requirement
    framework = load_catalogue().framework.name
    if stack is None or requirement.nightly:
        return []
    here = ground_of(stack, machine)
    wanted = asked.versions.get(framework)
    pythons = [here.python, *_older(here.python)] if requirement.python is None else [here.python]
    packages = [
        (known[name], str(parsed(line).specifier), pinned_version(line).partition("+")[0])
        for name, line in normalised_names(lines).items()
        if name in known and not parsed(line).url
    ]
    found = with_wheels(packages, here, load_catalogue(), pythons=pythons)
    others = (
        one
        for one in found
        if one != here and (wanted is None or wanted.contains(one.release, prereleases=True))
    )
    return list(islice(others, MOST_TRIED))


def _older(python: str) -> list[str]:
    """The Pythons before one, the newest first."""
    lines = sorted((one.minor for one in load_catalogue().pythons), key=line_number, reverse=True)
    here = line_number(python.removesuffix("t"))
    return [one for one in lines if line_number(one) < here]


def _try(choice: Choice, again: Again, ground: Ground) -> Choice | None:
    """Choose for one stack; the build is only named where the choice would be another one."""
    requirement = choice.resolution.requirement
    framework = load_catalogue().framework.name
    stack = choice.resolution.stack
    python = ground.python if stack is None or ground.python != stack.python else None
    wanted = replace(
        requirement,
        constraints=(*requirement.constraints, f"{framework}=={ground.release}"),
        python=python or requirement.python,
    )
    for build in (requirement.build, ground.build):
        found = again(replace(wanted, build=build))
        there = found.resolution.stack
        if there is not None and (ground.build in (there.build, build)):
            return found
        if requirement.build is not None:
            break
    return None


def _own_words(choice: Choice, before: Requirement) -> tuple[Reason, ...]:
    """The reasons without those that speak of what only the search asked for."""
    return tuple(
        one
        for one in choice.resolution.reasons
        if not (one.code == "python-asked" and before.python is None)
    )


def _told(choice: Choice, found: Sequence[Fitted]) -> Choice:
    said = tuple(reason for one in found for reason in one.reasons)
    answer = replace(choice.resolution, reasons=(*choice.resolution.reasons, *said))
    return replace(choice, resolution=answer, fitted=tuple(found))


def _impossible(choice: Choice, found: Sequence[Fitted], again: Again) -> Choice | None:
    """Say no where something can be had in no way beside the chosen stack, but beside another one.

    What no stack at all has a wheel for is only warned of: it is no matter of the stack.
    """
    none = [one for one in found if one.state == "none" and one.near]
    if not none:
        return None
    said = tuple(reason for one in none for reason in one.reasons)
    near = []
    for ground in dict.fromkeys(one for fitted in none for one in fitted.near):
        stack = again(_instead(choice.resolution.requirement, ground)).resolution.stack
        if stack is not None:
            remedy = text("remedy.ask", stack=named(ground))
            near.append(NearMiss(stack=stack, reasons=said, remedy=remedy))
    answer = replace(
        choice.resolution, outcome="none", stack=None, reasons=said, near_misses=tuple(near)
    )
    return replace(choice, resolution=answer, fitted=tuple(found))


def _instead(requirement: Requirement, ground: Ground) -> Requirement:
    """The requirement with another release of the framework in the place of what was asked."""
    framework = load_catalogue().framework
    ours = {framework.name, *framework.companions}
    kept = [one for name, one in normalised_names(requirement.packages).items() if name not in ours]
    return replace(
        requirement,
        packages=(f"{framework.name}=={ground.release}", *kept),
        build=ground.build,
        cpu=False,
    )


def _that_count(asked: Asked, machine: Machine, choice: Choice) -> list[str]:
    """The lines whose markers hold on the chosen stack, and what limits their packages."""
    stack = choice.resolution.stack
    if not asked.others or stack is None:
        return []
    from torchup.resolve.ask import marker_environment

    environment = marker_environment(machine, stack.python)
    named = {*map(name_of, asked.others)}
    limits = (line for line in asked.constraints if name_of(line) in named)
    return [
        line.partition(";")[0].strip()
        for line in (*asked.others, *limits)
        if (marker := parsed(line).marker) is None or marker.evaluate(environment)
    ]
