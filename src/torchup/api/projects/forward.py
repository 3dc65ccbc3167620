"""A project's wishes on a machine: kept where they run, else moved forward just enough.

A project names the framework, the Python and the CUDA of its time. What of them can't run on the
machine is moved to the oldest later one that does, and the answer gives each move with its
reason. What the user says on the command line is never moved.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from msgspec.structs import replace

from torchup.api.projects.eras import era_of
from torchup.api.projects.moves import Pin, runs
from torchup.api.stacks.chooser import Chooser
from torchup.errors import UsageError
from torchup.facts.load import load_catalogue
from torchup.model import Reason
from torchup.model.builds import device_of
from torchup.resolve.versions import line_meets

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchup.api.context import Context
    from torchup.api.projects.eras import Era
    from torchup.model import Machine, Requirement, Resolution, Stack
    from torchup.projects import Declared


class Try(NamedTuple):
    """One requirement on the way, and what was moved for it."""

    requirement: Requirement
    release: str


def settle(
    context: Context, machine: Machine, requirement: Requirement, *, here: bool, examine: bool
) -> tuple[Requirement, tuple[Reason, ...]]:
    """Move a project's wishes forward until they run on a machine.

    Args:
        context: the session, with the project.
        machine: the machine.
        requirement: what is asked for, the project's lines among it.
        here: it is this machine: what Pythons it can have counts.
        examine: packages' own metadata may be asked.

    Returns:
        The requirement to choose for, unmoved where nothing helps, and the reasons.
    """
    project = context.project
    if project is None:
        return requirement, ()
    lost: tuple[Reason, ...] = ()
    if examine and not context.offline:
        from torchup.api.projects.dead_links import without_dead_links

        lost = without_dead_links(context)
    forward = _Forward(context, machine, requirement, project, here=here)
    found, reasons = forward.first()
    if found is None:  # a pin that is younger than the day is a no for what it is, not for its day
        day = requirement.as_of and context.today()
        return replace(requirement, framework_day=day), (*lost, *reasons)
    if not examine or context.offline:
        return found.requirement, reasons
    from torchup.api.projects.mending import mend

    return mend(context, machine, found.requirement, forward.era, (*lost, *reasons))


class _Forward:
    """The search for the least move."""

    def __init__(
        self,
        context: Context,
        machine: Machine,
        requirement: Requirement,
        project: Declared,
        *,
        here: bool,
    ) -> None:
        self._context = context
        self._machine = machine
        self._asked = requirement
        self._project = project
        self._here = here
        self._catalogue = load_catalogue()
        self.era: Era = era_of(self._catalogue, machine, requirement, project, context.today())
        self._pin = Pin(requirement, project, machine)
        self._declared: Resolution | None = None

    def first(self) -> tuple[Try | None, tuple[Reason, ...]]:
        """The first requirement that has a stack; None, and reasons, where there is none."""
        for one in self._tries():
            answer = self._answer(one.requirement)
            if answer is not None and runs(answer) and self._python_fits(answer):
                return one, self._reasons(one, answer)
        return None, self._why_not_moved()

    def _tries(self) -> Iterator[Try]:
        """Every combination, the least moves first: the CUDA, the Python, then the framework."""
        for release, requirement in self._frameworks():
            free = self._free(requirement)
            if free is None:
                continue
            builds = dict.fromkeys((self._build(free), ""))
            for python, day in self.era.pythons():
                for build in builds:
                    under = replace(requirement, today=max(self._then(release), day))
                    under = replace(under, python=requirement.python or python or None)
                    under = replace(under, build=requirement.build or build or None)
                    yield Try(under, release)

    def _free(self, requirement: Requirement) -> Stack | None:
        """What would run, whatever the Python and the build; None where nothing does."""
        answer = self._answer(replace(requirement, today=self._context.today()))
        self._declared = self._declared or answer
        return answer.stack if answer is not None and runs(answer) else None

    def _then(self, raised: str) -> str:
        """The day whose Pythons are meant: that of the framework, where one release is pinned."""
        return min(self._asked.today, self._pin.day(raised) or self._asked.today)

    def _build(self, free: Stack) -> str:
        """The build that the project was made with, where the machine computes on the same.

        A CUDA build is no use without such a card, and a build for the CPU was made elsewhere.
        """
        wish = self._wish()
        return wish if device_of(wish) == free.device else ""

    def _wish(self) -> str:
        """The build that the project was made with, empty where the user chose one."""
        return "" if self._asked.build or self._asked.cpu else self._project.build

    def _frameworks(self) -> Iterator[tuple[str, Requirement]]:
        """The framework as declared, then each later release, the oldest first."""
        yield "", self._asked
        if not self._pin.movable:
            return
        for release in reversed(self._catalogue.releases):
            if self._pin.may_move_to(release):
                yield release.version, self._pin.raised(self._asked, release)

    def _answer(self, requirement: Requirement) -> Resolution | None:
        try:
            chooser = Chooser(self._context, self._machine, requirement)
            return chooser.by_catalogue(here=self._here).resolution
        except UsageError as error:
            if error.code == "ask.pin-after-date":
                return None
            raise

    def _python_fits(self, answer: Resolution) -> bool:
        """Tell whether the Python is one that the project supports, or one it was moved to."""
        stack = answer.stack
        if stack is None or answer.requirement.python is not None:
            return True
        return line_meets(stack.python, self._project.pythons)

    def _reasons(self, one: Try, answer: Resolution) -> tuple[Reason, ...]:
        """Each move, and what spoke against staying."""
        said: list[Reason] = []
        if one.release:
            said.append(self._pin.moved_to(one.release))
            against = self._declared.reasons if self._declared is not None else ()
            rejects = [replace(r, effect="prefer") for r in against if r.effect == "reject"]
            said += rejects[:1] if said[0].code != "pin-past-day" else ()
        said += self.era.moved(answer)
        stack, wish = answer.stack, self._wish()
        if stack is not None and wish not in ("", "cpu", stack.build):  # that build runs anywhere
            said.append(
                Reason(code="moved-build", effect="prefer", subject=wish, needs=stack.build)
            )
        return tuple(said)

    def _why_not_moved(self) -> tuple[Reason, ...]:
        """Say why a pin stays, and which later release would run."""
        for release in reversed(self._catalogue.releases if self._pin.movable else ()):
            if not self._pin.is_later(release):
                continue
            now = replace(self._pin.raised(self._asked, release), as_of="", python=None)
            answer = self._answer(replace(now, today=self._context.today()))
            if answer is not None and answer.stack is not None and runs(answer):
                return (self._pin.stays(release, answer.stack.build),)
        return ()
