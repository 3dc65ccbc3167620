"""What follows from the facts alone: worked out once, shared by all machines.

A verdict on a pair of facts (build and architecture, runtime and driver) is the same for every
machine that has both. Here it is kept without the machine's own names; whoever shows it puts
them in.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

from torchup.resolve.constraints import (
    compiles_for,
    covered,
    driver_knows_card,
    driver_runs_runtime,
    native,
    runs_on,
)
from torchup.resolve.numbers import dotted
from torchup.resolve.processor import processor_reaches
from torchup.resolve.special import overridden, supported
from torchup.resolve.ways import TITLES, through

if TYPE_CHECKING:
    from torchup.facts.catalogue import Build, Catalogue, Elsewhere, Floor, Override, Release
    from torchup.model import Device, Driver, Reason, System

_REMEMBERED: Final = 65536
"""Verdicts kept of each kind; thousands of unlike machines need a few hundred."""


class Candidate(NamedTuple):
    """One build of one release; ``order`` counts releases, newest first, ``number`` both."""

    order: int
    number: int
    release: Release
    build: Build

    @property
    def label(self) -> str:
        """Its name as pip would write it: ``2.14.1+cu126``."""
        return f"{self.release.version}+{self.build.name}"


class Knowledge:
    """The catalogue, with what was concluded from it so far."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self._archs = {arch.name: arch for arch in catalogue.archs}
        newest_first = sorted(catalogue.releases, key=lambda one: dotted(one.version), reverse=True)
        self._every = [
            (order, release, build)
            for order, release in enumerate(newest_first)
            for build in release.builds
        ]
        self._supports = {one.arch: one for one in catalogue.supports}
        self._overrides = {one.card: one for one in catalogue.overrides}
        self.candidates = lru_cache(maxsize=64)(self._candidates)
        self.covers = lru_cache(maxsize=_REMEMBERED)(self._covers)
        self.covers_as = lru_cache(maxsize=_REMEMBERED)(self._covers_as)
        self.knows = lru_cache(maxsize=_REMEMBERED)(self._knows)
        self.starts = lru_cache(maxsize=_REMEMBERED)(self._starts)
        self.native = lru_cache(maxsize=_REMEMBERED)(self._native)
        self.ever_served = lru_cache(maxsize=_REMEMBERED)(self._ever_served)
        self.reaches = lru_cache(maxsize=4096)(self._reaches)
        self.allows_forward = lru_cache(maxsize=4096)(self._allows_forward)
        self.last_release = lru_cache(maxsize=64)(self._last_release)
        self.device_of = lru_cache(maxsize=1024)(self._device_of)
        self.by_itself = lru_cache(maxsize=64)(self._by_itself)

    def _candidates(self, platform: str, device: Device) -> tuple[Candidate, ...]:
        """Every build for a kind of device on a platform, newest release first."""
        return tuple(
            Candidate(order, number, release, build)
            for number, (order, release, build) in enumerate(self._every)
            if build.platform == platform and serves_device(build, device)
        )

    def override_of(self, card: str, place: str) -> Override | None:
        """What makes a card run a sister chip's code on a system; the HSA runtime is Linux'."""
        return self._overrides.get(card) if place == "linux" else None

    def elsewhere(
        self, vendor: str, place: str, card: str, kernel: str | None = None
    ) -> list[Elsewhere]:
        """Where a card's maker has builds for a system; for an embedded part by its kernel."""
        row = self._archs.get(card)
        embedded = bool(row and row.embedded) or kernel is not None
        found = [
            one
            for one in self.catalogue.elsewhere
            if one.vendor == vendor
            and (place in one.systems or (embedded and not one.systems))
            and (not card or not one.archs or card in one.archs)
        ]
        fitting = [one for one in found if kernel and kernel.startswith(f"{one.kernel}.")]
        return fitting or found

    def _covers_as(self, number: int, override: Override) -> Reason | None:
        """Say whether a candidate runs on a card as a sister chip; without the card's name."""
        order, release, build = self._every[number]
        about = Candidate(order, number, release, build).label
        return overridden(build, override, self.catalogue, about)

    def _covers(self, number: int, card: str, place: str) -> Reason:
        """Say whether a candidate holds code for an architecture; without the card's name."""
        order, release, build = self._every[number]
        about = Candidate(order, number, release, build).label
        if build.device in TITLES:
            return through(build, card, self.catalogue, about)
        if build.device == "xpu":
            row = self._supports.get(card)
            return supported(release, build, row, place, self.catalogue)
        return covered(build, card, self._archs.get(card), self.catalogue, about)

    def _knows(self, card: str, driver: str) -> Reason | None:
        """Say whether a driver's branch knows an architecture; without the card's name."""
        return driver_knows_card(self._archs.get(card), driver, self.catalogue)

    def _starts(
        self,
        runtime: str,
        card: str,
        driver: Driver | None,
        system: System,
        *,
        missing: bool,
        forward: bool,
    ) -> Reason | None:
        """Say whether a driver starts a runtime; ``missing`` tells none from unknown."""
        arch = self._archs.get(card)
        return driver_runs_runtime(
            runtime, driver, system, arch, self.catalogue, missing=missing, forward=forward
        )

    def _native(self, runtime: str, driver: Driver, system: System) -> bool:
        """Tell whether a driver knows a runtime by itself."""
        return native(runtime, driver, system, self.catalogue)

    def _ever_served(self, platform: str, device: Device, card: str, place: str) -> bool:
        """Tell whether any build ever published for the platform carries code for the card.

        PTX counts: only who names it gets it, but a card that it would serve is no lost one.
        """
        if device == "xpu" or device in TITLES:
            numbers = (one.number for one in self.candidates(platform, device))
            said = (self.covers(number, card, place) for number in numbers)
            return any(one.effect == "accept" for one in said)
        row = self._archs.get(card)
        embedded = bool(row and row.embedded)
        return any(
            not one.build.archs
            or any(runs_on(code, card, embedded=embedded) for code in one.build.archs)
            or (row is not None and any(compiles_for(ptx, card) for ptx in one.build.ptx))
            for one in self.candidates(platform, device)
        )

    def _reaches(self, number: int, floors: tuple[Floor, ...]) -> tuple[Reason, ...]:
        """What a release asks of a processor that fails these rows."""
        _, release, _ = self._every[number]
        return processor_reaches(release, floors, self.catalogue)

    def _allows_forward(self, name: str) -> bool:
        """Tell by a card's name whether it allows the forward-compatibility package."""
        words = name.lower().removeprefix("nvidia ").replace("-", " ").split()
        return bool(words) and words[0] in self.catalogue.forward_cards

    def _last_release(self, platform: str) -> Release | None:
        """The newest release that has any build for a platform."""
        return next((one for _, one, build in self._every if build.platform == platform), None)

    def _by_itself(self, platform: str, device: Device) -> bool:
        """Tell whether any build for a kind of device is taken without being named."""
        return any(not one.build.asked for one in self.candidates(platform, device))

    def _device_of(self, build: str, platform: str) -> str | None:
        """The kind of device that a build of that name is for."""
        return next(
            (
                one.device
                for _, _, one in self._every
                if one.name == build and one.platform == platform
            ),
            None,
        )


@lru_cache(maxsize=4)
def knowledge_of(catalogue: Catalogue) -> Knowledge:
    """The knowledge that belongs to a catalogue, as long as this process lives."""
    return Knowledge(catalogue)


def serves_device(build: Build, device: Device) -> bool:
    """Tell whether a build is for a kind of device."""
    return build.device == device or device in build.also
