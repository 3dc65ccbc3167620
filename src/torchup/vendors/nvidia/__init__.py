"""NVIDIA: NVML first, then the kernel module, ``nvidia-smi`` and the PCI bus.

The sources are asked in the order in which they are trusted and merged card by card. A machine on
which nothing hints at NVIDIA pays for a few look-ups and starts no process.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchup.model import Problem
from torchup.vendors import VendorReport
from torchup.vendors.nvidia.board import is_jetson
from torchup.vendors.nvidia.places import WSL_DEVICE, WSL_LIBRARIES, find_smi
from torchup.vendors.wsl import wsl_of

if TYPE_CHECKING:
    from torchup.host import Host
    from torchup.vendors.pci import PciDevice


def detect(host: Host, pci: tuple[PciDevice, ...] | None) -> VendorReport:
    """Find NVIDIA's cards and driver; never raises."""
    mine = tuple(device for device in pci or () if device.maker == "nvidia")
    if host.system == "macos" or not (mine or is_hinted(host)):
        alone = host.system == "linux" and wsl_of(host) == 1
        return VendorReport(problems=(Problem(code="nvidia-wsl-1"),) if alone else ())
    from torchup.vendors.nvidia.inspect import inspect

    return inspect(host, mine, cardless=pci is not None and not mine)


def is_hinted(host: Host) -> bool:
    """Tell cheaply whether an NVIDIA driver or device can be here at all."""
    if host.system == "linux":
        if any(map(host.is_dir, ("/proc/driver/nvidia", "/sys/module/nvidia", WSL_LIBRARIES))):
            return True
        names = host.listdir("/dev")
        if any(name.startswith(("nvidia", "nvhost-gpu")) or name == WSL_DEVICE for name in names):
            return True
        if host.machine == "aarch64" and is_jetson(host):
            return True
        folders = (host.env("LD_LIBRARY_PATH") or "").split(":")
        if any(host.modified(f"{at}/libnvidia-ml.so.1") for at in folders if at):
            return True
    return find_smi(host) is not None
