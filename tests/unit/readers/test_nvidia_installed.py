"""Which NVIDIA driver is installed, by the tools that install it."""

from __future__ import annotations

import pytest

from torchup.api.pasted.machine import machine_in
from torchup.readers import READERS, detect

MODINFO = """\
filename:       /lib/modules/5.15.0-91-generic/updates/dkms/nvidia.ko
firmware:       nvidia/535.129.03/gsp_tu10x.bin
version:        535.129.03
license:        NVIDIA
"""
DPKG = """\
ii  libnvidia-compute-535:amd64  535.183.01-0ubuntu0.22.04.1  amd64  NVIDIA libcompute package
rc  nvidia-driver-470            470.256.02-0ubuntu0.22.04.1  amd64  NVIDIA driver metapackage
ii  nvidia-driver-535            535.183.01-0ubuntu0.22.04.1  amd64  NVIDIA driver metapackage
ii  nvidia-settings              510.47.03-0ubuntu1           amd64  Tool for the driver
"""


@pytest.mark.parametrize(
    ("text", "driver"),
    [
        (MODINFO, "535.129.03"),
        ("$ modinfo nvidia | grep ^version\nversion:        525.125.06\n", "525.125.06"),
        (DPKG, "535.183.01"),
        ("nvidia/550.54.14, 5.15.0-101-generic, x86_64: installed\n", "550.54.14"),
        ("nvidia-open/575.57.08, 6.8.0-60-generic, x86_64: installed\n", "575.57.08"),
        ("nvidia-driver-cuda-560.35.05-1.el9.x86_64\n", "560.35.05"),
        ("xorg-x11-drv-nvidia-cuda-3:570.86.10-1.fc41.x86_64\n", "570.86.10"),
        ("akmod-nvidia-3:570.86.16-1.fc41.x86_64\n", "570.86.16"),
    ],
)
def test_a_driver(text: str, driver: str) -> None:
    assert detect(text) == "nvidia-installed"
    assert READERS["nvidia-installed"].read(text).driver == driver


@pytest.mark.parametrize(
    "text",
    [
        "nvidia/550.54.14, 5.15.0-101-generic, x86_64: added\n",
        "version:        5.15.0\n",
        "rc  nvidia-driver-470            470.256.02-0ubuntu0.22.04.1  amd64  gone\n",
        "filename:       /lib/modules/5.15.0/kernel/drivers/nvme/host/nvme.ko\nversion: 100.0\n",
    ],
)
def test_no_driver(text: str) -> None:
    assert READERS["nvidia-installed"].read(text).state == "unreadable"


def test_what_runs_counts_before_what_is_installed() -> None:
    line = "NVRM version: NVIDIA UNIX x86_64 Kernel Module  470.82.01  Wed Oct 27 2021\n"
    found = machine_in(DPKG + line)
    assert found is not None
    assert [one.version for one in found.drivers or ()] == ["470.82.01"]
