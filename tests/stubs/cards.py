"""A machine with a card, for programs that really run here: the driver's libraries are stand-ins.

What torchup and the small framework load as ``libnvidia-ml.so.1`` and ``libcuda.so.1`` answers
from a file that a test writes; writing it again is what updating the driver is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import pytest

from stubs.nvml import NO_COMPILER, library

if TYPE_CHECKING:
    from pathlib import Path


class Card(NamedTuple):
    """A card by its name, its compute capability, its memory in MiB and its PCI ids."""

    name: str
    capability: str
    memory_mib: int
    pci: str


GTX_1050_TI: Final = Card("NVIDIA GeForce GTX 1050 Ti", "6.1", 4096, "1c8c10de")
GTX_1650: Final = Card("NVIDIA GeForce GTX 1650", "7.5", 4096, "1f9110de")
RTX_3050: Final = Card("NVIDIA GeForce RTX 3050 Laptop GPU", "8.6", 4096, "25a210de")
RTX_3080_TI: Final = Card("NVIDIA GeForce RTX 3080 Ti", "8.6", 12288, "220810de")


def plug_in(root: Path, card: Card, driver: str, cuda: str) -> dict[str, str]:
    """Put a card and a driver into a machine; return the variables that make it seen.

    Args:
        root: the machine's folder; one card is in it at a time.
        card: the card.
        driver: the driver's version.
        cuda: the CUDA that the driver goes up to, such as ``11.6``.
    """
    folder = library()
    if folder is None:
        pytest.skip(NO_COMPILER)
    major, _, minor = cuda.partition(".")
    lines = [
        f"driver={driver}",
        f"cuda={int(major) * 1000 + int(minor) * 10}",
        f"gpu0.name={card.name}",
        f"gpu0.cc={card.capability}",
        f"gpu0.mem={card.memory_mib << 20}",
        "gpu0.uuid=GPU-00000000-0000-0000-0000-000000000000",
        "gpu0.bus=00000000:01:00.0",
        f"gpu0.pci={card.pci}",
        "gpu0.subsystem=37021458",
    ]
    file = root / "card.txt"
    file.write_text("\n".join(lines) + "\n")
    return {"LD_LIBRARY_PATH": str(folder), "FAKENVML": str(file)}
