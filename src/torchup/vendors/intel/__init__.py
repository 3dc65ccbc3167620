"""Intel: display devices on the PCI bus. Names and architectures come from the catalogue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchup.vendors import VendorReport
from torchup.vendors.pci import evidence_from_pci, gpus_from_pci

if TYPE_CHECKING:
    from torchup.host import Host
    from torchup.vendors.pci import PciDevice


def detect(_host: Host, pci: tuple[PciDevice, ...] | None) -> VendorReport:
    """List Intel's display devices, integrated ones too."""
    mine = tuple(device for device in pci or () if device.maker == "intel")
    return VendorReport(gpus=gpus_from_pci("intel", mine), evidence=evidence_from_pci(mine))
