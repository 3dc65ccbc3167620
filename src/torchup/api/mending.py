"""A project's other lines: the Python that their wheels are for, and what can't be had any more.

What an index doesn't have is named and left for the user; the rest goes on. A pin without a wheel
for a Python that can be had is moved to the next version that has one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from torchup.api.choosing import Chooser
from torchup.api.eras import arrived
from torchup.api.lines_alone import bare, culprit_among, lines_that_count, unversioned
from torchup.api.project_lines import ProjectLines
from torchup.api.wheels_of_pins import has_wheels, pins_of
from torchup.errors import UsageError
from torchup.model import Reason
from torchup.model.names import name_of
from torchup.resolve.lines import line_number
from torchup.resolve.needs import parsed

if TYPE_CHECKING:
    from torchup.api.choosing import Choice
    from torchup.api.context import Context
    from torchup.api.eras import Era
    from torchup.api.wheels_of_pins import Pin
    from torchup.backends.culprits import Culprit
    from torchup.model import Machine, Requirement, Stack

_ROUNDS: Final = 10
"""Solves at most for lines that can't be had."""
_MOST_PYTHONS: Final = 4
"""Pythons at most that are tried for what only comes along."""


def mend(
    context: Context,
    machine: Machine,
    requirement: Requirement,
    era: Era,
    reasons: tuple[Reason, ...],
) -> tuple[Requirement, tuple[Reason, ...]]:
    """Choose the Python by the project's lines, and leave out what can't be had.

    Args:
        context: the session, with the project.
        machine: the machine.
        requirement: what has a stack as far as the framework goes.
        era: the Pythons of the project.
        reasons: what was said so far.
    """
    mending = _Mending(context, machine, requirement, era)
    if mending.stack is None:
        return requirement, reasons
    mending.by_pins()
    mending.by_solving()
    return mending.requirement, (*reasons, *mending.said)


class _Mending(ProjectLines):
    """One requirement on the way."""

    def __init__(
        self, context: Context, machine: Machine, requirement: Requirement, era: Era
    ) -> None:
        super().__init__(requirement, context.project)
        self._context = context
        self._machine = machine
        self._era = era
        choice = self._chosen(requirement)
        self.stack: Stack | None = choice.resolution.stack if choice else None
        self._sources = choice.sources if choice else None
        self._free = requirement.python is None
        self._first = self._python
        self._built: set[str] = set()
        self._served: dict[str, int] = {}

    def _chosen(self, requirement: Requirement) -> Choice | None:
        try:
            return Chooser(self._context, self._machine, requirement).by_catalogue()
        except UsageError:
            return None

    @property
    def _python(self) -> str:
        return self.stack.python.rstrip("t") if self.stack else ""

    def by_pins(self) -> None:
        """Take the Python that most pins have wheels for, and move the pins that have none."""
        if self._sources is None:
            return
        pins = pins_of(self._context, self._sources, self._machine, self._lines())
        alone = not self._sources.extras and not self._sources.links
        for pin in pins:
            if not pin.known and alone and self.origin(pin.line):
                self.drop(pin.line, "left-gone")
        counted = [pin for pin in pins if pin.has_wheels]
        if self._free and counted:
            lines = self._lines_of_python()
            self._served = {one: sum(pin.serves(one) for pin in counted) for one in lines}
            self._choose_python(self._served, counted)
        for pin in (one for one in counted if self.origin(one.line)):
            version = "" if pin.serves(self._python) else pin.next_for(self._python)
            if version:
                moved = f"{unversioned(pin.line)}=={version}"
                self.swap(pin.line, moved)
                self.say("moved-package", pin.line, needs=moved, has=self._python)

    def _choose_python(self, served: dict[str, int], pins: list[Pin]) -> None:
        best = max(served.values(), default=0)
        now = served.get(self._python, 0)
        if best <= now:
            return
        at = line_number(self._python)
        fitting = [one for one, count in served.items() if count == best]
        below = [one for one in fitting if line_number(one) < at]
        line = max(below or fitting[:1], key=line_number)
        speak = [one.line for one in pins if one.serves(line) and not one.serves(self._python)]
        self._move_python(line, "python-of-pins", ", ".join(speak))

    def _lines_of_python(self) -> list[str]:
        """The release lines that the chosen framework can have here."""
        return [one for one in self._era.inside() if self._with_python(one) is not None]

    def _with_python(self, line: str) -> Requirement | None:
        asked = replace(
            self.requirement,
            python=line,
            today=max(self.requirement.today, self._era.there[line]),
        )
        found = self._chosen(asked)
        stack = found.resolution.stack if found else None
        if stack is None or self.stack is None or stack.packages != self.stack.packages:
            return None
        return asked

    def _move_python(self, line: str, code: str, subject: str) -> None:
        asked = self._with_python(line)
        if asked is None:
            return
        self.requirement = asked
        found = self._chosen(asked)
        self.stack = found.resolution.stack if found else None
        told = Reason(code=code, effect="prefer", subject=subject, needs=line, has=self._first)
        self.said = [*(one for one in self.said if one.code != code), told]

    def by_solving(self) -> None:
        """Solve, and leave out or move what the solver names, a few times.

        Another Python that doesn't help is not kept: one helps when what was missing is there.
        """
        tried = {self._python}
        before, missing = self._state(), ""
        for _ in range(_ROUNDS):
            found = self._culprit()
            if found is None or found.name != missing:
                before = self._state()
            if found is None:
                return
            pythons = len(tried)
            if not self._heal(found, tried):
                break
            missing = found.name if len(tried) > pythons else ""
            if not missing:
                before = self._state()
        self.requirement, self.stack, said = before
        self.said = list(said)

    def _state(self) -> tuple[Requirement, Stack | None, tuple[Reason, ...]]:
        return self.requirement, self.stack, tuple(self.said)

    def _heal(self, found: Culprit, tried: set[str]) -> bool:
        """Do something about a package that can't be had; False where nothing helps."""
        line = next((one for one in self.requirement.packages if name_of(one) == found.name), "")
        if self._later_day(found, line) or (line and self._left(found, line)):
            return True
        if line and bare(line) not in self._built:
            self._built.add(bare(line))  # it is built from its sources, whatever the Python
            return True
        if self._wheels_of(found):
            return self._other_python(found, tried)
        brings = [bare(one) for one in self._lines() if name_of(one) in found.brought_by]
        more = [one for one in brings if one not in self._built]
        self._built.update(more)
        return bool(more)

    def _wheels_of(self, found: Culprit) -> bool:
        """Tell whether a package has wheels for the machine at all."""
        sources = self._sources
        return sources is not None and has_wheels(self._context, sources, self._machine, found.name)

    def _later_day(self, found: Culprit, line: str) -> bool:
        """Take a later day for a version that came later, or a Python that is younger."""
        day, later, code = self.requirement.as_of, found.published, "moved-day"
        if day and found.trouble == "no-wheels" and self._wheels_of(found):
            later, code = arrived(self._python, self._context.today()), "moved-day-python"
        if not day or later <= day:
            return False
        self.said.append(
            Reason(
                code=code,
                effect="warn",
                subject=day,
                needs=later,
                has=line or found.name,
                about=self._python,
            )
        )
        self.requirement = replace(self.requirement, as_of=later)
        return True

    def _left(self, found: Culprit, line: str) -> bool:
        """Leave a line out, or its version, where no index has it; tell whether that was done."""
        if not self.origin(line):
            return False  # what the user names is the user's own
        if found.trouble == "no-version" and parsed(line).specifier:
            self.say("left-version-gone", line)
            self.swap(line, unversioned(line))
        elif found.trouble == "no-version":
            self.drop(line, "left-later" if self.requirement.as_of else "left-gone")
        elif found.trouble == "gone":
            self.drop(line, "left-gone")
        else:
            return False
        return True

    def _other_python(self, found: Culprit, tried: set[str]) -> bool:
        """Take another Python for what only comes along and has no wheels for this one."""
        at = line_number(self._python)
        if not self._free or len(tried) >= _MOST_PYTHONS:
            return False
        lines = sorted(
            (one for one in self._as_good() if one not in tried),
            key=lambda one: (line_number(one) > at, abs(line_number(one)[1] - at[1])),
        )
        for one in lines[:1]:
            tried.add(one)
            self._move_python(one, "python-of-pins", found.name)
            return True
        return False

    def _as_good(self) -> list[str]:
        """The release lines that as many pins have wheels for as for the chosen one."""
        least = self._served.get(self._python, 0)
        lines = self._lines_of_python()
        return [one for one in lines if self._served.get(one, least) >= least]

    def _culprit(self) -> Culprit | None:
        """The package that can't be had; None for a solution, or where nothing can be told."""
        lines = [one for one in self._lines() if one not in self._built]
        if self.stack is None or self._sources is None or not lines:
            return None
        return culprit_among(
            self._context,
            self._machine,
            self.requirement,
            lines,
            sources=self._sources,
            python=self.stack.python,
        )

    def _lines(self) -> list[str]:
        return lines_that_count(self.requirement, self._machine, self._python)
