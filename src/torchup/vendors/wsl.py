"""Windows' subsystem for Linux, told by the name of its kernel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from torchup.host import Host

KERNEL: Final = "/proc/sys/kernel/osrelease"


def wsl_of(host: Host) -> int:
    """Tell which WSL a machine is, 0 where it is none."""
    return wsl_version((host.read(KERNEL) or b"").decode("utf-8", "replace").strip())


def wsl_version(kernel: str) -> int:
    """Tell WSL 1 or 2 by the kernel's name, 0 where it is no WSL.

    WSL 2 says ``5.15.90.1-microsoft-standard-WSL2``, WSL 1 ``4.4.0-19041-Microsoft``.
    """
    name = kernel.lower()
    if "microsoft" not in name and "wsl2" not in name:
        return 0
    return 2 if "wsl2" in name or "microsoft-standard" in name else 1
