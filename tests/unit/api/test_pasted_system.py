"""The system around the cards, out of everything that was pasted together."""

from __future__ import annotations

import pytest

from torchup.api.pasted.machine import machine_in
from torchup.errors import OutsideError
from torchup.facts.load import load_catalogue, load_gpus
from torchup.model import Requirement
from torchup.resolve import resolve

CARD = "GPU 0: NVIDIA A100-PCIE-40GB (UUID: GPU-0a0a0a0a-0000-1111-2222-333333333333)\n"
COLLECTED = """PyTorch version: 2.4.1+cu121
CUDA used to build PyTorch: 12.1

OS: Ubuntu 22.04.4 LTS (x86_64)
Python version: 3.10.14 (64-bit runtime)
Python platform: Linux-5.15.153.1-microsoft-standard-WSL2-x86_64-with-glibc2.35
Is CUDA available: False
GPU models and configuration: GPU 0: NVIDIA GeForce GTX 1080
Nvidia driver version: 566.36
"""
MAC = """PyTorch version: 2.3.0
OS: macOS 14.4.1 (arm64)
Python version: 3.11.8 (64-bit runtime)
Python platform: macOS-14.4.1-arm64-arm-64bit
Is CUDA available: False
GPU models and configuration: No CUDA

CPU:
Apple M3 Pro
"""
CONDA = """     active environment : base
          conda version : 24.9.2
       virtual packages : __archspec=1=m2
                          __osx=14.6=0
               platform : osx-arm64
"""


def test_what_stands_beside_the_card_counts() -> None:
    found = machine_in(
        '$ cat /etc/os-release\nNAME="Rocky Linux"\nID="rocky"\nVERSION_ID="8.9"\n'
        "$ uname -a\nLinux n 4.18.0-513.el8.x86_64 #1 SMP x86_64 GNU/Linux\n"
        "$ ldd --version\nldd (GNU libc) 2.28\n$ python3 --version\nPython 3.9.18\n"
        "$ lscpu\nArchitecture: x86_64\nCPU(s): 64\nModel name: AMD EPYC 7543\nFlags: fpu avx2\n"
        "$ nvidia-smi -L\n" + CARD
    )
    assert found is not None
    assert (found.os.distro, found.os.version, found.os.libc) == ("rocky", "8.9", "glibc 2.28")
    assert found.os.kernel == "4.18.0-513.el8.x86_64"
    assert [one.version for one in found.pythons or ()] == ["3.9.18"]
    assert found.cpu is not None
    assert (found.cpu.model, found.cpu.cores) == ("AMD EPYC 7543", 64)
    assert found.cpu.features == ("fpu", "avx2")


@pytest.mark.parametrize(
    "said", ["$ uname -m\naarch64\n$ nvidia-smi -L\n", "$ lscpu\nArchitecture: aarch64\n"]
)
def test_an_arm_processor_beside_a_card_that_any_may_have(said: str) -> None:
    found = machine_in(said + CARD)
    assert found is not None
    assert (found.os.system, found.arch) == ("linux", "aarch64")


@pytest.mark.parametrize(
    "text", ["$ uname -r\n5.15.153.1-microsoft-standard-WSL2\n" + CARD, COLLECTED]
)
def test_a_kernel_of_wsl(text: str) -> None:
    found = machine_in(text)
    assert found is not None
    assert (found.os.system, found.os.wsl) == ("linux", 2)


def test_wsl_is_meant_where_windows_is_named_beside_it() -> None:
    found = machine_in(
        "OS Name:                   Microsoft Windows 11 Pro\n"
        "OS Version:                10.0.22631 N/A Build 22631\n"
        "$ uname -r\n5.15.90.1-microsoft-standard-WSL2\n" + CARD
    )
    assert found is not None
    assert (found.os.system, found.os.wsl, found.os.distro) == ("linux", 2, None)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (MAC, "Apple M3 Pro"),
        ("machdep.cpu.brand_string: Apple M2 Max\n", "Apple M2 Max"),
        ("    Hardware Overview:\n      Chip: Apple M4\n      Memory: 16 GB\n", "Apple M4"),
        (
            "Platform #0: Apple\n `-- Device #0: Apple M4 Pro\n",
            "Apple M4 Pro",
        ),
        (
            CONDA,
            "Apple GPU",
        ),
    ],
)
def test_a_mac_with_an_apple_chip(text: str, name: str) -> None:
    found = machine_in(text)
    assert found is not None
    assert (found.os.system, found.arch) == ("macos", "arm64")
    assert [(gpu.vendor, gpu.name) for gpu in found.gpus or ()] == [("apple", name)]


def test_an_older_mac_has_no_gpu_that_nobody_named() -> None:
    found = machine_in(
        "PyTorch version: 2.2.2\nOS: macOS 13.6.7 (x86_64)\nPython version: 3.11.9 (64-bit)\n"
        "Is CUDA available: False\nGPU models and configuration: No CUDA\n"
    )
    assert found is not None
    assert (found.os.system, found.os.version, found.arch) == ("macos", "13.6.7", "x86_64")
    assert found.gpus is None


def test_the_pytorch_that_is_there_is_evidence() -> None:
    found = machine_in("Package Version\n------- -----------\ntorch   2.3.1+cu121\n")
    assert found is not None
    assert ("torch", "2.3.1+cu121") in [(one.key, one.value) for one in found.evidence]
    assert machine_in("Package Version\n------- -------\nnumpy   2.1.2\n") is None


@pytest.mark.parametrize(
    ("prompt", "system"),
    [
        ("C:\\Users\\me>nvidia-smi -L\n", "windows"),
        ("PS D:\\work> nvidia-smi -L\n", "windows"),
        ("(base) PS C:\\> nvidia-smi -L\n", "windows"),
        ("me@box:~$ nvidia-smi -L\n", "linux"),
        ("$ cat /etc/os-release\nID=debian\nVERSION_ID=12\nC:\\>nvidia-smi -L\n", "linux"),
    ],
)
def test_a_prompt_tells_the_system_where_no_program_does(prompt: str, system: str) -> None:
    found = machine_in(prompt + CARD)
    assert found is not None
    assert found.os.system == system
    assert machine_in(prompt.splitlines()[-1] + "\n") is None


def test_wsl_below_a_prompt_of_windows() -> None:
    found = machine_in(
        "PS C:\\> wsl nvidia-smi\n"
        "| NVIDIA-SMI 580.105.07    Driver Version: 581.80    CUDA Version: 13.0  |\n"
        "|   0  NVIDIA GeForce RTX 4090   Off  |   00000000:01:00.0 Off |   N/A |\n"
        "| N/A   38C    P8    1W /   35W |   15MiB /  24564MiB |      0%      Default |\n"
    )
    assert found is not None
    assert (found.os.system, found.os.wsl) == ("linux", 2)


def test_a_system_at_a_glance_inside_wsl() -> None:
    found = machine_in(
        "OS: Ubuntu 22.04.3 LTS on Windows 10 x86_64\n"
        "Kernel: 5.15.153.1-microsoft-standard-WSL2\nCPU: AMD Ryzen 5 5600X (12) @ 3.693GHz\n"
    )
    assert found is not None
    assert (found.os.distro, found.os.version, found.os.wsl) == ("ubuntu", "22.04.3", 2)


def test_windows_is_numbered_as_it_numbers_itself() -> None:
    found = machine_in(
        "PyTorch version: 2.7.1+cu128\nOS: Microsoft Windows 11 Pro (10.0.26100 64-bit)\n"
        "Python version: 3.12.10 (64-bit runtime)\nIs CUDA available: True\n"
    )
    assert found is not None
    assert (found.os.system, found.os.version) == ("windows", "10.0.26100")
    assert [one.key for one in found.evidence] == ["collect_env", "torch"]


@pytest.mark.parametrize(
    ("line", "arch"),
    [
        (
            "Linux power9 4.18.0-553.el8.ppc64le #1 SMP Fri May 10 2024 ppc64le GNU/Linux\n",
            "ppc64le",
        ),
        ("Linux pi 6.1.21-v7+ #1642 SMP Mon Apr  3 2023 armv7l GNU/Linux\n", "armv7l"),
        (
            "Architecture:        riscv64\nByte Order:          Little Endian\nCPU(s):  4\n",
            "riscv64",
        ),
    ],
)
def test_a_processor_without_wheels_is_named(line: str, arch: str) -> None:
    with pytest.raises(OutsideError) as caught:
        machine_in(line)
    assert (caught.value.code, caught.value.details) == ("probe.unsupported-arch", {"arch": arch})


@pytest.mark.parametrize(
    ("driver", "system"),
    [("528.49", "windows"), ("581.42", "windows"), ("535.183.01", "linux"),
     ("470.256.02", "linux"), ("640.10", "linux")],
)  # fmt: skip
def test_windows_by_its_drivers_numbers(driver: str, system: str) -> None:
    """Inside a branch only Windows' drivers count on; what is newer than the facts is unknown."""
    found = machine_in(f"name, driver_version, compute_cap\nNVIDIA RTX A2000 12GB, {driver}, 8.6\n")
    assert found is not None
    assert found.os.system == system


def test_a_driver_of_windows_under_linux_is_wsl() -> None:
    found = machine_in(
        "$ uname -r\n5.15.153.1-microsoft-standard-WSL2\n"
        "$ nvidia-smi --query-gpu=name,driver_version --format=csv\n"
        "name, driver_version\nNVIDIA RTX A2000 12GB, 528.49\n"
    )
    assert found is not None
    assert (found.os.system, found.os.wsl) == ("linux", 2)


def test_a_mac_with_intels_processor_by_its_hardware_alone() -> None:
    found = machine_in(
        "Hardware:\n\n    Hardware Overview:\n\n      Model Name: MacBook Pro\n"
        "      Model Identifier: MacBookPro16,1\n      Processor Name: 6-Core Intel Core i7\n"
        "      Memory: 16 GB\n"
    )
    assert found is not None
    assert (found.os.system, found.arch, found.gpus) == ("macos", "x86_64", None)


@pytest.mark.parametrize(
    "text",
    [
        "# R36 (release), REVISION: 4.3, GCID: 38968081, BOARD: generic, EABI: aarch64\n",
        "RAM 1203/3964MB (lfb 309x4MB) SWAP 0/1982MB CPU [12%@1479] EMC_FREQ 0% GR3D_FREQ 0%\n",
    ],
)
def test_a_jetson_by_what_only_jetsons_print(text: str) -> None:
    found = machine_in(text)
    assert found is not None
    assert (found.arch, found.gpus) == ("aarch64", ())
    catalogue = load_catalogue()
    answer = resolve(found, Requirement(today="2026-11-21"), catalogue, gpus=load_gpus())
    assert answer.outcome == "none"
    assert {one.code for one in answer.reasons} >= {"embedded-board", "maker-has-builds"}


def test_cards_at_a_glance_with_what_kind_they_are() -> None:
    found = machine_in(
        "OS: Ubuntu 24.04.1 LTS x86_64\nKernel: Linux 6.8.0-45-generic\n"
        "CPU: AMD Ryzen 9 5900HX (16) @ 4.68 GHz\n"
        "GPU 1: NVIDIA GeForce RTX 3070 Mobile / Max-Q @ 1.62 GHz (7.66 GiB) [Discrete]\n"
        "GPU 2: AMD Radeon Vega Series / Radeon Vega Mobile Series [Integrated]\n"
    )
    assert found is not None
    assert [one.name for one in found.gpus or ()] == [
        "NVIDIA GeForce RTX 3070 Mobile / Max-Q",
        "AMD Radeon Vega Series / Radeon Vega Mobile Series",
    ]


def test_pnputil_in_chinese() -> None:
    found = machine_in(
        "Microsoft PnP 工具\n\n"
        "实例 ID:                PCI\\VEN_10DE&DEV_2489&SUBSYS_15B41569&REV_A1\\4&1c3d25bb&0&0008\n"
        "设备描述:               NVIDIA GeForce RTX 3060 Ti\n类名:                   Display\n"
    )
    assert found is not None
    assert found.os.system == "windows"
    assert [(one.name, one.pci_id) for one in found.gpus or ()] == [
        ("NVIDIA GeForce RTX 3060 Ti", "10de:2489")
    ]
