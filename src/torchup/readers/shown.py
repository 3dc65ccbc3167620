"""What a kind of text is to the person who pasted it: the command or the file it comes from.

The names of programs and files are the same in every language.
"""

from __future__ import annotations

from typing import Final

_SHOWN: Final = {
    "nvidia-smi-xml": "nvidia-smi -q -x",
    "nvidia-smi-q": "nvidia-smi -q",
    "nvidia-smi-version": "nvidia-smi --version",
    "nvidia-smi-query": "nvidia-smi --query-gpu=…",
    "nvidia-smi-L": "nvidia-smi -L",
    "nvidia-installed": "modinfo nvidia · dkms status · dpkg -l · rpm -qa",
    "nvcc-version": "nvcc --version",
    "proc-driver-nvidia-version": "/proc/driver/nvidia/version",
    "proc-driver-nvidia-gpu": "/proc/driver/nvidia/gpus/…/information",
    "dmesg-nvrm": "dmesg",
    "device-query": "deviceQuery",
    "secure-boot": "mokutil --sb-state",
    "collect_env": "python -m torch.utils.collect_env",
    "rocm-smi-json": "rocm-smi --json",
    "amd-smi-json": "amd-smi … --json",
    "system_profiler-displays": "system_profiler SPDisplaysDataType",
    "system_profiler-hardware": "system_profiler SPHardwareDataType",
    "kfd-topology-node": "/sys/class/kfd/kfd/topology/nodes/…/properties",
    "xpu-smi-discovery": "xpu-smi discovery",
    "ubuntu-drivers-devices": "ubuntu-drivers devices",
    "wmic-videocontroller": "Win32_VideoController",
    "jetson-release": "/etc/nv_tegra_release",
    "conda-info": "conda info",
    "conda-list": "conda list",
    "conda-list-export": "conda list --export",
    "condarc": ".condarc",
    "kernel-json": "kernel.json",
    "pip-config-list": "pip config list",
    "pip-config-file": "pip.conf",
    "pip-debug": "pip debug",
    "pip-list": "pip list",
    "pixi-info": "pixi info",
    "pnp-devices": "Get-PnpDevice",
    "os-release": "/etc/os-release",
    "lsb-release": "lsb_release -a",
    "libc-version": "ldd --version",
    "python-version": "python --version",
    "torch-lines": "python -c 'import torch; …'",
}
"""Those that aren't called as their command is."""


def shown(kind: str) -> str:
    """Name the command or the file that a kind of text comes from."""
    return _SHOWN.get(kind, kind)
