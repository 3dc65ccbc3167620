"""How a build covers a card: by machine code, by PTX alone, not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from msgspec.structs import replace

from torchup.resolve.constraints import covered

if TYPE_CHECKING:
    from torchup.compat.cards import Card
    from torchup.facts.catalogue import Build, Catalogue
    from torchup.model import Reason

Cover = Literal["code", "ptx", "no", "unknown"]

_KINDS: Final[dict[str, Cover]] = {
    "arch-covered": "code",
    "arch-ptx-only": "ptx",
    "arch-missing": "no",
    "arch-unknown": "unknown",
}


class Coverage:
    """Answers for one catalogue; what was answered once is kept."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._kept: dict[tuple[tuple[str, ...] | None, tuple[str, ...], str], Cover] = {}

    def reason(self, build: Build, card: Card, about: str) -> Reason:
        """Say how a build covers a card, by the rule that also chooses (design 3.2)."""
        arch = self._catalogue.arch(card.arch)
        said = covered(build, card.arch, arch, self._catalogue, about)
        return replace(said, subject=card.asked)

    def kind(self, build: Build, card: Card) -> Cover:
        """Tell how a build covers a card; ``no`` for a build of another vendor's devices."""
        if build.device != card.device:
            return "no"
        key = (build.archs, build.ptx, card.arch)
        if key not in self._kept:
            self._kept[key] = _KINDS[self.reason(build, card, "").code]
        return self._kept[key]
