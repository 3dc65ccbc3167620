"""Apple: the GPU that is part of every Apple silicon chip."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from torchup.model import Evidence, Gpu
from torchup.vendors import VendorReport

if TYPE_CHECKING:
    from torchup.host import Host
    from torchup.vendors.pci import PciDevice

_BRAND: Final = ("sysctl", "-n", "machdep.cpu.brand_string")


def detect(host: Host, _pci: tuple[PciDevice, ...] | None) -> VendorReport:
    """Name the chip; an x86_64 program under Rosetta sees it too."""
    if host.system != "macos":
        return VendorReport()
    name = host.run(_BRAND, timeout=5).out.strip()
    if not name.startswith("Apple") and host.machine != "arm64":
        return VendorReport()
    return VendorReport(
        gpus=(Gpu(index=0, vendor="apple", name=name or None, source="sysctl"),),
        evidence=(Evidence(source="sysctl", key="machdep.cpu.brand_string", value=name),),
    )
