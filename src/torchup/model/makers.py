"""The makers of accelerators, and the numbers that the PCI-SIG gave them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from torchup.model.machine import Vendor

MAKERS: Final[tuple[Vendor, ...]] = ("nvidia", "amd", "intel", "apple")
"""In the order in which they are asked and preferred."""
ON_PCI: Final[dict[Vendor, str]] = {"nvidia": "10de", "amd": "1002", "intel": "8086"}
"""The number under which a maker's display chips stand on the PCI bus; Apple's are on none."""
_BY_NUMBER: Final[dict[str, Vendor]] = {
    **{number: maker for maker, number in ON_PCI.items()},
    "1022": "amd",  # its processors and chip sets
    "106b": "apple",
}


def maker_of_pci(number: str | None) -> Vendor | None:
    """Name the maker that has a PCI number (``10de``, or ``10de:1b80``); None for others.

    >>> maker_of_pci("10de:2684")
    'nvidia'
    >>> maker_of_pci("1a03:2000") is None
    True
    """
    return _BY_NUMBER.get((number or "")[:4].lower())


def display_maker(pci_id: str | None) -> Vendor | None:
    """Name the maker whose display chips have a PCI id's number; None for others."""
    maker = maker_of_pci(pci_id)
    return maker if maker is not None and ON_PCI.get(maker) == (pci_id or "")[:4].lower() else None


def pci_id_of(maker: str | None, device: str) -> str | None:
    """Write a display chip's PCI id from its own number; None for a maker that has none on PCI.

    Args:
        maker: the maker.
        device: the chip's number in hexadecimal digits.

    >>> pci_id_of("amd", "73bf")
    '1002:73bf'
    >>> pci_id_of("apple", "1") is None
    True
    """
    number = next((number for name, number in ON_PCI.items() if name == maker), None)
    return f"{number}:{device.lower():0>4}" if number else None
