"""Judging candidates with every constraint: a verdict says yes or no at once, and why if asked."""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING

from msgspec.structs import replace

from torchup.resolve.constraints import driver_system

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from torchup.facts.catalogue import Build, Catalogue, Release
    from torchup.model import Device, Driver, Machine, Reason
    from torchup.resolve.ask import Asked
    from torchup.resolve.knowledge import Candidate, Knowledge
    from torchup.resolve.offers import Offer
    from torchup.resolve.places import Place, Places
    from torchup.resolve.pythons import PythonChoice
    from torchup.resolve.targets import Target


class Judge:
    """One machine and one requirement.

    Args:
        machine: the machine.
        asked: the requirement, taken apart.
        knowledge: the facts.
        places: where builds can be had, with which Python.
        installed: the release lines of the Pythons that are on the machine.
    """

    def __init__(
        self,
        machine: Machine,
        asked: Asked,
        knowledge: Knowledge,
        places: Places,
        installed: frozenset[str],
    ) -> None:
        self.machine = machine
        self.asked = asked
        self.knowledge = knowledge
        self.places = places
        self.installed = installed
        self._system = driver_system(machine)
        self._missing = machine.drivers is not None
        self._drivers: dict[str, Driver] = {d.vendor: d for d in reversed(machine.drivers or ())}

    @property
    def catalogue(self) -> Catalogue:
        """The facts themselves."""
        return self.knowledge.catalogue

    def judge(
        self, device: Device, needed: tuple[Target, ...], all_targets: tuple[Target, ...]
    ) -> list[Verdict]:
        """Judge every build for ``device``; ``needed`` cards must be served, others may be.

        Newest release first.
        """
        found = self.knowledge.candidates(self.machine.platform, device)
        return [Verdict(self, one, device, needed, all_targets) for one in found]

    def on_card(self, candidate: Candidate, target: Target) -> Iterator[Reason]:
        """What is said about a card, as it is said on every machine: names are left out."""
        knowledge, build = self.knowledge, candidate.build
        yield knowledge.covers(candidate.number, target.arch)
        driver = self._drivers.get(target.vendor)
        if driver is not None:
            known = knowledge.knows(target.arch, driver.version)
            if known is not None:
                yield known
        if build.device == "cuda":
            started = knowledge.starts(
                build.runtime, target.arch, driver, self._system, missing=self._missing
            )
            if started is not None:
                yield started

    def native(self, build: Build, needed: tuple[Target, ...]) -> bool:
        """Tell whether the driver knows the build's runtime by itself."""
        driver = self._drivers.get(needed[0].vendor) if needed else None
        return driver is not None and self.knowledge.native(build.runtime, driver, self._system)

    def named(self, reason: Reason, target: Target | None) -> Reason:
        """Put this machine's own names into what was said."""
        if reason.code == "python-unobtainable":
            lines = sorted(self.installed, key=_numbers)
            return replace(reason, has=", ".join(lines) or "-")
        return reason if target is None or reason.subject else replace(reason, subject=target.name)


class Verdict:
    """One build of one release on one machine, with the best place and Python for it."""

    __slots__ = (
        "_against", "_all", "_judge", "_needed", "_place", "_reasons", "_served",
        "build", "candidate", "device", "order", "release",
    )  # fmt: skip

    def __init__(
        self,
        judge: Judge,
        candidate: Candidate,
        device: Device,
        needed: tuple[Target, ...],
        all_targets: tuple[Target, ...],
    ) -> None:
        self.candidate = candidate
        self.order = candidate.order
        self.release: Release = candidate.release
        self.build: Build = candidate.build
        self.device = device
        self._judge = judge
        self._needed = needed
        self._all = all_targets
        self._place: Place | None = None
        self._against: tuple[str, ...] | None = None
        self._reasons: tuple[Reason, ...] | None = None
        self._served: tuple[Target, ...] | None = None

    @property
    def label(self) -> str:
        """Its name as pip would write it."""
        return self.candidate.label

    @property
    def valid(self) -> bool:
        """Whether nothing speaks against it; asks no further than the first thing that does."""
        if self._against is None:
            return next(self._refusals(), None) is None
        return not self._against

    @property
    def against(self) -> tuple[str, ...]:
        """The codes of the reasons against it, each reason once."""
        if self._against is None:
            seen = {(id(reason), target.name if target else ""): reason.code
                    for reason, target in self._refusals()}  # fmt: skip
            self._against = tuple(seen.values())
        return self._against

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """Everything said about it, in this machine's names."""
        if self._reasons is None:
            named = (self._judge.named(reason, target) for reason, target in self._said())
            self._reasons = _distinct(named)
        return self._reasons

    @property
    def rejects(self) -> tuple[Reason, ...]:
        """The reasons against it."""
        return tuple(reason for reason in self.reasons if reason.effect == "reject")

    @property
    def served(self) -> tuple[Target, ...]:
        """The cards that it serves, needed or not."""
        if self._served is None:
            on_card = self._judge.on_card
            self._served = tuple(
                target
                for target in self._all
                if self.device != "cpu"
                and (
                    self.device == "mps"
                    or all(reason.effect != "reject" for reason in on_card(self.candidate, target))
                )
            )
        return self._served

    @property
    def place(self) -> Place:
        """Where it can be had, and with which Python."""
        if self._place is None:
            self._place = self._judge.places.find(self.candidate)
        return self._place

    @property
    def offer(self) -> Offer | None:
        """The place, None where there is none."""
        return self.place.offer

    @property
    def python(self) -> PythonChoice | None:
        """The Python, None where there is none."""
        return self.place.python

    @property
    def native(self) -> bool:
        """Whether the driver knows its runtime without compatibility rules."""
        return self._judge.native(self.build, self._needed)

    @property
    def certain(self) -> bool:
        """Whether its facts were read from the thing itself or from its maker's own files."""
        return self.build.certainty in ("measured", "documented")

    def on(self, device: Device) -> Verdict:
        """The same, used for another kind of device."""
        other = copy(self)
        other.device = device
        return other

    def obeyed(self, reasons: tuple[Reason, ...], served: tuple[Target, ...]) -> Verdict:
        """The same where the user's word stands above what spoke against it."""
        other = copy(self)
        other._reasons, other._served = reasons, served  # noqa: SLF001 - a copy of itself
        return other

    def _refusals(self) -> Iterator[tuple[Reason, Target | None]]:
        return (one for one in self._said() if one[0].effect == "reject")

    def _said(self) -> Iterator[tuple[Reason, Target | None]]:
        """What every constraint says: the cheapest to ask first, so that a no comes early."""
        for reason in self._judge.places.as_asked(self.candidate):
            yield reason, None
        if self.device not in ("cpu", "mps"):
            for target in self._needed:
                for reason in self._judge.on_card(self.candidate, target):
                    yield reason, target
        for reason in self.place.refusals:
            yield reason, None


def valid(verdicts: Iterable[Verdict]) -> list[Verdict]:
    """Keep the candidates that nothing speaks against."""
    return [one for one in verdicts if one.valid]


def _distinct(reasons: Iterable[Reason]) -> tuple[Reason, ...]:
    seen: dict[tuple[str, str, str, str], Reason] = {}
    for one in reasons:
        seen.setdefault((one.code, one.subject, one.needs, one.has), one)
    return tuple(seen.values())


def _numbers(line: str) -> tuple[int, ...]:
    return tuple(int(part) for part in line.rstrip("t").split("."))
