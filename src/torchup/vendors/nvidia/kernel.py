"""What the Linux kernel module says of itself and of its cards under ``/proc`` and ``/sys``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from torchup.model import Gpu
from torchup.vendors.pci import normal_address

if TYPE_CHECKING:
    from torchup.host import Host

PROC: Final = "/proc/driver/nvidia"
SWITCHES: Final = "/proc/driver/nvidia-nvswitch"
MODULE_VERSION: Final = "/sys/module/nvidia/version"
SECURE_BOOT: Final = "/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"
_VARIABLE_SIZE: Final = 5
_MODULE: Final = r"\d{2,4}(?:\.\d{1,4}){1,3}"


def module_version(host: Host) -> tuple[str, str] | None:
    """Return the loaded module's version and the file that says so; None where none is loaded."""
    said = _text(host, f"{PROC}/version")
    if said:
        from torchup.readers.proc_driver_nvidia_version import read

        driver = read(said).driver
        if driver is not None:
            return driver, f"{PROC}/version"
    version = _text(host, MODULE_VERSION).strip()
    return (version, MODULE_VERSION) if re.fullmatch(_MODULE, version) else None


def signed_only(host: Host) -> bool:
    """Tell whether Secure Boot lets none but signed modules in.

    ``mokutil`` says it in words; the firmware's variable is four bytes of attributes and the value
    (the kernel's documentation of efivarfs).
    """
    said = host.run(("mokutil", "--sb-state"), timeout=5)
    if said.code == 0:
        from torchup.readers.secure_boot import read

        return bool(read(said.out).facts.get("secure_boot"))
    variable = host.read(SECURE_BOOT) or b""
    return len(variable) == _VARIABLE_SIZE and variable[-1] == 1


def is_switched(host: Host) -> bool:
    """Tell whether there is an NVSwitch, over which cards reach each other."""
    named = any(name.startswith("nvidia-nvswitch") for name in host.listdir("/dev"))
    return named or host.is_dir(SWITCHES)


def gpus_from_proc(host: Host) -> tuple[Gpu, ...]:
    """List the cards that the kernel module drives."""
    folders = host.listdir(f"{PROC}/gpus")
    if not folders:
        return ()
    from torchup.readers.proc_driver_nvidia_gpu import read

    found = []
    for folder in folders:
        told = read(_text(host, f"{PROC}/gpus/{folder}/information")).gpus or ()
        card = next(iter(told), None)
        slot = card.bus_id if card else None
        address = normal_address(slot or "") or normal_address(folder)
        if address is not None:
            found.append(
                Gpu(
                    vendor="nvidia",
                    name=card.name if card else None,
                    uuid=card.uuid if card else None,
                    pci_address=address,
                    source="proc",
                )
            )
    return tuple(found)


def _text(host: Host, path: str) -> str:
    return (host.read(path) or b"").decode("utf-8", "replace")
