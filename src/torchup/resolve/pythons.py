"""Which Python a stack takes (design 3, "Choice among the valid")."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from torchup.model import LeftOut, Reason, shown_url
from torchup.resolve.constraints import libc_reaches
from torchup.resolve.numbers import BITS
from torchup.resolve.offers import Offer, serves_python

if TYPE_CHECKING:
    from torchup.facts.catalogue import Build, Catalogue, Release
    from torchup.model import Effect, Machine, Os
    from torchup.resolve.ask import Asked
    from torchup.resolve.offers import Shelf

SETTLED: Final = timedelta(days=365)
"""A Python younger than this is not chosen by itself: its libraries are still arriving."""


class PythonChoice(Struct, frozen=True, kw_only=True):
    """A release line, and what comes along with it at one place."""

    line: str
    companions: dict[str, Offer]
    left_out: tuple[LeftOut, ...] = ()
    settled: bool = True

    @property
    def refused(self) -> tuple[Reason, ...]:
        """Why companions that were asked for by name are not there."""
        return tuple(one.reason for one in self.left_out if one.reason.effect == "reject")

    @property
    def wanted(self) -> tuple[int, int]:
        """How much of what was wanted is there: what was named counts before the rest."""
        return -len(self.refused), len(self.companions)

    @property
    def rank(self) -> tuple[tuple[int, int], bool, tuple[int, ...]]:
        """Most of what was wanted, then settled, then newest."""
        return self.wanted, self.settled, _number(self.line)


def installed_lines(machine: Machine) -> frozenset[str]:
    """The release lines of the Pythons on a machine that the framework's wheels can serve."""
    return frozenset(
        one.minor
        for one in machine.pythons or ()
        if one.implementation == "CPython" and one.bits == BITS
    )


class Pythons:
    """The Pythons that are here or can be had, on one day.

    Args:
        catalogue: the facts.
        today: that day (ISO).
        obtainable: release lines that can be downloaded; None means all that exist.
        installed: release lines that are here.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        today: str,
        obtainable: tuple[str, ...] | None,
        installed: frozenset[str],
    ) -> None:
        day = date.fromisoformat(today)
        released = {one.minor: date.fromisoformat(one.released) for one in catalogue.pythons}
        known = {line for line, when in released.items() if when <= day}
        self.obtainable = frozenset(known if obtainable is None else obtainable)
        self.only_here = installed - self.obtainable
        self._fitting: dict[tuple[str, ...], tuple[str, ...]] = {}
        self._settled = {line for line, when in released.items() if when + SETTLED <= day}

    def fitting(self, offered: tuple[str, ...]) -> tuple[str, ...]:
        """Every known release line that wheels serve, oldest first."""
        if offered not in self._fitting:
            known = self.only_here | self.obtainable
            known |= {line for line in offered if line[-1:].isdigit()}
            self._fitting[offered] = tuple(
                line for line in sorted(known, key=_number) if serves_python(offered, line)
            )
        return self._fitting[offered]

    def available(self, line: str) -> bool:
        """Tell whether a release line is here or can be had."""
        return line in self.only_here or line.rstrip("t") in self.obtainable

    def settled(self, line: str) -> bool:
        """Tell whether a release line has been out for long enough."""
        return line.rstrip("t") in self._settled


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
        """Choose the Python, or say why there is none."""
        wheels = self._pythons.fitting(self._offer.pythons)
        if asked.python is not None:
            if not serves_python(self._offer.pythons, asked.python):
                return self._reason("requested-python", asked.python, ", ".join(wheels))
            lines: tuple[str, ...] = (asked.python,)
        else:
            lines = tuple(line for line in wheels if not line.endswith("t"))
        here = [line for line in lines if self._pythons.available(line)]
        if not here:
            return self._reason("python-unobtainable", ", ".join(lines), "")
        floors = {line: libc_reaches(os, self._offer.floor(line), self._subject) for line in here}
        reached = [line for line in here if floors[line] is None]
        if not reached:
            return next(reason for reason in floors.values() if reason is not None)
        names = dict.fromkeys((*asked.named, *asked.companions))
        companions = {name: self._companion(name, asked) for name in names}
        choices: list[PythonChoice] = []
        for line in reversed(reached):
            choices.append(self._with_companions(line, companions, asked, os))
            if choices[-1].settled and not choices[-1].left_out:
                break  # the newest with everything: none of the older ones ranks higher
        return max(choices, key=lambda one: one.rank)

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
        )

    def _companion(self, name: str, asked: Asked) -> Offer | Reason:
        """The companion's wheels at the same place, for whatever Python."""
        effect = _effect(name, asked)
        known = self._release.companion(name)
        if known is None:
            return Reason(code="companion-none", effect=effect, subject=name, needs=self._subject)
        label = f"{name} {known.version}"
        if not asked.allows(name, known.version):
            needs = asked.wording(name)
            return Reason(code="companion-version", effect=effect, subject=label, needs=needs)
        here = self._shelf.companion(self._offer, self._build, known)
        if here is not None:
            return here
        source = self._offer.source
        return Reason(
            code="companion-not-there",
            effect=effect,
            subject=label,
            needs=self._build.name,
            has=shown_url(source.url) if source else self._offer.channel,
        )


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


def _number(line: str) -> tuple[int, ...]:
    return tuple(int(part) for part in line.rstrip("t").split("."))
