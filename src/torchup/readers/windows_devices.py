r"""How Windows names a device on the PCI bus: ``PCI\VEN_10DE&DEV_1B80&SUBSYS_37021458&…``.

https://learn.microsoft.com/windows-hardware/drivers/install/identifiers-for-pci-devices
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

_PCI: Final = re.compile(
    r"PCI\\VEN_([0-9A-F]{4})(?:&DEV_([0-9A-F]{4}))?(?:&SUBSYS_([0-9A-F]{4})([0-9A-F]{4}))?",
    re.IGNORECASE,
)


class WindowsDevice(NamedTuple):
    """What a name holds.

    ``maker`` is four hexadecimal digits; ``pci_id`` reads like ``10de:1b80`` and ``subsystem``
    like ``1458:3702``, None where a list cut the name off before.
    """

    maker: str
    pci_id: str | None
    subsystem: str | None


def devices_in(text: str) -> Iterator[WindowsDevice]:
    """Find every device that a text names."""
    for found in _PCI.finditer(text):
        maker, device, board, seller = (part and part.lower() for part in found.groups())
        yield WindowsDevice(
            maker=str(maker),
            pci_id=f"{maker}:{device}" if device else None,
            subsystem=f"{seller}:{board}" if board else None,
        )


def device_in(text: str) -> WindowsDevice | None:
    """Find the first device that a text names."""
    return next(devices_in(text), None)
