"""A requirement whose lines are a project's: they may be left out or moved, and it is said."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from torchup.api.lines_alone import bare
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
        lines = project.packages if project else ()
        self._origins = {bare(line.text): line.origin for line in lines}

    def drop(self, line: str, code: str) -> None:
        """Leave a line out."""
        self.say(code, line)
        kept = tuple(one for one in self.requirement.packages if bare(one) != bare(line))
        self.requirement = replace(self.requirement, packages=kept)

    def swap(self, line: str, other: str) -> None:
        """Put another line in the place of one; hashes of its package count no longer."""
        asked = self.requirement
        packages = tuple(other if bare(one) == bare(line) else one for one in asked.packages)
        hashes = tuple(one for one in asked.hashes if one.name != name_of(line))
        self._origins[bare(other)] = self.origin(line)
        self.requirement = replace(asked, packages=packages, hashes=hashes)

    def origin(self, line: str) -> str:
        """Where the project says a line; empty for one that it doesn't say."""
        return self._origins.get(bare(line), "")

    def say(self, code: str, line: str, *, needs: str = "", has: str = "") -> None:
        """Say something of a line."""
        about = self.origin(line)
        said = Reason(code=code, effect="warn", subject=line, needs=needs, has=has, about=about)
        self.said.append(said)
