"""Narrowing a choice by what the user's other requirements ask of the framework."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Protocol

from msgspec.structs import replace

from torchup.api.dependants import needs_of
from torchup.facts.extensions import load_extensions
from torchup.facts.load import load_catalogue
from torchup.model import NearMiss, text
from torchup.resolve.ask import marker_environment, read_requirement
from torchup.resolve.lines import line_number
from torchup.resolve.narrowing import conflict, explained, impossible, narrowed
from torchup.resolve.needs import (
    MOST_TRIED,
    Need,
    alternatives,
    combinations,
    normalised_names,
    on_python_alone,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torchup.api.choosing import Choice
    from torchup.api.context import Context
    from torchup.model import Machine, Requirement, Resolution, Stack
    from torchup.resolve.ask import Asked


class Again(Protocol):
    """Chooses once more, under another requirement."""

    def __call__(self, other: Requirement, *, live: bool) -> Choice:
        """Choose; ``live`` asks the sources, otherwise the catalogue alone decides."""


def narrow(
    context: Context, machine: Machine, first: Choice, again: Again, *, live: bool
) -> Choice:
    """Choose again where the user's other requirements need another release of the framework.

    The table of well-known packages decides where it knows the very version; otherwise the
    packages' own metadata does, if the network may be asked.

    Args:
        context: the session.
        machine: the machine.
        first: the choice by everything but those requirements.
        again: chooses once more.
        live: whether this machine's sources may be asked.
    """
    stack = first.resolution.stack
    if stack is None:
        return first
    requirement = first.resolution.requirement
    framework = load_catalogue().framework
    asked = read_requirement(requirement, framework, machine)
    lines = _that_count(asked, machine, stack)
    if not lines:
        return first
    known = load_extensions(normalised_names(lines), framework.name)
    wishes = alternatives(lines, known, framework.name)
    firm = [wish for wish in wishes if wish[0].firm]
    settled = {wish[0].line for wish in firm}
    case = _Case(first, again, asked, framework.name, live=live)
    told: tuple[Need, ...] | None = None
    if live and not context.offline and not settled.issuperset(lines):
        unsettled = [line for line in lines if line not in settled]
        told = needs_of(context, machine, first, unsettled, asked)
    if told is not None:
        open_ones = [wish for wish in wishes if not wish[0].firm]
        now = [*firm, *on_python_alone(open_ones), *((need,) for need in told)]
        found = case.choose(now) if now else first
        if found is not None:
            return found
    pinned = [(need,) for need in told or () if need.firm]
    every = [*wishes, *pinned]
    found = case.choose(every) or case.choose(every, any_python=True)
    return found or case.nothing([*firm, *pinned]) or first


class _Case:
    """One first choice, and the search for one that the needs allow."""

    def __init__(
        self, first: Choice, again: Again, asked: Asked, framework: str, *, live: bool
    ) -> None:
        self._first = first
        self._again = again
        self._asked = asked
        self._framework = framework
        self._live = live
        self._releases = [one.version for one in load_catalogue().releases]

    def choose(
        self, wishes: Sequence[Sequence[Need]], *, any_python: bool = False
    ) -> Choice | None:
        """Take the first combination of needs that something fits; the newest come first.

        A version of a package that goes with the Python there is comes before a newer one that
        would change it.

        Args:
            wishes: what each line may ask for.
            any_python: pass over what they ask of Python; the answer warns then.
        """
        before = self._first.resolution
        python = before.stack.python if before.stack else ""
        ordered = [sorted(wish, key=lambda need: not need.takes(python)) for wish in wishes]
        for needs in islice(combinations(ordered, self._releases), MOST_TRIED):
            if all(self._met(need, any_python=any_python) for need in needs):
                return _with(self._first, explained(before, needs, before))
            under = narrowed(before.requirement, needs)
            for line in (None,) if any_python else self._lines(needs):
                found = self._try(under if line is None else replace(under, python=line))
                stack = found.resolution.stack
                if stack and (any_python or all(need.takes(stack.python) for need in needs)):
                    return _with(found, explained(found.resolution, needs, before))
        return None

    def _try(self, under: Requirement) -> Choice:
        found = self._again(under, live=False)
        if self._live and found.resolution.stack is not None:
            found = self._again(under, live=True)
        return found

    def _lines(self, needs: Sequence[Need]) -> list[str | None]:
        """The Pythons to choose for, the newest first; None leaves the choice open."""
        asked = self._asked.python
        if asked is not None or not any(need.pythons for need in needs):
            free = asked is None or all(need.takes(asked) for need in needs)
            return [None] if free else []
        known = sorted((one.minor for one in load_catalogue().pythons), key=line_number)
        fit = (one for one in reversed(known) if all(need.takes(one) for need in needs))
        return [None, *fit]

    def nothing(self, pins: Sequence[Sequence[Need]]) -> Choice | None:
        """Say that pins leave nothing; None where there are no pins.

        Args:
            pins: what the lines ask for that leave no other version.
        """
        needs = [wish[0] for wish in pins if wish[0].wants]
        if not needs:
            return None
        before = self._first.resolution
        under = narrowed(before.requirement, needs)
        last = self._again(under, live=self._live).resolution
        written = str(self._asked.versions.get(self._framework) or "")
        against = conflict([written], needs, self._releases)
        if against:
            last = replace(last, reasons=against, near_misses=self._without_pin(needs))
        return _with(self._first, impossible(last, needs, before, self._without_each(needs)))

    def _without_each(self, needs: Sequence[Need]) -> dict[str, Stack]:
        """What fits when one line is left out and the others stay, by that line."""
        before = self._first.resolution
        lines = dict.fromkeys(need.line for need in needs)
        found: dict[str, Stack] = {}
        for line in lines if len(lines) > 1 else ():
            rest = [need for need in needs if need.line != line]
            stack = self._again(narrowed(before.requirement, rest), live=False).resolution.stack
            if stack is not None:
                found[line] = stack
        return found

    def _without_pin(self, needs: Sequence[Need]) -> tuple[NearMiss, ...]:
        """What would fit if the user hadn't restricted the framework."""
        requirement = self._first.resolution.requirement
        named = normalised_names(requirement.packages)
        kept = tuple(line for name, line in named.items() if name != self._framework)
        free = narrowed(replace(requirement, packages=kept), needs)
        stack = self._again(free, live=False).resolution.stack
        if stack is None:
            return ()
        change = text("remedy.ask", stack=f"{stack.packages[self._framework]}+{stack.build}")
        return (NearMiss(stack=stack, reasons=(), remedy=change),)

    def _met(self, need: Need, *, any_python: bool) -> bool:
        stack = self._first.resolution.stack
        if stack is None or not need.met(stack.packages[self._framework]):
            return False
        return any_python or need.takes(stack.python)


def _with(choice: Choice, answer: Resolution) -> Choice:
    return replace(choice, resolution=answer)


def _that_count(asked: Asked, machine: Machine, stack: Stack) -> list[str]:
    """The other requirements whose markers hold on this machine; addresses ask for themselves."""
    if not asked.others:
        return []
    from packaging.requirements import Requirement as Parsed

    environment = marker_environment(machine, stack.python)
    parsed = [(line, Parsed(line)) for line in asked.others]
    return [
        line.partition(";")[0].strip()
        for line, one in parsed
        if not one.url and (one.marker is None or one.marker.evaluate(environment))
    ]
