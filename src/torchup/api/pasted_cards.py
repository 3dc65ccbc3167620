"""What the catalogue adds to a card that a pasted text names in part: its maker, or its name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from torchup.facts.load import load_gpus

if TYPE_CHECKING:
    from torchup.readers import ReadGpu, Reading


def with_makers(found: Reading) -> Reading:
    """Fill in the makers of cards whose text has the product alone (``lshw -short``)."""
    if not found.gpus or all(gpu.vendor for gpu in found.gpus):
        return found
    return replace(found, gpus=tuple(map(_with_maker, found.gpus)))


def _with_maker(card: ReadGpu) -> ReadGpu:
    if card.vendor or not card.name:
        return card
    makers = {one.vendor for one in load_gpus().find(card.name)}
    return replace(card, vendor=makers.pop()) if len(makers) == 1 else card


def listed_name(card: ReadGpu) -> str | None:
    """Name a card by its PCI id, where the text has no name of it."""
    known = load_gpus().by_pci(card.pci_id, card.subsystem) if card.pci_id else None
    return known.name if known else None
