"""Judging every candidate with every constraint; no verdict is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from torchup.facts.catalogue import Build, Release
from torchup.model import Device, Reason
from torchup.resolve.constraints import (
    asked_build,
    asked_version,
    covered,
    driver_knows_card,
    driver_runs_runtime,
    native,
)
from torchup.resolve.offers import Offer, unreachable_reason
from torchup.resolve.pythons import PythonChoice, PythonSearch
from torchup.resolve.targets import Target, serves_device

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import TypeAlias

    from torchup.facts.catalogue import Catalogue
    from torchup.model import Machine
    from torchup.resolve.ask import Asked
    from torchup.resolve.offers import Shelf
    from torchup.resolve.pythons import Pythons

    _Place: TypeAlias = tuple[Offer | None, PythonChoice | None, tuple[Reason, ...]]


class Verdict(Struct, frozen=True, kw_only=True):
    """Everything said about one build of one release, with the best place and Python for it."""

    release: Release
    build: Build
    device: Device
    reasons: tuple[Reason, ...]
    served: tuple[Target, ...] = ()
    offer: Offer | None = None
    python: PythonChoice | None = None
    order: int = 0
    native: bool = False

    @property
    def rejects(self) -> tuple[Reason, ...]:
        """The reasons against it."""
        return tuple(reason for reason in self.reasons if reason.effect == "reject")

    @property
    def certain(self) -> bool:
        """Whether its facts were read from the thing itself or from its maker's own files."""
        return self.build.certainty in ("measured", "documented")


class Judge:
    """One machine and one requirement; verdicts on pairs of facts are computed once."""

    def __init__(
        self,
        machine: Machine,
        asked: Asked,
        catalogue: Catalogue,
        shelf: Shelf,
        pythons: Pythons,
    ) -> None:
        self.machine = machine
        self.asked = asked
        self.catalogue = catalogue
        self._shelf = shelf
        self._pythons = pythons
        self._driver: dict[tuple[str, str, str], Reason | None] = {}
        self._knows: dict[str, Reason | None] = {}
        self._places: dict[tuple[str, str], _Place] = {}

    def judge(
        self, device: Device, needed: tuple[Target, ...], all_targets: tuple[Target, ...]
    ) -> list[Verdict]:
        """Judge every build for ``device``; ``needed`` cards must be served, others may be."""
        return [
            self._verdict(
                release,
                build,
                device=device,
                needed=needed,
                all_targets=all_targets,
                order=order,
            )
            for order, release in enumerate(self.catalogue.releases)
            for build in release.builds
            if build.platform == self.machine.platform and serves_device(build, device)
        ]

    def _verdict(
        self,
        release: Release,
        build: Build,
        *,
        device: Device,
        needed: tuple[Target, ...],
        all_targets: tuple[Target, ...],
        order: int,
    ) -> Verdict:
        reasons = [one for one in self._asked(release, build) if one is not None]
        served: list[Target] = []
        for target in all_targets if device not in ("cpu", "mps") else ():
            said = self._on_card(release, build, target)
            if not any(reason.effect == "reject" for reason in said):
                served.append(target)
            if target in needed:
                reasons += said
        if device == "mps":
            served = list(all_targets)
        offer, choice, refusals = self._place(release, build)
        reasons += refusals
        return Verdict(
            release=release,
            build=build,
            device=device,
            reasons=_distinct(reasons),
            served=tuple(served),
            offer=offer,
            python=choice,
            order=order,
            native=self._native(build, needed),
        )

    def _asked(self, release: Release, build: Build) -> Iterable[Reason | None]:
        yield asked_version(release, self.asked, self.catalogue.framework.name)
        yield asked_build(release, build, self.asked)

    def _on_card(self, release: Release, build: Build, target: Target) -> list[Reason]:
        arch = self.catalogue.arch(target.arch)
        key = (build.runtime, build.device, target.arch)
        if key not in self._driver:
            self._driver[key] = driver_runs_runtime(
                build, self.machine, target, arch, self.catalogue
            )
        if target.arch not in self._knows:
            driver = self.machine.driver(target.vendor)
            self._knows[target.arch] = driver_knows_card(target, arch, driver, self.catalogue)
        said = [
            covered(build, target, arch, self.catalogue, f"{release.version}+{build.name}"),
            self._knows[target.arch],
            self._driver[key],
        ]
        return [one for one in said if one is not None]

    def _native(self, build: Build, needed: tuple[Target, ...]) -> bool:
        driver = self.machine.driver(needed[0].vendor) if needed else None
        return driver is not None and native(build, driver, self.machine, self.catalogue)

    def _place(self, release: Release, build: Build) -> _Place:
        """The best place and Python, or the reasons why there is none."""
        key = (release.version, build.name)
        if key not in self._places:
            self._places[key] = self._find_place(release, build)
        return self._places[key]

    def _find_place(self, release: Release, build: Build) -> _Place:
        subject = f"{release.version}+{build.name}"
        offers = self._shelf.offers(release, build)
        if not offers:
            gone = self._shelf.unreachable(build)
            if gone is not None:
                return None, None, (unreachable_reason(gone, subject),)
            return None, None, (Reason(code="not-listed", effect="reject", subject=subject),)
        refused: list[Reason] = []
        best: tuple[Offer, PythonChoice] | None = None
        for offer in offers:
            search = PythonSearch(release, build, offer, pythons=self._pythons, shelf=self._shelf)
            choice = search.choose(self.asked, self.machine)
            if isinstance(choice, Reason):
                refused.append(choice)
            elif best is None or choice.wanted > best[1].wanted:
                best = offer, choice
        if best is None:
            return None, None, tuple(refused[:1])
        return *best, best[1].refused


def valid(verdicts: Iterable[Verdict]) -> list[Verdict]:
    """Keep the candidates that nothing speaks against."""
    return [one for one in verdicts if not one.rejects]


def _distinct(reasons: list[Reason]) -> tuple[Reason, ...]:
    seen: dict[tuple[str, str, str, str], Reason] = {}
    for one in reasons:
        seen.setdefault((one.code, one.subject, one.needs, one.has), one)
    return tuple(seen.values())
