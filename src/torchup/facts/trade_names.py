"""What shops and programs write around a card's name: makers of boards, coolers, numbers in lists.

``ASUS TUF Gaming GeForce RTX 4070 OC 12GB`` is a GeForce RTX 4070. Nobody keeps a list of the
words that makers of boards add, so they are not looked up: the card whose whole name is among the
words that were written is meant, the longest one where several are.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from torchup.facts.names import maker_in, words_of
from torchup.model.makers import pci_id_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from torchup.facts.gpus import GpuFact

_AROUND: Final = re.compile(
    r"^gpu \d+: | \(uuid: [^)]*\)|, *\d+ *mi?b\b.*$|(?<=\S), *[\d.]+$", re.IGNORECASE
)
"""How ``nvidia-smi -L`` and ``--query-gpu`` write about a card."""
_DEVICE: Final = re.compile(r"\bdevice (?:\[?(?:[0-9a-f]{4}:))?([0-9a-f]{4})\b", re.IGNORECASE)
"""A card of which ``lspci`` knows no name: ``NVIDIA Corporation Device 2684``."""
_SIZE: Final = re.compile(r"\d+gb")
_HAS_DIGIT: Final = re.compile(r"\d").search


def bare_name(name: str) -> str:
    """Take away what programs write around a name, such as ``GPU 0: … (UUID: …)``."""
    return _AROUND.sub("", name).strip()


def unnamed_device(name: str) -> str:
    """Read the PCI id out of a line that has no name; empty where there is none."""
    found = _DEVICE.search(name)
    return (pci_id_of(maker_in(name), found[1]) or "") if found else ""


def inside(name: str, cards: Iterable[tuple[frozenset[str], GpuFact]]) -> list[GpuFact]:
    """Find the cards whose whole name is among the words that were written.

    Args:
        name: what was written.
        cards: every card with the words of its name.
    """
    wanted = words_of(name)
    maker = maker_in(name)
    found = [
        (len(has), card)
        for has, card in cards
        if has <= wanted
        and maker in ("", card.vendor)
        and any(_HAS_DIGIT(word) and not _SIZE.fullmatch(word) for word in has)
    ]
    most = max((count for count, _ in found), default=0)
    return [card for count, card in found if count == most]
