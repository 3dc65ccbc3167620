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
_NVRM: Final = r"(?m)^NVRM version:.*?\s(\d{2,4}(?:\.\d{1,4}){1,3})(?=\s|$)"
_MODULE: Final = r"\d{2,4}(?:\.\d{1,4}){1,3}"


def module_version(host: Host) -> tuple[str, str] | None:
    """Return the loaded module's version and the file that says so; None where none is loaded."""
    nvrm = parse_nvrm(_text(host, f"{PROC}/version"))
    if nvrm is not None:
        return nvrm, f"{PROC}/version"
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


def parse_nvrm(text: str) -> str | None:
    """Read the version out of ``/proc/driver/nvidia/version``, of the open module too."""
    found = re.search(_NVRM, text)
    return found[1] if found else None


def gpus_from_proc(host: Host) -> tuple[Gpu, ...]:
    """List the cards that the kernel module drives."""
    found = []
    for folder in host.listdir(f"{PROC}/gpus"):
        facts = parse_information(_text(host, f"{PROC}/gpus/{folder}/information"))
        address = normal_address(facts.get("Bus Location", "")) or normal_address(folder)
        if address is None:
            continue
        name, uuid = facts.get("Model", ""), facts.get("GPU UUID", "")
        found.append(
            Gpu(
                vendor="nvidia",
                name=name if name and name != "Unknown" else None,
                # The kernel writes question marks until a program has opened the card.
                uuid=uuid if uuid.startswith("GPU-") and "?" not in uuid else None,
                pci_address=address,
                source="proc",
            )
        )
    return tuple(found)


def parse_information(text: str) -> dict[str, str]:
    """Read the ``Key: value`` lines of one card's ``information`` file."""
    pairs = (line.partition(":") for line in text.splitlines())
    return {key.strip(): value.strip() for key, colon, value in pairs if colon}


def _text(host: Host, path: str) -> str:
    return (host.read(path) or b"").decode("utf-8", "replace")
