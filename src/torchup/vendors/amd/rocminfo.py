"""AMD's runtime, asked through ``rocminfo``.

It is all there is where the kernel tells nothing (inside WSL, in a closed sandbox), and names the
cards where ``amd-smi`` is not installed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from torchup.model import Evidence
from torchup.vendors import VendorReport
from torchup.vendors.amd.programs import TIME_LIMIT, failure, find_program, gpu_of

if TYPE_CHECKING:
    from torchup.host import Host
    from torchup.vendors.pci import PciDevice

_PROGRAM: Final = "rocminfo"
_WSL_DEVICE: Final = "/dev/dxg"
_NO_ANSWER: Final = frozenset({"unreadable", "truncated", "runtime-error"})


def is_silent(host: Host, pci: tuple[PciDevice, ...] | None) -> bool:
    """Tell whether cards may be here that the bus does not show."""
    return host.system == "linux" and (pci is None or host.modified(_WSL_DEVICE) is not None)


def ask_rocminfo(host: Host) -> VendorReport:
    """List the cards that AMD's runtime sees; empty where there is no such program."""
    program = find_program(host, _PROGRAM)
    if program is None:
        return VendorReport()
    from torchup.readers.rocminfo import read

    done = host.run((program,), timeout=TIME_LIMIT)
    said = read(done.out or done.err)
    cards = [card for card in said.gpus or () if card.vendor == "amd"]
    failed = done.timed_out or (not cards and said.state in _NO_ANSWER)
    return VendorReport(
        gpus=tuple(gpu_of(card, _PROGRAM) for card in cards),
        problems=(failure(_PROGRAM, done),) if failed else (),
        evidence=(Evidence(source=_PROGRAM, key="state", value=said.state),),
    )
