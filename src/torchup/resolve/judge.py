"""Judging candidates with every constraint."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from torchup.resolve.constraints import driver_system
from torchup.resolve.lines import line_number
from torchup.resolve.on_card import OnCard
from torchup.resolve.processor import floors_of, lacking
from torchup.resolve.special import counting_drivers, where
from torchup.resolve.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from torchup.facts.catalogue import Catalogue
    from torchup.model import Device, Driver, Machine, Reason
    from torchup.resolve.ask import Asked
    from torchup.resolve.knowledge import Candidate, Knowledge
    from torchup.resolve.places import Places
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
        self._drivers: dict[str, Driver] = counting_drivers(machine, knowledge.catalogue)
        self.where = where(machine.os)
        lacks = lacking(machine, knowledge.catalogue)
        self.floors = floors_of(machine.platform, lacks, knowledge.catalogue) if lacks else ()
        self._cards: dict[Target, OnCard] = {}

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
        cards, every = self.on_cards(needed), self.on_cards(all_targets)
        return [Verdict(self, one, device, cards, every) for one in found]

    def on_cards(self, targets: Iterable[Target]) -> tuple[OnCard, ...]:
        """What is said about each of some cards."""
        return tuple(self.on_card(one) for one in targets)

    def on_card(self, target: Target) -> OnCard:
        """What is said about a card."""
        found = self._cards.get(target)
        if found is None:
            found = self._cards[target] = OnCard(self, target)
        return found

    def covers(self, candidate: Candidate, target: Target) -> Reason:
        """Whether a candidate holds code for a card: as for every such card on such a system."""
        knowledge = self.knowledge
        instead = target.override and knowledge.covers_as(candidate.number, target.override)
        return instead or knowledge.covers(candidate.number, target.arch, self.where)

    def knows(self, target: Target) -> Reason | None:
        """What is said of a card's driver, whatever is to run on it."""
        driver = self._drivers.get(target.vendor)
        return None if driver is None else self.knowledge.knows(target.arch, driver.version)

    def starts(self, runtime: str, target: Target) -> Reason | None:
        """What is said of a card's driver and a runtime."""
        return self.knowledge.starts(
            runtime,
            target.arch,
            self._drivers.get(target.vendor),
            self._system,
            missing=self._missing,
            forward=target.forward,
        )

    def on_processor(self, candidate: Candidate) -> tuple[Reason, ...]:
        """What a release needs of the processor that this one lacks."""
        return self.knowledge.reaches(candidate.number, self.floors) if self.floors else ()

    def on_metal(self, candidate: Candidate) -> Iterator[Reason]:
        """What the system says against computing on Apple's GPU."""
        from torchup.resolve.apple import metal_reaches

        found = metal_reaches(candidate, self.machine.os, self.catalogue)
        if found is not None:
            yield found

    def native(self, runtime: str, target: Target) -> bool:
        """Tell whether a card's driver knows a runtime by itself."""
        driver = self._drivers.get(target.vendor)
        return driver is not None and self.knowledge.native(runtime, driver, self._system)

    def named(self, reason: Reason, target: Target | None) -> Reason:
        """Put this machine's own names into what was said."""
        if reason.code == "python-unobtainable":
            lines = sorted(self.installed, key=line_number)
            return replace(reason, has=", ".join(lines) or "@word.no-python")
        return reason if target is None or reason.subject else replace(reason, subject=target.name)
