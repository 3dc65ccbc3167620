"""Graphics cards by name and by PCI id.

Some names cover chips of different architecture: then :meth:`Gpus.by_name` gives several cards,
and only the PCI id decides. Names of virtual GPUs (``GRID A100-10C``) are not known here; their
PCI id is the physical card's.

Long: one table and the ways to ask it, with the measures that were compared beforehand.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, Final

from msgspec import Raw, Struct
from msgspec.json import decode
from msgspec.structs import replace

from torchup.facts.catalogue import FactTable
from torchup.model.makers import MAKERS

if TYPE_CHECKING:
    from torchup.model import FactRef

_MAKER: Final = re.compile(r"^(?:nvidia|amd|ati|intel(?: corporation)?) ")
_MARKS: Final = re.compile(r"\((?:r|tm)\)")
_KIND: Final = re.compile(r"(?<=.) (?:graphics|gpu)$")
_MIG: Final = re.compile(r" mig \d+[cg]\..*$")


class GpuFact(Struct, frozen=True, array_like=True):
    """One card.

    Attributes:
        name: as the driver or the maker writes it.
        vendor: ``nvidia``, ``amd`` or ``intel``.
        archs: its architectures, such as ``sm_86``, ``gfx1030`` or ``bmg``; one, as far as is
            known.
        chip: the chip's code name, empty where it is unknown.
        pci_ids: ``10de:1b80``, or ``10de:1ba0/1028:0887`` where one device id serves several
            names; empty where they are unknown.
        note: what is uncertain about the row, in English; empty for most.
        fact: the row behind it.
        listed: whether the maker's own lists have the name; False for one that only the public
            list of PCI ids has.
        compared: the name as :func:`normal_name` has it: making it of a thousand names would take
            a tenth of a short command.
    """

    name: str
    vendor: str
    archs: tuple[str, ...]
    chip: str
    pci_ids: tuple[str, ...]
    note: str
    fact: int
    listed: bool = True
    compared: str = ""


class Display(Struct, frozen=True, array_like=True):
    """A maker's display adapters, which compute nothing.

    Attributes:
        maker: who makes them, or the program that pretends to have one.
        words: one of these stands in the name of each, in small letters.
        fact: the row behind it.
    """

    maker: str
    words: tuple[str, ...]
    fact: int


class Gpus(Struct, frozen=True, kw_only=True, dict=True):
    """All cards, and ways to find one. ``digest`` names the TOML files they come from."""

    cards: tuple[GpuFact, ...]
    digest: str
    facts: Raw
    displays: tuple[Display, ...] = ()

    def display(self, name: str) -> Display | None:
        """Find the maker of a card that only shows a picture; None for one that may compute."""
        lower = name.lower()
        return next((d for d in self.displays if any(word in lower for word in d.words)), None)

    def maker_of(self, arch: str) -> str:
        """Return the maker whose cards have an architecture; empty where no card has it."""
        return next((card.vendor for card in self.cards if arch in card.archs), "")

    def by_pci(self, pci_id: str, subsystem: str | None = None) -> GpuFact | None:
        """Find a card by its PCI id.

        Args:
            pci_id: vendor and device, such as ``10de:1b80``.
            subsystem: vendor and device of the board, such as ``1028:0887``; decides between
                names where one device id serves several. One that is unknown changes nothing.
        """
        plain = pci_id.lower()
        if subsystem is not None:
            exact = self._by_pci.get(f"{plain}/{subsystem.lower()}")
            if exact is not None:
                return exact
        return self._by_pci.get(plain)

    def by_name(self, name: str) -> tuple[GpuFact, ...]:
        """Find cards by name: case, spaces, the maker's prefix and a MIG suffix don't count.

        Returns:
            One card for each architecture that the name covers, none for an unknown name.
        """
        return self._by_name.get(normal_name(name), ())

    def find(self, name: str) -> tuple[GpuFact, ...]:
        """Find cards by what people write: ``3060 laptop``, ``1080ti``, ``v100``, ``uhd 630``.

        Also a line of ``lspci``, what shops call a board with the card on it, and a chip's own
        name (``GP104``, ``Lunar Lake``) where no product is called so. A number that several
        makers use (``770``) means the card that more people have by it: NVIDIA's before AMD's
        before Intel's.

        Returns:
            One card for each architecture that may be meant, none for an unknown name.
        """
        exact = self.by_name(name)
        if exact and any(map(str.isdigit, name)):  # words alone are no product's name
            return exact
        return self._find_in_words(name)

    def _find_in_words(self, name: str) -> tuple[GpuFact, ...]:
        """Find the cards that a name means which is not in the tables letter by letter."""
        from torchup.facts.names import listed_as, words_of
        from torchup.facts.trade_names import bare_name

        product, pci_id = listed_as(name)
        known = self.by_pci(pci_id) if pci_id else None
        if known is not None:
            return (known,)
        if product:
            return self.find(product) or self.find(product.partition("/")[0])
        bare = bare_name(name)
        if bare != name:
            return self.find(bare)
        exact = self.by_name(name) if words_of(name) else ()
        if exact:
            return exact
        found = self._by_words(name) or self._by_chip.get(_compact(name), ())
        return found or self._by_trade_name(name)

    def beginning(self, name: str) -> tuple[GpuFact, ...]:
        """Find the cards whose names begin as one that a program cut off: ``RTX 2000 Ada Gene``.

        Args:
            name: with or without the dots at its end.
        """
        start = normal_name(name.rstrip(". "))
        named = (card for card in self.cards if _compared(card).startswith(start))
        return tuple(named) if start else ()

    def _by_words(self, name: str) -> tuple[GpuFact, ...]:
        """Find the cards of one maker that have all the words of a name."""
        from torchup.facts.names import matching

        return self._of_one_maker(matching(_without_slice(name), self._words))

    def _by_trade_name(self, name: str) -> tuple[GpuFact, ...]:
        """Find the cards of one maker whose names a longer one contains."""
        from torchup.facts.trade_names import inside, unnamed_device

        unnamed = self.by_pci(unnamed_device(name))
        if unnamed is not None:
            return (unnamed,)
        return self._of_one_maker(inside(_without_slice(name), self._words))

    def _of_one_maker(self, found: list[GpuFact]) -> tuple[GpuFact, ...]:
        makers = {card.vendor for card in found}
        maker = next((one for one in MAKERS if one in makers), "")
        every = dict.fromkeys(
            one
            for card in found
            if card.vendor == maker
            for one in self.by_name(card.name)
            if one.vendor == maker
        )
        return tuple({card.archs: card for card in reversed(every)}.values())[::-1]

    def near(self, name: str) -> tuple[str, ...]:
        """Name the cards whose names are most like one that was not found."""
        from torchup.facts.names import near

        return near(name, [card.name for card in self.cards])

    def fact(self, ref: int) -> FactRef:
        """Return the row that a ``fact`` number stands for.

        Raises:
            IndexError: no such row.
        """
        return self._table.find(ref)

    @cached_property
    def _by_pci(self) -> dict[str, GpuFact]:
        """Every id; a bare one that is listed only with boards if they agree on the chip."""
        found: dict[str, GpuFact] = {}
        boards: dict[str, list[GpuFact]] = {}
        for card in self.cards:
            for pci_id in card.pci_ids:
                found.setdefault(pci_id, card)
                plain, board, _ = pci_id.partition("/")
                if board:
                    boards.setdefault(plain, []).append(card)
        for plain, cards in boards.items():
            if len({card.archs for card in cards}) == 1:
                found.setdefault(plain, cards[0])
        return found

    @cached_property
    def _by_name(self) -> dict[str, tuple[GpuFact, ...]]:
        found: dict[str, list[GpuFact]] = {}
        for card in self.cards:
            found.setdefault(_compared(card), []).append(card)
        return {name: _distinct(cards) for name, cards in found.items()}

    @cached_property
    def _by_chip(self) -> dict[str, tuple[GpuFact, ...]]:
        """For each chip a card of each architecture, called as the chip; it has no PCI id.

        A chip is also found without the letter of its kind: ``Tiger Lake`` for ``TigerLake-H``.
        """
        found: dict[str, dict[tuple[str, ...], GpuFact]] = {}
        for card in self.cards:
            for chip in filter(None, card.chip.split(";")):
                called = replace(card, name=chip, pci_ids=())
                whole = _compact(chip)
                for written in (whole, whole.partition("-")[0]):
                    found.setdefault(written, {}).setdefault(card.archs, called)
        return {chip: tuple(cards.values()) for chip, cards in found.items()}

    @cached_property
    def _words(self) -> tuple[tuple[frozenset[str], GpuFact], ...]:
        from torchup.facts.names import words_of

        return tuple((words_of(card.name), card) for card in self.cards)

    @cached_property
    def _table(self) -> FactTable:
        return decode(self.facts, type=FactTable)


def _compared(card: GpuFact) -> str:
    return card.compared or normal_name(card.name)


def _distinct(cards: list[GpuFact]) -> tuple[GpuFact, ...]:
    """One card per architecture.

    A name that only the PCI id list has is left to its id where NVIDIA lists the name in another
    spelling only (``NVIDIA GeForce GT 1030``): some odd boards carry a current card's name.
    """
    listed = {card.name for card in cards if card.listed}
    kept = [card for card in cards if card.listed or not listed or card.name in listed]
    return tuple({card.archs: card for card in reversed(kept)}.values())[::-1]


def normal_name(name: str) -> str:
    """Bring a card's name to the form it is compared in.

    ``NVIDIA A100-SXM4-40GB MIG 1g.5gb`` becomes ``a100-sxm4-40gb``, ``Intel(R) Arc(TM) A770
    Graphics`` becomes ``arc a770``.
    """
    return _KIND.sub("", _MAKER.sub("", _without_slice(name)))


def _compact(name: str) -> str:
    """``Tiger Lake`` and ``TigerLake`` are one name."""
    return "".join(name.lower().split())


def _without_slice(name: str) -> str:
    """Drop what names a slice of a card (MIG), and trade marks."""
    lower = " ".join(_MARKS.sub(" ", name.lower()).split())
    return _MIG.sub("", lower)
