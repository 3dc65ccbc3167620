"""Known traps in one environment: what to set before the solve, and what its result shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from torchup.errors import NoAnswerError, TorchupError
from torchup.model import Artifact, Reason
from torchup.model.names import name_of
from torchup.resolve.ask import marker_environment, read_requirement
from torchup.resolve.processor import lacking
from torchup.resolve.traps import (
    Constraint,
    absent_of,
    constraints_for,
    is_about_traps,
    reason_applied,
    reason_asked,
    reason_unmet,
    relevant,
    requirements_of,
)
from torchup.resolve.wishes import Wishes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from torchup.facts.catalogue import Catalogue
    from torchup.model import Machine, Requirement, Resolution, Stack

    Attempt = Callable[[tuple[Constraint, ...]], tuple[str, tuple[Artifact, ...]]]

ROUNDS: Final = 3
"""Solves at most for what a result shows: a package that a constraint holds back may bring one
more trap, and that seldom another."""
IMPOSSIBLE: Final = frozenset({"uv.offline-missing", "uv.failed", "uv.build-failed"})
"""What a solve may also fail with where a constraint asks for too much: an old release is not kept
here, or can't be built from its sources."""


class Traps:
    """The traps of one stack on one machine, less what the user's own words rule out."""

    def __init__(
        self, catalogue: Catalogue, machine: Machine, requirement: Requirement, stack: Stack
    ) -> None:
        self._catalogue = catalogue
        self._system = machine.os.system
        self._lacks = lacking(machine, catalogue)
        self._stack = stack
        others = read_requirement(requirement, catalogue.framework, machine).others
        self.wishes = Wishes(
            (*others, *requirement.constraints), marker_environment(machine, stack.python)
        )

    def at(
        self, packages: Mapping[str, str]
    ) -> tuple[tuple[Constraint, ...], tuple[tuple[Constraint, str], ...]]:
        """Return what to set beside these packages, and what the user's words rule out."""
        found = constraints_for(
            self._catalogue, packages, self._system, self._stack.python, self._lacks
        )
        return self.wishes.split(found)

    def known(self) -> dict[str, str]:
        """The versions that are certain before the solve."""
        return {**self.wishes.exact, **self._stack.packages}

    def planned(self, answer: Resolution) -> Resolution:
        """Name in a choice what is certain before the solve."""
        fitting, refused = self.at(self.known())
        named = {*self._stack.packages, *map(name_of, self._stack.beside), *self.wishes.names}
        shown = relevant(fitting, {*named, "pip"})
        said = [reason_asked(one, wish, self._catalogue) for one, wish in refused]
        return self._told(answer, shown, said)

    def solved(
        self,
        answer: Resolution,
        packages: Mapping[str, str],
        applied: Iterable[Constraint],
    ) -> Resolution:
        """Name in a choice what was set for these packages, and what could not be."""
        fitting, refused = self.at(packages)
        keys = {one.key for one in applied}
        there = [one for one in fitting if one.package in packages or one.absent]
        shown = tuple(one for one in there if one.key in keys and one.holds_in(packages))
        said = [
            reason_asked(one, wish, self._catalogue)
            for one, wish in refused
            if not one.holds_in(packages)
        ]
        said += [reason_unmet(one, self._catalogue) for one in there if not one.holds_in(packages)]
        beside = self._stack.beside
        said += [
            Reason(code="beside-left-out", effect="warn", subject=name_of(one))
            for one in beside
            if name_of(one) not in packages
        ]
        kept = tuple(one for one in beside if name_of(one) in packages)
        return self._told(answer, shown, said, kept)

    def _told(
        self,
        answer: Resolution,
        shown: tuple[Constraint, ...],
        said: list[Reason],
        beside: tuple[str, ...] | None = None,
    ) -> Resolution:
        stack = replace(
            self._stack,
            beside=self._stack.beside if beside is None else beside,
            constraints=requirements_of(shown),
            absent=absent_of(shown),
        )
        kept = [reason for reason in answer.reasons if not is_about_traps(reason)]
        applied = [reason_applied(one, self._catalogue) for one in shown]
        return replace(answer, stack=stack, reasons=(*kept, *said, *applied))


class Solution(Struct, frozen=True, kw_only=True):
    """A solved lock, the files it names, and the constraints that were set for it."""

    lock: str
    artifacts: tuple[Artifact, ...]
    applied: tuple[Constraint, ...] = ()

    @property
    def packages(self) -> dict[str, str]:
        """Normalised name → version of everything in the lock."""
        return {name_of(one.name): one.version for one in self.artifacts if one.version}


def solve_within(traps: Traps, attempt: Attempt) -> Solution:
    """Solve, setting what known traps ask for as far as it is possible.

    What depends on versions that only the result shows is added and solved again. Where a
    constraint can't be met together with the rest, the solution without it stands.

    Args:
        traps: the stack's.
        attempt: solves with these constraints.

    Raises:
        TorchupError: ``attempt`` failed for another reason than the constraints.
    """
    first, _ = traps.at(traps.known())
    solution = _first(first, attempt)
    tried = {one.key for one in first}
    for _ in range(ROUNDS):
        fitting, _ = traps.at(solution.packages)
        new = [one for one in fitting if one.key not in tried]
        wanted = tuple(one for one in new if not one.holds_in(solution.packages))
        if not wanted:
            break
        tried |= {one.key for one in wanted}
        solution = _more(solution, wanted, attempt)
    return solution


def _first(wanted: tuple[Constraint, ...], attempt: Attempt) -> Solution:
    try:
        return _solution(attempt, wanted)
    except TorchupError as error:
        impossible = isinstance(error, NoAnswerError) or error.code in IMPOSSIBLE
        if not wanted or not impossible:
            raise
        refusal = error
    try:
        free = _solution(attempt, ())
    except TorchupError:
        raise refusal from None
    kept = tuple(one for one in wanted if one.holds_in(free.packages))
    broken = tuple(one for one in wanted if one not in kept)
    return _one_by_one(replace(free, applied=kept), broken, attempt)


def _more(solution: Solution, wanted: tuple[Constraint, ...], attempt: Attempt) -> Solution:
    together = _perhaps(attempt, (*solution.applied, *wanted))
    if together is not None:
        return together
    return _one_by_one(solution, wanted, attempt) if len(wanted) > 1 else solution


def _one_by_one(solution: Solution, wanted: tuple[Constraint, ...], attempt: Attempt) -> Solution:
    """Set each constraint that goes with those before it."""
    for one in wanted:
        solution = _perhaps(attempt, (*solution.applied, one)) or solution
    return solution


def _perhaps(attempt: Attempt, constraints: tuple[Constraint, ...]) -> Solution | None:
    """Solve, where there is a solution already: nothing is lost if this one fails."""
    try:
        return _solution(attempt, constraints)
    except TorchupError:
        return None


def _solution(attempt: Attempt, constraints: tuple[Constraint, ...]) -> Solution:
    lock, artifacts = attempt(constraints)
    return Solution(lock=lock, artifacts=artifacts, applied=constraints)
