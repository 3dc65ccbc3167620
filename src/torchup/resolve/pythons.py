"""Which Python a stack takes (design 3, "Choice among the valid")."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from torchup.model import LeftOut, Reason, shown_url
from torchup.resolve.constraints import libc_reaches
from torchup.resolve.lines import line_number, serves_python
from torchup.resolve.offers import Offer

if TYPE_CHECKING:
    from torchup.facts.catalogue import Build, Release
    from torchup.model import Effect, Os
    from torchup.resolve.ask import Asked
    from torchup.resolve.lines import Pythons
    from torchup.resolve.offers import Shelf

BY_RELEASE: Final = frozenset({"companion-none", "companion-version"})
"""What is said of a companion by the release alone, whatever the place and the Python."""


class PythonChoice(Struct, frozen=True, kw_only=True):
    """A release line, and what comes along with it at one place.

    ``glibc`` is what its download needs of the C library, where something speaks against it;
    empty where it is only here, and where it can't be downloaded.
    """

    line: str
    companions: dict[str, Offer]
    left_out: tuple[LeftOut, ...] = ()
    settled: bool = True
    available: bool = True
    glibc: str = ""
    problems: tuple[Reason, ...] = ()

    @property
    def refused(self) -> tuple[Reason, ...]:
        """What speaks against it: its own problems, and companions asked for by name."""
        left = (one.reason for one in self.left_out if one.reason.effect == "reject")
        return self.problems + tuple(one for one in left if one.code not in BY_RELEASE)

    @property
    def wanted(self) -> tuple[int, int]:
        """How much of what was wanted is there: what was named counts before the rest."""
        return -len(self.refused), len(self.companions)

    @property
    def rank(self) -> tuple[tuple[int, int], bool, tuple[int, ...]]:
        """Most of what was wanted, then settled, then newest."""
        return self.wanted, self.settled, line_number(self.line)


class PythonSearch:
    """The Pythons for one build at one place."""

    def __init__(
        self, release: Release, build: Build, offer: Offer, *, pythons: Pythons, shelf: Shelf
    ) -> None:
        self._release = release
        self._build = build
        self._offer = offer
        self._pythons = pythons
        self._shelf = shelf
        self._subject = f"{release.version}+{build.name}"

    def choose(self, asked: Asked, os: Os) -> PythonChoice | Reason:
        """Choose the Python, with everything that speaks against it.

        Where none can be taken it is the one that would be, if what is in the way were not: so
        no problem hides another.

        Returns:
            A reason where there are no wheels for any Python that can be chosen.
        """
        problems: list[Reason] = []
        lines = self._lines(asked, problems)
        if not lines:
            return problems[0]
        reached = self._reached(lines, os, problems)
        names = dict.fromkeys((*asked.named, *asked.companions))
        companions = {name: self._companion(name, asked) for name in names}
        choices: list[PythonChoice] = []
        for line in reversed(reached):
            choices.append(self._with_companions(line, companions, asked, os))
            if choices[-1].settled and not choices[-1].left_out:
                break  # the newest with everything: none of the older ones ranks higher
        best = choices[0] if len(choices) == 1 else max(choices, key=lambda one: one.rank)
        if not problems:
            return best
        served = [
            line
            for line in reached
            if not self._with_companions(line, companions, asked, os).refused
        ]
        told = (self._of_use(problem, served, asked) for problem in problems)
        return replace(best, problems=tuple(told), glibc=self._pythons.glibc_of(best.line))

    def serving(self, asked: Asked, os: Os) -> tuple[str, ...]:
        """The release lines that have all that was asked for by name, oldest first."""
        return tuple(self.companions(asked, os))

    def companions(self, asked: Asked, os: Os) -> dict[str, int]:
        """The same, each with the number of companions that it has."""
        problems: list[Reason] = []
        reached = self._reached(self._lines(asked, problems), os, problems)
        names = dict.fromkeys((*asked.named, *asked.companions))
        companions = {name: self._companion(name, asked) for name in names}
        found = [self._with_companions(line, companions, asked, os) for line in reached]
        return (
            {} if problems else {one.line: len(one.companions) for one in found if not one.refused}
        )

    def _of_use(self, problem: Reason, served: list[str], asked: Asked) -> Reason:
        """Name only Pythons that have everything else, where there are any."""
        lines = ", ".join(served)
        if lines and problem.code == "requested-python":
            return replace(problem, has=lines)
        if lines and problem.code == "python-unobtainable" and asked.python is None:
            return replace(problem, needs=lines)
        return problem

    def _lines(self, asked: Asked, problems: list[Reason]) -> list[str]:
        """The release lines to choose among, oldest first."""
        wheels = [line for line in self._pythons.fitting(self._offer.pythons) if line[-1] != "t"]
        here = [line for line in wheels if self._pythons.available(line)]
        if asked.python is None:
            if not here:
                problems.append(self._reason("python-unobtainable", ", ".join(wheels), ""))
            return here or wheels
        if not serves_python(self._offer.pythons, asked.python):
            has = ", ".join(here or wheels)
            problems.append(self._reason("requested-python", asked.python, has))
            return here or wheels
        if not self._pythons.may_be_here(asked.python):
            problems.append(self._reason("python-unobtainable", asked.python, ""))
        return [asked.python]

    def _reached(self, lines: list[str], os: Os, problems: list[Reason]) -> list[str]:
        """Those of the lines whose wheels the system can load."""
        floors = {line: self._offer.floor(line) for line in lines}
        against = {one: libc_reaches(os, one, self._subject) for one in set(floors.values())}
        reached = [line for line in lines if against[floors[line]] is None]
        if not reached:
            problems += filter(None, [against[floors[line]] for line in lines[:1]])
        return reached or lines

    def _reason(self, code: str, needs: str, has: str) -> Reason:
        return Reason(
            code=code, effect="reject", subject=self._subject, needs=needs or "?", has=has or "-"
        )

    def _with_companions(
        self, line: str, companions: dict[str, Offer | Reason], asked: Asked, os: Os
    ) -> PythonChoice:
        found: dict[str, Offer] = {}
        left: list[LeftOut] = []
        for name, there in companions.items():
            if isinstance(there, Reason):
                left.append(LeftOut(subject=name, reason=there))
                continue
            refusal = _refusal(line, name, there, os)
            if refusal is None:
                found[name] = there
            else:
                reason = replace(refusal, effect=_effect(name, asked))
                left.append(LeftOut(subject=name, reason=reason))
        return PythonChoice(
            line=line,
            companions=found,
            left_out=tuple(left),
            settled=self._pythons.settled(line),
            available=self._pythons.available(line),
        )

    def _companion(self, name: str, asked: Asked) -> Offer | Reason:
        """The companion's wheels at the same place, for whatever Python."""
        known = self._release.companion(name)
        refused = unfit_companion(self._release, name, asked, self._subject)
        if known is None or refused is not None:
            return refused or self._reason("companion-none", "", "")
        here = self._shelf.companion(self._offer, self._build, known)
        if here is not None:
            return here
        source = self._offer.source
        return Reason(
            code="companion-not-there",
            effect=_effect(name, asked),
            subject=f"{name} {known.version}",
            needs=self._build.name,
            has=shown_url(source.url) if source else self._offer.channel,
        )


def unfit_companion(release: Release, name: str, asked: Asked, subject: str) -> Reason | None:
    """Why no companion of a release is the one that is wanted, wherever it comes from."""
    effect, known = _effect(name, asked), release.companion(name)
    if known is None:
        return Reason(code="companion-none", effect=effect, subject=name, needs=subject)
    if asked.allows(name, known.version):
        return None
    label = f"{name} {known.version}"
    needs = asked.wording(name)
    return Reason(code="companion-version", effect=effect, subject=label, needs=needs)


def _refusal(line: str, name: str, there: Offer, os: Os) -> Reason | None:
    """Why a companion's wheels don't serve one Python on this machine."""
    label = f"{name} {there.pin}"
    if serves_python(there.pythons, line):
        return libc_reaches(os, there.floor(line), label)
    return Reason(
        code="companion-no-python",
        effect="reject",
        subject=label,
        needs=line,
        has=", ".join(there.pythons),
    )


def _effect(name: str, asked: Asked) -> Effect:
    return "reject" if name in asked.named else "warn"
