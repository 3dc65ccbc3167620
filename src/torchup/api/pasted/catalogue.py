"""What the catalogue adds to a card that a pasted text names in part: its maker, or its name.

The name is what is missing where Windows runs a card with its own driver.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from torchup.facts.load import load_catalogue, load_gpus
from torchup.model import Problem

if TYPE_CHECKING:
    from collections.abc import Sequence

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


def only_of_windows(driver: str) -> bool:
    """Tell whether an NVIDIA driver is one of Windows by its number alone.

    Windows' drivers count on inside a branch (536.25 is of R535, 581.42 of R580) and have two
    numbers; elsewhere a driver's first number is its branch (540.4.0 is a Jetson's own).

    Args:
        driver: its version.
    """
    if driver.count(".") != 1:
        return False
    known = load_catalogue()
    branch, last, since = known.branch(driver), known.branches[-1], known.complete_from
    if branch is None or since is None:
        return False
    number = int(driver.partition(".")[0])
    return since <= number < last.number and branch.number != number


def stood_in(found: Sequence[Reading]) -> list[ReadGpu]:
    """List NVIDIA's cards that Windows runs with its own driver: NVIDIA's is not installed."""
    cards = (gpu for one in found for gpu in one.gpus or ())
    return [gpu for gpu in cards if gpu.vendor == "nvidia" and gpu.extra.get("stand_in")]


def stand_ins(found: Sequence[Reading]) -> tuple[Problem, ...]:
    """Say for the first of these cards that it has no driver of its own."""
    names = [listed_name(card) or card.pci_id or "?" for card in stood_in(found)]
    return tuple(Problem(code="nvidia-basic-display", args={"card": name}) for name in names[:1])
