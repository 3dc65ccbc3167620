"""The machine that a Linux container sees; pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from torchup.errors import UsageError
from torchup.model import Machine, Os
from torchup.resolve.cards import vendor_of
from torchup.resolve.numbers import at_least
from torchup.resolve.windows import windows_version

if TYPE_CHECKING:
    from torchup.model import CpuArch, Gpu
    from torchup.resolve.cards import GpuTable

_FIRST_WINDOWS: Final = "10"
"""The first Windows with WSL 2, in which Docker Desktop runs Linux containers."""
_ARCHS: Final[dict[CpuArch, CpuArch]] = {"arm64": "aarch64"}
_REACHED: Final = {"windows": ("nvidia",), "macos": ()}
"""Whose cards a Linux container reaches there (https://docs.docker.com/desktop/features/gpu/):
"GPU support in Docker Desktop is only available on Windows with the WSL2 backend", and there with
an NVIDIA card."""


class Inside(Struct, frozen=True, kw_only=True):
    """What a container sees: a machine, without the cards that are ``lost``."""

    machine: Machine
    lost: tuple[str, ...] = ()


def inside(machine: Machine, gpus: GpuTable) -> Inside:
    """Make the machine that a Linux container on a machine sees.

    The image brings its own C library and Python. On Windows the container runs in WSL 2, with
    Windows' driver.

    Raises:
        UsageError: ``pasting.no-container``: this Windows runs no Linux containers.
    """
    system = machine.os.system
    if system == "linux":
        return Inside(machine=replace(machine, os=replace(machine.os, libc=None), pythons=None))
    version = windows_version(machine.os)
    if version and not at_least(version, _FIRST_WINDOWS):
        raise UsageError("pasting.no-container", has=machine.os.version)
    kept: list[Gpu] = []
    lost: list[str] = []
    for one in machine.gpus or ():
        if vendor_of(one, gpus) in _REACHED[system]:
            kept.append(one)
        else:
            lost.append(one.name or one.pci_id or one.arch or "?")
    unknown = machine.gpus is None and system == "windows"
    found = replace(
        machine,
        os=Os(system="linux", wsl=2 if system == "windows" else 0),
        arch=_ARCHS.get(machine.arch, machine.arch),
        gpus=None if unknown else tuple(kept),
        pythons=None,
    )
    return Inside(machine=found, lost=tuple(lost))
