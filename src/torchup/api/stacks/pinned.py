"""The search for a choice that the user's other requirements allow."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Protocol

from msgspec.structs import replace

from torchup.api.stacks.served import capabilities
from torchup.errors import UsageError
from torchup.facts.load import load_catalogue
from torchup.model import NearMiss, text
from torchup.resolve.compiled import links, unserved
from torchup.resolve.lines import line_number
from torchup.resolve.narrowing import conflict, explained, impossible, narrowed, without_wheels
from torchup.resolve.needs import MOST_TRIED, Need, combinations, normalised_names
from torchup.resolve.numbers import dotted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from torchup.api.stacks.choosing import Choice
    from torchup.model import Machine, Requirement, Resolution, Stack
    from torchup.resolve.ask import Asked


class Again(Protocol):
    """Chooses once more, under another requirement."""

    def __call__(self, other: Requirement, *, live: bool) -> Choice:
        """Choose; ``live`` asks the sources, otherwise the catalogue alone decides."""


def on_ptx(answer: Resolution) -> bool:
    """Tell whether a stack has no machine code for the cards, only PTX."""
    return any(one.code == "arch-ptx-only" and one.effect == "warn" for one in answer.reasons)


class Search:
    """One first choice, and the search for one that the needs allow."""

    def __init__(
        self, machine: Machine, first: Choice, again: Again, asked: Asked, *, live: bool
    ) -> None:
        self._machine = machine
        self._first = first
        self._again = again
        self._asked = asked
        self._framework = load_catalogue().framework.name
        self._live = live
        self._on_ptx = on_ptx(first.resolution)
        self._releases = [one.version for one in load_catalogue().releases]

    @property
    def first(self) -> Choice:
        """The choice without any of the needs."""
        return self._first

    def barred(self, wishes: Sequence[Sequence[Need]]) -> Choice | None:
        """Say which pins have no wheel for this system; None where all have.

        Args:
            wishes: what each line may ask for.
        """
        system = self._machine.os.system
        pins = [wish[0] for wish in wishes if wish[0].firm]
        missing = [need for need in pins if not need.runs_on(system)]
        if not missing:
            return None
        before = self._first.resolution
        rest = self._under([need for need in pins if need.runs_on(system)], live=False)
        stack = rest.resolution.stack if rest else None
        return _with(self._first, without_wheels(missing, system, before, stack))

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
                return self._told(self._first, needs)
            found = self._under(needs, any_python=any_python, live=self._live)
            if found is not None:
                return self._told(found, needs)
        return None

    def _under(
        self, needs: Sequence[Need], *, live: bool, any_python: bool = False
    ) -> Choice | None:
        """Choose under some needs; None where nothing meets all of them."""
        for under in self._ways(needs, any_python=any_python):
            found = self._try(under, live=live)
            stack = found.resolution.stack if found else None
            if not stack or (found and on_ptx(found.resolution) and not self._on_ptx):
                continue  # only a release that the user names is worth that uncertainty
            if all(self._fits(need, stack, any_python=any_python) for need in needs):
                return found
        return None

    def _ways(self, needs: Sequence[Need], *, any_python: bool) -> Iterator[Requirement]:
        """The requirement under some needs, for one Python and one build after another."""
        before = self._first.resolution.requirement
        under = narrowed(before, needs)
        lines = (None,) if any_python else self._lines(needs)
        for build in (None, *self._builds(needs)):
            for line in lines:
                yield replace(under, python=line or under.python, build=build or under.build)

    def _builds(self, needs: Sequence[Need]) -> list[str]:
        """The builds for the CUDA that some wheels were compiled for, the newest first."""
        wanted = {need.runtime for need in needs if need.runtime}
        if self._asked.build or self._asked.cpu or len(wanted) != 1:
            return []
        (major,) = wanted
        found = {
            build.runtime: build.name
            for release in load_catalogue().releases
            if all(need.met(release.version) for need in needs)
            for build in release.builds
            if build.device == "cuda" and build.runtime.partition(".")[0] == major
        }
        return [found[one] for one in sorted(found, key=dotted, reverse=True)]

    def _told(self, found: Choice, needs: Sequence[Need]) -> Choice:
        """Say what the lines had to do with a choice, and what they lack on this machine."""
        answer = explained(found.resolution, needs, self._first.resolution)
        cards = (
            capabilities(self._machine, answer) if any(need.capability for need in needs) else {}
        )
        warned = unserved(needs, self._machine.os.system, cards)
        answer = self._without_builds(answer)
        name = self._framework
        near = (
            one
            for one in answer.near_misses
            if all(need.met(one.stack.packages.get(name, "")) for need in needs)
        )
        answer = replace(answer, near_misses=tuple(near))
        return _with(found, replace(answer, reasons=(*warned, *answer.reasons)))

    def _without_builds(self, answer: Resolution) -> Resolution:
        """Drop the near misses that only pass over a build that a need, not the user, set."""
        if self._asked.build is not None:
            return answer
        free = (one for one in answer.near_misses if not _of_build(one))
        return replace(answer, near_misses=tuple(free))

    def _try(self, under: Requirement, *, live: bool) -> Choice | None:
        """Choose under some needs; None where what they need came after the day."""
        try:
            found = self._again(under, live=False)
        except UsageError as error:
            if error.code == "ask.pin-after-date":
                return None
            raise
        if live and found.resolution.stack is not None:
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
        needs = [wish[0] for wish in pins if wish[0].wants or wish[0].runtime]
        if not needs:
            return None
        before = self._first.resolution
        under = narrowed(before.requirement, needs)
        builds = self._builds(needs)
        if builds and self._again(under, live=False).resolution.stack is not None:
            under = replace(under, build=builds[-1])
        last = self._without_builds(self._again(under, live=self._live).resolution)
        written = str(self._asked.versions.get(self._framework) or "")
        against = conflict([written], needs, self._releases)
        if against:
            last = replace(last, reasons=against, near_misses=self._without_pin(needs))
        return _with(self._first, impossible(last, needs, before, self._without_each(needs)))

    def _without_each(self, needs: Sequence[Need]) -> dict[str, Stack]:
        """What fits when one line is left out and the others stay, by that line."""
        lines = dict.fromkeys(need.line for need in needs)
        found: dict[str, Stack] = {}
        for line in lines if len(lines) > 1 else ():
            rest = self._under([need for need in needs if need.line != line], live=False)
            if rest is not None and rest.resolution.stack is not None:
                found[line] = rest.resolution.stack
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
        return self._fits(need, stack, any_python=any_python)

    def _fits(self, need: Need, stack: Stack, *, any_python: bool) -> bool:
        """Tell whether a package goes with a stack's Python and build; a named build is obeyed."""
        loads = bool(self._asked.build) or links(need, stack)
        return loads and (any_python or need.takes(stack.python))


def _of_build(near: NearMiss) -> bool:
    """Tell whether a near miss passes over the build that was asked for."""
    return any(reason.code == "requested-build" for reason in near.reasons)


def _with(choice: Choice, answer: Resolution) -> Choice:
    return replace(choice, resolution=answer)
