"""Which readers there are, and which one a text is for."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final, Protocol, cast

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchup.readers.reading import Reading

_MODULES: Final = {
    "nvidia-smi-xml": "nvidia_smi_xml",
    "nvidia-smi-q": "nvidia_smi_q",
    "nvidia-smi-version": "nvidia_smi_version",
    "nvidia-smi-query": "nvidia_smi_query",
    "nvidia-smi-L": "nvidia_smi_l",
    "nvcc-version": "nvcc_version",
    "proc-driver-nvidia-version": "proc_driver_nvidia_version",
    "proc-driver-nvidia-gpu": "proc_driver_nvidia_gpu",
    "dmesg-nvrm": "dmesg_nvrm",
    "nvidia-installed": "nvidia_installed",
    "device-query": "device_query",
    "gpustat": "gpustat",
    "lsmod": "lsmod",
    "secure-boot": "secure_boot",
    "tegrastats": "tegrastats",
    "collect_env": "collect_env",
    "rocm-smi-json": "rocm_smi_json",
    "system_profiler-displays": "system_profiler_displays",
    "rocminfo": "rocminfo",
    "rocm-smi": "rocm_smi",
    "kfd-topology-node": "kfd_topology_node",
    "xpu-smi-discovery": "xpu_smi_discovery",
    "ubuntu-drivers-devices": "ubuntu_drivers_devices",
    "wmic-videocontroller": "wmic_videocontroller",
    "jetson-release": "jetson_release",
    "clinfo": "clinfo",
    "lspci": "lspci",
    "conda-info": "conda_info",
    "kernel-json": "kernel_json",
    "pip-config-list": "pip_config_list",
    "pip-config-file": "pip_config_file",
    "condarc": "condarc",
    "conda-list-export": "conda_list_export",
    "conda-list": "conda_list",
    "nvidia-smi": "nvidia_smi",
    "amd-smi-json": "amd_smi_json",
    "amd-smi": "amd_smi",
    "hipinfo": "hipinfo",
    "sycl-ls": "sycl_ls",
    "lshw": "lshw",
    "hwinfo": "hwinfo",
    "inxi": "inxi",
    "glxinfo": "glxinfo",
    "dxdiag": "dxdiag",
    "pnp-devices": "pnp_devices",
    "neofetch": "neofetch",
    "os-release": "os_release",
    "lsb-release": "lsb_release",
    "uname": "uname",
    "lscpu": "lscpu",
    "libc-version": "libc_version",
    "system_profiler-hardware": "system_profiler_hardware",
    "sysctl": "sysctl",
    "sw_vers": "sw_vers",
    "systeminfo": "systeminfo",
    "pixi-info": "pixi_info",
    "pip-debug": "pip_debug",
    "torch-lines": "torch_lines",
    "pip-list": "pip_list",
    "python-version": "python_version",
    "shell-prompt": "shell_prompt",
}
"""Kind → module, in the order in which a text is tried: the plainer the sign, the earlier."""


class Reader(Protocol):
    """One kind of text."""

    KIND: str

    def matches(self, text: str) -> bool:
        """Tell whether a text is of this kind."""

    def read(self, text: str) -> Reading:
        """Read it; never raises."""


class _Readers:
    """The readers by kind; each is loaded when it is asked for."""

    def __getitem__(self, kind: str) -> Reader:
        return cast("Reader", import_module(f"torchup.readers.{_MODULES[kind]}"))

    def __contains__(self, kind: str) -> bool:
        return kind in _MODULES

    def __iter__(self) -> Iterator[str]:
        return iter(_MODULES)

    def __len__(self) -> int:
        return len(_MODULES)

    def keys(self) -> list[str]:
        """The kinds, in the order in which a text is tried."""
        return list(_MODULES)


READERS: Final = _Readers()


def detect(text: str) -> str | None:
    """Name the kind that a text is of; None where it is of none.

    Args:
        text: what somebody pasted.
    """
    return next((kind for kind in READERS if READERS[kind].matches(text)), None)
