"""How a build covers a card: by machine code, by PTX alone, not at all."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final, Literal

from msgspec.structs import replace

from torchup.resolve.knowledge import knowledge_of, serves_device
from torchup.resolve.ways import TITLES, other_ways

if TYPE_CHECKING:
    from torchup.compat.cards import Card
    from torchup.compat.rows import Row
    from torchup.facts.catalogue import Catalogue
    from torchup.model import Device, Reason

Cover = Literal["code", "ptx", "no", "unknown"]

_KINDS: Final[dict[str, Cover]] = {
    "arch-covered": "code",
    "arch-ptx-only": "ptx",
    "arch-missing": "no",
    "arch-unknown": "unknown",
    "computes-through": "code",
    "release-names-card": "code",
    "release-before-card": "no",
    "card-not-named": "unknown",
}


def reaches(row: Row, card: Card) -> bool:
    """Tell whether a build is for a card's kind of device, its maker's or the system's own."""
    if row.build.device in TITLES:
        return row.build.device in other_ways(card.vendor, row.system)
    return serves_device(row.build, card.device)


class Coverage:
    """Answers for one catalogue, by the rules that also choose; what was answered once is kept."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._knowledge = knowledge_of(catalogue)
        self._kept: dict[tuple[object, ...], Cover] = {}
        self._numbers = lru_cache(maxsize=None)(self._numbers_of)

    def reason(self, row: Row, card: Card) -> Reason | None:
        """Say how a build covers a card (design 3.2); None for Apple's, which are one kind."""
        if card.device == "mps":
            return None
        # A row that its catalogue has not would be a mistake of the caller: a KeyError.
        device = row.build.device if row.build.device in TITLES else card.device
        number = self._numbers(row.platform, device)[row.label]
        said = self._knowledge.covers(number, card.arch, row.system)
        return replace(said, subject=card.asked)

    def kind(self, row: Row, card: Card) -> Cover:
        """Tell how a build covers a card; ``no`` for a build of another vendor's devices."""
        if not reaches(row, card):
            return "no"
        # What lists its architectures goes by them alone; Intel's go by release and system.
        listed = (row.build.archs, row.build.ptx) if row.build.archs else (row.label, row.platform)
        key = (*listed, card.arch)
        if key not in self._kept:
            said = self.reason(row, card)
            self._kept[key] = "code" if said is None else _KINDS[said.code]
        return self._kept[key]

    def _numbers_of(self, platform: str, device: Device) -> dict[str, int]:
        """The numbers by which the resolver knows the builds of a platform."""
        return {one.label: one.number for one in self._knowledge.candidates(platform, device)}
