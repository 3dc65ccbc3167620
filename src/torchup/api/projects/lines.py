"""A requirement whose lines are a project's: they may be left out or moved, and it is said."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from torchup.api.solve.lines_alone import bare
from torchup.model import Reason
from torchup.model.names import name_of

if TYPE_CHECKING:
    from torchup.model import Requirement
    from torchup.projects import Declared


class ProjectLines:
    """The lines, and what was said of them.

    Attributes:
        requirement: what is asked for so far.
        said: what was moved and left out.

    Args:
        requirement: what is asked for, the project's lines among it.
        project: knows where each of its lines stands.
    """

    def __init__(self, requirement: Requirement, project: Declared | None) -> None:
        self.requirement = requirement
        self.said: list[Reason] = []
        lines = (*project.packages, *project.constraints) if project else ()
        self._origins = {bare(line.text): line.origin for line in lines}
        self._held = {line.text for line in project.constraints} if project else set()

    def drop(self, line: str, code: str, *, has: str = "") -> None:
        """Leave a line out."""
        self.say(code, line, has=has)
        kept = tuple(one for one in self.requirement.packages if bare(one) != bare(line))
        self.requirement = replace(self.requirement, packages=kept)

    def swap(self, line: str, other: str) -> None:
        """Put another line in the place of one; hashes of its package count no longer."""
        asked = self.requirement
        packages = tuple(other if bare(one) == bare(line) else one for one in asked.packages)
        hashes = tuple(one for one in asked.hashes if one.name != name_of(line))
        self._origins[bare(other)] = self.origin(line)
        self.requirement = replace(asked, packages=packages, hashes=hashes)

    def let_go(self, name: str, code: str, *, has: str = "") -> bool:
        """Let go of the version that a lock has of a package; tell whether there was one."""
        asked = self.requirement
        ours = [one for one in asked.constraints if name_of(one) == name and one in self._held]
        for one in ours:
            self.say(code, one, needs=name, has=has)
        kept = tuple(one for one in asked.constraints if one not in ours)
        hashes = tuple(one for one in asked.hashes if one.name != name) if ours else asked.hashes
        self.requirement = replace(asked, constraints=kept, hashes=hashes)
        return bool(ours)

    def origin(self, line: str) -> str:
        """Where the project says a line; empty for one that it doesn't say."""
        return self._origins.get(bare(line), "")

    def say(self, code: str, line: str, *, needs: str = "", has: str = "") -> None:
        """Say something of a line."""
        about = self.origin(line)
        said = Reason(code=code, effect="warn", subject=line, needs=needs, has=has, about=about)
        self.said.append(said)
