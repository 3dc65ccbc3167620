"""AMD: display devices on the PCI bus, and what the amdgpu compute driver (KFD) says of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from torchup.model import Driver, Evidence
from torchup.vendors import VendorReport
from torchup.vendors.pci import SYSFS, evidence_from_pci, gpus_from_pci

if TYPE_CHECKING:
    from torchup.host import Host
    from torchup.model import Gpu
    from torchup.vendors.pci import PciDevice

_TOPOLOGY: Final = "/sys/class/kfd/kfd/topology/nodes"
_MODULE_VERSION: Final = "/sys/module/amdgpu/version"


def detect(host: Host, pci: tuple[PciDevice, ...] | None) -> VendorReport:
    """List AMD's display devices; the architecture is known where the compute driver has it."""
    mine = tuple(device for device in pci or () if device.maker == "amd")
    if not mine:
        from torchup.vendors.amd.rocminfo import ask_rocminfo, is_silent

        return ask_rocminfo(host) if is_silent(host, pci) else VendorReport()
    # Machines without AMD's cards, the most, don't pay for these.
    from torchup.vendors.amd.problems import find_problems
    from torchup.vendors.amd.programs import completed

    archs = _archs(host)
    gpus = tuple(_described(host, gpu, archs) for gpu in gpus_from_pci("amd", mine))
    seen = tuple(Evidence(source="kfd", key=at, value=arch) for at, arch in archs.items())
    told = _told(host, archs)
    driver = _driver(host, mine) or next(iter(told.drivers), None)
    # Beside an NVIDIA card, AMD's is there for the screen: what it lacks is nobody's trouble.
    alone = not any(device.maker == "nvidia" for device in pci or ())
    return VendorReport(
        gpus=completed(gpus, told.gpus),
        drivers=(driver,) if driver else (),
        problems=(*find_problems(host, mine, frozenset(archs)), *told.problems) if alone else (),
        evidence=evidence_from_pci(mine) + seen + told.evidence,
    )


def _told(host: Host, computing: dict[str, str]) -> VendorReport:
    """What AMD's own programs say, where the compute driver has a card to speak of."""
    if not computing:
        return VendorReport()
    from torchup.vendors.amd.rocminfo import ask_rocminfo
    from torchup.vendors.amd.smi import ask_amd_smi

    return ask_amd_smi(host) or ask_rocminfo(host)


def _driver(host: Host, mine: tuple[PciDevice, ...]) -> Driver | None:
    """The driver's version: the kernel module's own, or what Windows lists with the card."""
    version = (host.read(_MODULE_VERSION) or b"").decode("utf-8", "replace").strip()
    if version:
        return Driver(vendor="amd", version=version, source="sysfs")
    listed = next((device.version for device in mine if device.version), None)
    return Driver(vendor="amd", version=listed, source="wmi") if listed else None


def _described(host: Host, gpu: Gpu, archs: dict[str, str]) -> Gpu:
    """Add the architecture and the memory (amdgpu's ``mem_info_vram_total``, in bytes)."""
    arch = archs.get(gpu.pci_address or "")
    found = gpu if arch is None else replace(gpu, arch=arch, source="kfd")
    memory = (host.read(f"{SYSFS}/{gpu.pci_address}/mem_info_vram_total") or b"").strip()
    if memory.isdigit() and len(memory) <= 20:  # noqa: PLR2004 - 64 bits
        found = replace(found, memory_mib=int(memory) >> 20 or None)
    return found


def _archs(host: Host) -> dict[str, str]:
    """Map PCI addresses to architectures, from every KFD node that is a GPU."""
    from torchup.readers.kfd_topology_node import read

    found = {}
    for node in host.listdir(_TOPOLOGY):
        raw = host.read(f"{_TOPOLOGY}/{node}/properties") or b""
        for gpu in read(raw.decode("utf-8", "replace")).gpus or ():
            if gpu.arch and gpu.bus_id:
                found[gpu.bus_id] = gpu.arch
    return found
