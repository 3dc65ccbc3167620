"""A project's wishes on a machine: kept where they run, else moved forward just enough.

A project names the framework, the Python and the CUDA of its time. What of them can't run on the
machine is moved to the oldest later one that does, and the answer gives each move with its
reason. What the user says on the command line is never moved.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from msgspec.structs import replace

from torchup.api.choosing import Chooser
from torchup.api.eras import era_of
from torchup.errors import UsageError
from torchup.facts.load import load_catalogue
from torchup.facts.projects import load_project_facts
from torchup.model import Reason
from torchup.model.names import name_of
from torchup.resolve.versions import meets

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchup.api.context import Context
    from torchup.api.eras import Era
    from torchup.facts.catalogue import Release
    from torchup.model import Machine, Requirement, Resolution
    from torchup.projects import Declared


_ON_PTX: Final = "arch-ptx-only"


class Try(NamedTuple):
    """One requirement on the way, and what was moved for it."""

    requirement: Requirement
    release: str
    python: str
    build: str


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
    forward = _Forward(context, machine, requirement, project, here=here)
    found, reasons = forward.first()
    if found is None:  # a pin that is younger than the day is a no for what it is, not for its day
        day = requirement.as_of and context.today()
        return replace(requirement, framework_day=day), reasons
    if not examine or context.offline:
        return found.requirement, reasons
    from torchup.api.mending import mend

    return mend(context, machine, found.requirement, forward.era, reasons)


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
        self._name = self._catalogue.framework.name
        self.era: Era = era_of(self._catalogue, machine, requirement, project, context.today())
        lines = {line.text for line in project.packages}
        self._pins = [one for one in requirement.packages if name_of(one) == self._name]
        self._declared: Resolution | None = None
        self._movable = all(one in lines for one in self._pins)

    def first(self) -> tuple[Try | None, tuple[Reason, ...]]:
        """The first requirement that has a stack; None, and reasons, where there is none."""
        for one in self._tries():
            answer = self._answer(one.requirement)
            if answer is not None and runs(answer) and self._python_fits(answer):
                return one, self._reasons(one, answer)
        return None, self._why_not_moved()

    def _tries(self) -> Iterator[Try]:
        """Every combination, the least moves first: the CUDA, the Python, then the framework."""
        builds = dict.fromkeys((self._build(), ""))
        for release, requirement in self._frameworks():
            if not self._possible(requirement):
                continue
            for python, day in self.era.pythons():
                for build in builds:
                    under = replace(requirement, today=max(self._then(release), day))
                    under = replace(under, python=requirement.python or python or None)
                    under = replace(under, build=requirement.build or build or None)
                    yield Try(under, release, python, build)

    def _possible(self, requirement: Requirement) -> bool:
        """Tell whether a framework runs at all, whatever the Python and the build."""
        free = replace(requirement, today=self._context.today())
        answer = self._answer(free)
        self._declared = self._declared or answer
        return answer is not None and runs(answer)

    def _then(self, raised: str) -> str:
        """The day whose Pythons are meant: that of the framework, where one release is pinned."""
        wanted = f"=={raised}" if raised else self._wanted()
        if "==" not in wanted or not self._movable:
            return self._asked.today
        dates = [r.date for r in self._catalogue.releases if meets(r.version, wanted)]
        return min(self._asked.today, max(dates, default=self._asked.today))

    def _build(self) -> str:
        """The build that the project was made with, where the user wants none."""
        return "" if self._asked.build or self._asked.cpu else self._project.build

    def _frameworks(self) -> Iterator[tuple[str, Requirement]]:
        """The framework as declared, then each later release, the oldest first."""
        yield "", self._asked
        if not self._movable:
            return
        for release in reversed(self._catalogue.releases):
            if self._may_move(release):
                yield release.version, self._raised(release)

    def _may_move(self, release: Release) -> bool:
        wanted = self._wanted()
        late = bool(self._asked.as_of) and release.date > self._asked.as_of
        if meets(release.version, wanted):
            return late
        facts = load_project_facts()
        lowest = _lowest(wanted)
        if lowest and not self._firm():
            return _above(release.version, lowest)
        before = f"<{facts.moves_before}"
        return (
            bool(lowest)
            and _above(release.version, lowest)
            and (meets(release.version, before) and meets(lowest, before))
        )

    def _firm(self) -> bool:
        """Tell whether the framework's version is declared, and not only told to people."""
        return any(line.firm for line in self._project.packages if name_of(line.text) == self._name)

    def _wanted(self) -> str:
        from packaging.requirements import Requirement as Parsed

        return ",".join(str(Parsed(one).specifier) for one in self._pins if "@" not in one)

    def _raised(self, release: Release) -> Requirement:
        """The requirement with the framework of a release, and its companions freed."""
        ours = {self._name, *self._catalogue.framework.companions}
        declared = {line.text for line in self._project.packages}
        kept = []
        for line in self._asked.packages:
            name = name_of(line)
            if name == self._name:
                continue
            kept.append(name if name in ours and line in declared else line)
        packages = (f"{self._name}=={release.version}", *dict.fromkeys(kept))
        day = self._asked.as_of and max(self._asked.as_of, release.date)
        return replace(self._asked, packages=packages, framework_day=day)

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
        return meets(f"{stack.python.rstrip('t')}.99", self._project.pythons)

    def _reasons(self, one: Try, answer: Resolution) -> tuple[Reason, ...]:
        """Each move, and what spoke against staying."""
        said: list[Reason] = []
        if one.release:
            said.append(self._moved_framework(one.release))
            against = self._declared.reasons if self._declared is not None else ()
            rejects = [replace(r, effect="prefer") for r in against if r.effect == "reject"]
            said += rejects[:1] if said[0].code != "pin-past-day" else ()
        said += self.era.moved(answer)
        if self._build() and one.build != self._build():
            stack = answer.stack
            said.append(
                Reason(
                    code="moved-build",
                    effect="prefer",
                    subject=self._build(),
                    needs=stack.build if stack else "",
                )
            )
        return tuple(said)

    def _moved_framework(self, version: str) -> Reason:
        line = next((x for x in self._project.packages if name_of(x.text) == self._name), None)
        wanted = self._wanted()
        pinned = line is not None and not meets(version, wanted)
        code = "moved-forward" if pinned else "moved-past-day"
        if not pinned and wanted and not self._of_its_day(wanted):
            code = "pin-past-day"
        return Reason(
            code=code,
            effect="accept" if code == "pin-past-day" else "warn",
            subject=line.text if line else self._name,
            needs=f"{self._name} {version}",
            has=self._asked.as_of,
            about=line.origin if line else self._asked.as_of,
            fact=load_project_facts().moves_fact if pinned and self._firm() else None,
        )

    def _of_its_day(self, wanted: str) -> bool:
        """Tell whether a release that is wanted was there on the day."""
        day = self._asked.as_of
        return any(r.date <= day and meets(r.version, wanted) for r in self._catalogue.releases)

    def _why_not_moved(self) -> tuple[Reason, ...]:
        """Say why a pin stays, and which later release would run."""
        wanted = self._wanted()
        lowest = _lowest(wanted)
        if not self._movable or not lowest:
            return ()
        line = next((x for x in self._project.packages if name_of(x.text) == self._name), None)
        for release in reversed(self._catalogue.releases):
            if meets(release.version, wanted) or not _above(release.version, lowest):
                continue
            answer = self._answer(
                replace(self._raised(release), python=None, as_of="", today=self._context.today())
            )
            if answer is not None and answer.stack and runs(answer) and line is not None:
                return (
                    Reason(
                        code="pin-stays",
                        effect="reject",
                        subject=line.text,
                        needs=f"{self._name} {release.version}+{answer.stack.build}",
                        about=line.origin,
                        fact=load_project_facts().moves_fact,
                    ),
                )
        return ()


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
    rest = tuple(one for one in answer.reasons if one.code != _ON_PTX)
    return replace(answer, outcome="none", stack=None, serves=(), reasons=(*against, *rest))


def _lowest(wanted: str) -> str:
    """Where the versions that a specifier wants begin, its upper end where it names no other.

    Empty for any version.
    """
    from packaging.specifiers import SpecifierSet
    from packaging.version import Version

    named = [one for one in SpecifierSet(wanted) if one.operator != "!="]
    lower = [one for one in named if one.operator not in ("<", "<=")]
    found = [Version(one.version.removesuffix(".*")) for one in lower or named]
    return str(min(found)) if found else ""


def _above(version: str, other: str) -> bool:
    from packaging.version import Version

    return Version(version) > Version(other)
