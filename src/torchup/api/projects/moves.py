"""What a project says of the framework, and how far that may be moved."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from torchup.facts.load import load_catalogue
from torchup.facts.projects import load_project_facts
from torchup.model import Reason
from torchup.model.names import name_of
from torchup.resolve.ask import marker_environment
from torchup.resolve.versions import meets

if TYPE_CHECKING:
    from torchup.facts.catalogue import Release
    from torchup.model import Machine, Requirement, Resolution
    from torchup.projects import Declared

_ON_PTX: Final = "arch-ptx-only"


class Pin:
    """The lines about the framework.

    Attributes:
        name: the framework's name.
        wanted: what they ask of its version, a specifier; empty for any.
        movable: they are the project's, and none of them the user's own.
        lowest: where the versions that are wanted begin; empty for any.

    Args:
        requirement: what is asked for, the project's lines among it.
        project: what the project says.
        machine: whose markers count.
    """

    def __init__(self, requirement: Requirement, project: Declared, machine: Machine) -> None:
        from packaging.requirements import Requirement as Parsed

        python = requirement.python or project.python or None
        environment = marker_environment(machine, python)

        def counts(line: str) -> bool:
            marker = Parsed(line).marker if name_of(line) == self.name else None
            return marker is None or marker.evaluate(environment)

        self.name = load_catalogue().framework.name
        self._releases = load_catalogue().releases
        named = [one for one in requirement.packages if name_of(one) == self.name]
        lines = [one for one in named if counts(one)]
        self._declared = {line.text for line in project.packages}
        every = [line for line in project.packages if name_of(line.text) == self.name]
        ours = [line for line in every if counts(line.text)]
        self._line = ours[0] if ours else None
        self._firm = any(line.firm for line in ours)
        self._day = requirement.as_of
        self.movable = all(one in self._declared for one in lines)
        specifiers = (str(Parsed(one).specifier) for one in lines if "@" not in one)
        self.wanted = ",".join(filter(None, specifiers))
        self.lowest = _lowest(self.wanted)

    def may_move_to(self, release: Release) -> bool:
        """Tell whether a release may take the place of what is wanted."""
        if meets(release.version, self.wanted):
            return bool(self._day) and release.date > self._day
        if not self.is_later(release):
            return False
        before = f"<{load_project_facts().moves_before}"
        return not self._firm or (meets(release.version, before) and meets(self.lowest, before))

    def is_later(self, release: Release) -> bool:
        """Tell whether a release is none of the wanted ones and newer than these."""
        from packaging.version import Version

        if not self.lowest or meets(release.version, self.wanted):
            return False
        return Version(release.version) > Version(self.lowest)

    def raised(self, asked: Requirement, release: Release) -> Requirement:
        """Return a requirement with the framework of a release, and what belongs to it freed."""
        framework = load_catalogue().framework
        ours = {self.name, *framework.companions}
        kept = [
            name_of(line) if name_of(line) in ours and line in self._declared else line
            for line in asked.packages
            if name_of(line) != self.name
        ]
        packages = (f"{self.name}=={release.version}", *dict.fromkeys(kept))
        day = asked.as_of and max(asked.as_of, release.date)
        held = tuple(one for one in asked.constraints if name_of(one) not in framework.publishes)
        return replace(asked, packages=packages, constraints=held, framework_day=day)

    def moved_to(self, version: str) -> Reason:
        """Say that another release takes the place of what is wanted."""
        pinned = not meets(version, self.wanted)
        code = "moved-forward" if pinned else "moved-past-day"
        if not pinned and self.wanted and not self._of_its_day():
            code = "pin-past-day"
        return Reason(
            code=code,
            effect="accept" if code == "pin-past-day" else "warn",
            subject=self._line.text if self._line else self.name,
            needs=f"{self.name} {version}",
            has=self._day,
            about=self._line.origin if self._line else self._day,
            fact=load_project_facts().moves_fact if pinned and self._firm else None,
        )

    def stays(self, release: Release, build: str) -> Reason:
        """Say that a pin is not moved, and what would run."""
        return Reason(
            code="pin-stays",
            effect="reject",
            subject=self._line.text if self._line else self.name,
            needs=f"{self.name} {release.version}+{build}",
            about=self._line.origin if self._line else "",
            fact=load_project_facts().moves_fact,
        )

    def day(self, raised: str) -> str:
        """The day of the release that is pinned, or raised to; empty where several are wanted."""
        wanted = f"=={raised}" if raised else self.wanted
        if "==" not in wanted or not self.movable:
            return ""
        return max((r.date for r in self._releases if meets(r.version, wanted)), default="")

    def _of_its_day(self) -> bool:
        """Tell whether a release that is wanted was there on the day."""
        return any(r.date <= self._day and meets(r.version, self.wanted) for r in self._releases)


def runs(answer: Resolution) -> bool:
    """Tell whether a stack has machine code for the cards; PTX alone is no move forward."""
    return answer.stack is not None and not any(one.code == _ON_PTX for one in answer.reasons)


def not_on_ptx(answer: Resolution) -> Resolution:
    """Return no stack in place of one that a project's pin leaves PTX alone for.

    Only a pin that the user names is worth that uncertainty.
    """
    if answer.stack is None or runs(answer):
        return answer
    against = tuple(replace(one, effect="reject") for one in answer.reasons if one.code == _ON_PTX)
    return replace(answer, outcome="none", stack=None, serves=(), reasons=against)


def _lowest(wanted: str) -> str:
    """Where the versions that a specifier wants begin, its upper end where it names no other."""
    from packaging.specifiers import SpecifierSet
    from packaging.version import Version

    named = [one for one in SpecifierSet(wanted) if one.operator != "!="]
    lower = [one for one in named if one.operator not in ("<", "<=")]
    found = [Version(one.version.removesuffix(".*")) for one in lower or named]
    return str(min(found)) if found else ""
