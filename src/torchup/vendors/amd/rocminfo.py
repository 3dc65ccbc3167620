"""AMD's own program, asked where the kernel tells nothing: inside WSL, and in a closed sandbox."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from torchup.model import Evidence, Gpu
from torchup.vendors import VendorReport
from torchup.vendors.pci import normal_address

if TYPE_CHECKING:
    from torchup.host import Host
    from torchup.readers.reading import ReadGpu
    from torchup.vendors.pci import PciDevice

TIME_LIMIT: Final = 10.0  # seconds
_PROGRAM: Final = "rocminfo"
_FOLDERS: Final = ("/opt/rocm/bin", "/usr/bin")
_WSL_DEVICE: Final = "/dev/dxg"


def is_silent(host: Host, pci: tuple[PciDevice, ...] | None) -> bool:
    """Tell whether cards may be here that the bus does not show."""
    return host.system == "linux" and (pci is None or host.modified(_WSL_DEVICE) is not None)


def ask_rocminfo(host: Host) -> VendorReport:
    """List the cards that AMD's runtime sees; empty where the program is missing or fails."""
    places = (host.which(_PROGRAM), *(f"{folder}/{_PROGRAM}" for folder in _FOLDERS))
    program = next((one for one in places if one and host.is_executable(one)), None)
    if program is None:
        return VendorReport()
    from torchup.readers.rocminfo import read

    done = host.run((program,), timeout=TIME_LIMIT)
    said = read(done.out or done.err)
    cards = [card for card in said.gpus or () if card.vendor == "amd"]
    return VendorReport(
        gpus=tuple(map(_gpu, cards)),
        evidence=(Evidence(source=_PROGRAM, key="state", value=said.state),),
    )


def _gpu(card: ReadGpu) -> Gpu:
    return Gpu(
        index=card.index,
        vendor="amd",
        name=card.name,
        arch=card.arch,
        pci_id=card.pci_id,
        pci_address=normal_address(card.bus_id) if card.bus_id else None,
        memory_mib=card.memory_mib,
        source=_PROGRAM,
    )
