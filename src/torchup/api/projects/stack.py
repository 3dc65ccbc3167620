"""A project's lines beside the stack that they are for: the Python may be moved with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from torchup.api.projects.lines import ProjectLines
from torchup.api.solve.lines_alone import lines_that_count
from torchup.api.stacks.chooser import Chooser
from torchup.errors import UsageError
from torchup.model import Reason

if TYPE_CHECKING:
    from torchup.api.context import Context
    from torchup.api.projects.eras import Era
    from torchup.api.stacks.choosing import Choice
    from torchup.model import Machine, Requirement, Stack

    State = tuple[Requirement, Stack | None, tuple[Reason, ...]]


class ProjectStack(ProjectLines):
    """One requirement on the way.

    Attributes:
        stack: what is chosen for it; None where nothing is.
        sources: where packages come from; None where nothing is chosen.
        free: the Python may be moved: the user named none.
        served: how many pins have wheels, by release line of Python; empty where none was asked.

    Args:
        context: the session, with the project.
        machine: the machine.
        requirement: what is asked for, the project's lines among it.
        era: the Pythons of the project.
    """

    def __init__(
        self, context: Context, machine: Machine, requirement: Requirement, era: Era
    ) -> None:
        super().__init__(requirement, context.project)
        self.context = context
        self.machine = machine
        self._era = era
        choice = self._chosen(requirement)
        self.stack: Stack | None = choice.resolution.stack if choice else None
        self.sources = choice.sources if choice else None
        self.free = requirement.python is None
        self.served: dict[str, int] = {}
        self._first = self.python

    @property
    def state(self) -> State:
        """What may be put back where a change doesn't help."""
        return self.requirement, self.stack, tuple(self.said)

    @state.setter
    def state(self, before: State) -> None:
        self.requirement, self.stack, said = before
        self.said = list(said)

    @property
    def python(self) -> str:
        """The release line of the chosen Python; empty without a stack."""
        return self.stack.python.rstrip("t") if self.stack else ""

    def lines(self) -> list[str]:
        """The lines that count for the chosen Python, without their markers."""
        return lines_that_count(self.requirement, self.machine, self.python)

    def pythons(self) -> list[str]:
        """The release lines that the chosen framework can have here."""
        return [one for one in self._era.inside() if self._with_python(one) is not None]

    def as_good(self) -> list[str]:
        """The release lines that as many pins have wheels for as for the chosen one."""
        least = self.served.get(self.python, 0)
        return [one for one in self.pythons() if self.served.get(one, least) >= least]

    def move_python(self, line: str, subject: str) -> None:
        """Take another Python, for what has wheels for it and not for the chosen one."""
        asked = self._with_python(line)
        if asked is None:
            return
        self.requirement = asked
        found = self._chosen(asked)
        self.stack = found.resolution.stack if found else None
        code = "python-of-pins"
        told = Reason(code=code, effect="prefer", subject=subject, needs=line, has=self._first)
        self.said = [*(one for one in self.said if one.code != code), told]

    def _chosen(self, requirement: Requirement) -> Choice | None:
        try:
            return Chooser(self.context, self.machine, requirement).by_catalogue()
        except UsageError:
            return None

    def _with_python(self, line: str) -> Requirement | None:
        day = max(self.requirement.today, self._era.there[line])
        asked = replace(self.requirement, python=line, today=day)
        found = self._chosen(asked)
        stack = found.resolution.stack if found else None
        if stack is None or self.stack is None or stack.packages != self.stack.packages:
            return None
        return asked
