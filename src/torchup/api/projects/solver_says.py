"""What the solver says against a project's lines: each is left out, moved or freed, and named."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from torchup.api.projects.contradictions import peace
from torchup.api.projects.eras import arrived
from torchup.api.projects.wheels_of_pins import admits, wheels_of
from torchup.api.solve.lines_alone import culprit_among, unversioned
from torchup.model import Reason
from torchup.model.names import name_of
from torchup.resolve.lines import line_number
from torchup.resolve.needs import parsed
from torchup.resolve.versions import meets

if TYPE_CHECKING:
    from torchup.api.projects.stack import ProjectStack, State
    from torchup.backends.culprits import Culprit
    from torchup.model import WheelFile

_ROUNDS: Final = 24
"""Solves at most for lines that can't be had, those for contradictions not counted."""


def heard(project: ProjectStack) -> None:
    """Solve, and do something about what the solver names, a few times.

    Args:
        project: is changed.
    """
    hearing = _Hearing(project)
    for _ in range(_ROUNDS):
        found = hearing.culprit()
        if found is None or not hearing.heal(found):
            return


class _Hearing:
    """The lines so far; what has no wheels is taken for built, and what it needs isn't known."""

    def __init__(self, project: ProjectStack) -> None:
        self._project = project
        self._built: set[str] = set()
        self._moved_for: dict[str, State] = {}
        self._kept: set[str] = set()

    def culprit(self) -> Culprit | None:
        """What stands in the way; None for a solution, or where nothing can be told."""
        project = self._project
        lines = project.lines()
        if project.stack is None or project.sources is None or not lines:
            return None
        return culprit_among(
            project.context,
            project.machine,
            project.requirement,
            lines,
            sources=project.sources,
            python=project.stack.python,
            absent=self._built,
        )

    def heal(self, found: Culprit) -> bool:
        """Do something about it; False where nothing helps."""
        if found.trouble == "conflict":
            return peace(self._project, found, self.culprit)
        line = self._line(found.name)
        if found.trouble == "no-version" and self._came_later(found, line):
            return True
        if found.trouble == "no-wheels":
            return self._for_wheels(found, line) or self._build(found.name)
        if found.trouble == "no-file" and self._for_wheels(found, line):
            return True
        if found.wishes and line and peace(self._project, found, self.culprit):
            return True  # other versions are there, and others forbid them
        if found.trouble == "no-file":
            return self._unfit(found, line)
        if line and self._left(found, line):
            return True
        return self._project.let_go(found.name, "left-version-gone") or self._build(found.name)

    def _line(self, name: str) -> str:
        # A line for another system comes after those that count here.
        lines = (*self._project.lines(), *self._project.requirement.packages)
        return next((one for one in lines if name_of(one) == name), "")

    def _came_later(self, found: Culprit, line: str) -> bool:
        """Take the later day on which a wanted version came."""
        day = self._project.requirement.as_of
        if not day or found.published <= day:
            return False
        self._later("moved-day", found.published, line or found.name)
        return True

    def _later(self, code: str, day: str, subject: str) -> None:
        project = self._project
        project.said.append(
            Reason(
                code=code,
                effect="warn",
                subject=project.requirement.as_of,
                needs=day,
                has=subject,
                about=project.python,
            )
        )
        project.requirement = replace(project.requirement, as_of=day)

    def _for_wheels(self, found: Culprit, line: str) -> bool:
        """Take the day of a Python that is younger, or a Python that there are wheels for.

        Another Python that doesn't help is not kept.
        """
        project = self._project
        if found.name in self._moved_for:
            project.state = self._moved_for.pop(found.name)
            self._kept.add(found.name)
        if found.name in self._kept:
            return False
        files = self._files(found)
        day, settled = project.requirement.as_of, arrived(project.python, project.context.today())
        if any(admits(one, project.python) for one in files):
            if not day or settled <= day:
                return False
            self._later("moved-day-python", settled, line or found.name)
            return True
        at = line_number(project.python)
        other = [one for one in project.as_good() if any(admits(file, one) for file in files)]
        if not other or not project.free:
            return False
        self._moved_for[found.name] = project.state
        nearest = min(
            other, key=lambda one: (line_number(one) > at, abs(line_number(one)[1] - at[1]))
        )
        project.move_python(nearest, line or found.name)
        return True

    def _files(self, found: Culprit) -> list[WheelFile]:
        """The wheels for the machine of what is said to have none, whatever the day and Python."""
        project = self._project
        if project.sources is None:
            return []
        files = wheels_of(project.context, project.sources, project.machine, found.name)
        wanted = found.wanted or ("",)
        return [one for one in files if any(meets(one.version, each) for each in wanted)]

    def _build(self, name: str) -> bool:
        """Take a package for one that is built from its sources; False where it is already."""
        new = name not in self._built
        self._built.add(name)
        return new

    def _unfit(self, found: Culprit, line: str) -> bool:
        """Leave out what has no file for this machine, or what needs it; name it."""
        project = self._project
        names = {name_of(line)} if line else set(found.brought_by)
        lines = [one for one in project.lines() if name_of(one) in names and project.origin(one)]
        for one in lines:
            project.drop(one, "left-unfit", has=found.name)
        return bool(lines)

    def _left(self, found: Culprit, line: str) -> bool:
        """Leave a line out, or its version, where no index has it; tell whether that was done."""
        project = self._project
        if not project.origin(line):
            return False  # what the user names is the user's own
        if found.trouble == "gone":
            project.drop(line, "left-gone")
        elif not parsed(line).specifier:
            dated = project.requirement.as_of
            project.drop(line, "left-later" if dated else "left-gone")
        else:
            project.say("left-version-gone", line)
            project.swap(line, unversioned(line))
        return True
