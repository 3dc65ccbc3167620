"""Programs that list cards among other hardware."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from spoiledtexts import spoiled
from torchup.readers import READERS, detect
from torchup.readers.product import ids_in, product_in

SYCL = """[level_zero:gpu][level_zero:0] Intel(R) oneAPI Unified Runtime over Level-Zero, \
Intel(R) Arc(TM) B580 Graphics 20.1.0 [1.6.32567]
[opencl:cpu][opencl:0] Intel(R) OpenCL, Intel(R) Core(TM) i5-13600K OpenCL 3.0 (Build 0) [2025.1]
[opencl:gpu][opencl:1] Intel(R) OpenCL Graphics, Intel(R) Arc(TM) B580 Graphics OpenCL 3.0 NEO \
 [25.05.32567]
[cuda:gpu][cuda:0] NVIDIA CUDA BACKEND, NVIDIA GeForce RTX 3090 8.6 [CUDA 12.4]
"""
OLD_SYCL = "[opencl:gpu:1] Intel(R) OpenCL HD Graphics, Intel(R) UHD Graphics 770 3.0 [23.05.2]\n"
LSHW = """  *-display:0 UNCLAIMED
       description: VGA compatible controller
       product: GA102 [GeForce RTX 3080] [10DE:2206]
       vendor: NVIDIA Corporation [10DE]
       physical id: 0
       bus info: pci@0000:65:00.0
       configuration: latency=0
  *-display:1
       description: VGA compatible controller
       product: ASPEED Graphics Family
       vendor: ASPEED Technology, Inc.
  *-display:2
       product: Navi 31 [Radeon RX 7900 XTX]
       vendor: Advanced Micro Devices, Inc. [AMD/ATI]
       bus info: pci@0000:0c:00.0
       configuration: driver=amdgpu latency=0
  *-network
       product: I225-V
       vendor: Intel Corporation
"""
LSHW_JSON = """[{"id": "display", "class": "display", "product": "TU104GL [Tesla T4]",
 "vendor": "NVIDIA Corporation", "businfo": "pci@0000:00:1e.0",
 "configuration": {"driver": "nouveau", "latency": "0"}}]"""
LSHW_SHORT = """H/W path               Device      Class          Description
=============================================================
/0/100/1/0                         display        AD104 [GeForce RTX 4070]
/0/100/2                           display        UHD Graphics 770
/0/100/14                          bus            Alder Lake-S PCH USB 3.2
"""
HWINFO = """31: PCI 100.0: 0300 VGA compatible controller (VGA)
  [Created at pci.386]
  SysFS BusID: 0000:01:00.0
  Hardware Class: graphics card
  Vendor: pci 0x10de "nVidia Corporation"
  Device: pci 0x2182 "TU116 [GeForce GTX 1660 Ti]"
  SubVendor: pci 0x1458 "Gigabyte Technology Co., Ltd"
  SubDevice: pci 0x3fbe
  Driver: "nouveau"
32: PCI 1f.6: 0200 Ethernet controller
  Vendor: pci 0x8086 "Intel Corporation"
"""
INXI = """System:
  Host: box Kernel: 6.8.0-51-generic arch: x86_64 bits: 64
  Desktop: Cinnamon v: 6.0.4 Distro: Linux Mint 22 Wilma
CPU:
  Info: 8-core model: AMD Ryzen 7 7700X bits: 64 type: MT MCP
Graphics:
  Device-1: NVIDIA AD103 [GeForce RTX 4080] vendor: ASUSTeK driver: nvidia
    v: 550.120 bus-ID: 01:00.0 chip-ID: 10de:2704
  Device-2: AMD Raphael driver: amdgpu v: kernel bus-ID: 12:00.0
  Display: x11 server: X.Org v: 21.1.11 driver: X: loaded: amdgpu,nvidia
  API: OpenGL v: 4.6.0 vendor: nvidia v: 550.120
"""
GLX = """name of display: :1
Extended renderer info (GLX_MESA_query_renderer):
OpenGL vendor string: {vendor}
OpenGL renderer string: {drawn}
OpenGL core profile version string: {version}
"""
NEOFETCH = """            .-/+oossssoo+/-.               me@box
        `:+ssssssssssssssssss+:`           ------
      -+ssssssssssssssssssyyssss+-         OS: Ubuntu 24.04.1 LTS x86_64
    .ossssssssssssssssssdMMMNysssso.       Kernel: 6.8.0-49-generic
   /ssssssssssshdmmNNmmyNMMMMhssssss/      CPU: AMD Ryzen 9 5950X (32) @ 3.400GHz
  +ssssssssshmydMMMMMMMNddddyssssssss+     GPU: NVIDIA GeForce RTX 3090
 /sssssssshNMMMyhhyyyyhmNMMMNhssssssss/    GPU: AMD ATI Radeon RX 6700 XT
.ssssssssdMMMNhsssssssssshNMMMdssssssss.   Memory: 9216MiB / 64221MiB
"""
FASTFETCH = """me@mac
OS: macOS Sequoia 15.1 arm64
Kernel: Darwin 24.1.0
CPU: Apple M3 Max (16) @ 4.06 GHz
GPU: Apple M3 Max (40) @ 1.38 GHz [Integrated]
Memory: 20.11 GiB / 48.00 GiB (42%)
"""
DXDIAG = """------------------
System Information
------------------
         Operating System: Windows 11 Pro 64-bit (10.0, Build 26100) (26100.ge_release)
                Processor: AMD Ryzen 7 7800X3D 8-Core Processor (16 CPUs), ~4.2GHz
                   Memory: 32768MB RAM
---------------
Display Devices
---------------
           Card name: {name}
        Manufacturer: {maker}
          Device Key: Enum\\PCI\\VEN_10DE&DEV_2704&SUBSYS_889B1043&REV_A1
    Dedicated Memory: 16047 MB
      Driver Version: {driver}
"""
PNP = """
Status     Class           FriendlyName                     InstanceId
------     -----           ------------                     ----------
OK         Display         NVIDIA GeForce RTX 4060          PCI\\VEN_10DE&DEV_2882&SUBSYS_40E4...
OK         Display         Parsec Virtual Display Adapter   ROOT\\DISPLAY\\0000
Error      Display         Microsoft Basic Display Adapter  PCI\\VEN_10DE&DEV_1C82&SUBSYS_37621462
"""


def test_sycl_names_each_card_once() -> None:
    assert detect(SYCL) == "sycl-ls"
    cards = READERS["sycl-ls"].read(SYCL).gpus or ()
    assert [(gpu.vendor, gpu.name) for gpu in cards] == [
        ("intel", "Intel(R) Arc(TM) B580 Graphics"),
        ("nvidia", "NVIDIA GeForce RTX 3090"),
    ]
    (old,) = READERS["sycl-ls"].read(OLD_SYCL).gpus or ()
    assert (old.name, old.extra) == ("Intel(R) UHD Graphics 770", {"backend": "opencl"})


def test_lshw_in_full() -> None:
    assert detect(LSHW) == "lshw"
    cards = READERS["lshw"].read(LSHW).gpus or ()
    assert [(gpu.vendor, gpu.name, gpu.pci_id, gpu.bus_id) for gpu in cards] == [
        ("nvidia", "GeForce RTX 3080", "10de:2206", "0000:65:00.0"),
        ("amd", "Radeon RX 7900 XTX", None, "0000:0c:00.0"),
    ]
    assert [gpu.extra for gpu in cards] == [{}, {"kernel_driver": "amdgpu"}]


def test_lshw_as_json_and_in_short() -> None:
    (card,) = READERS["lshw"].read(LSHW_JSON).gpus or ()
    assert (card.vendor, card.name, card.extra) == (
        "nvidia",
        "Tesla T4",
        {"kernel_driver": "nouveau"},
    )
    cards = READERS["lshw"].read(LSHW_SHORT).gpus or ()
    assert [(gpu.vendor, gpu.name) for gpu in cards] == [
        ("nvidia", "GeForce RTX 4070"),
        (None, "UHD Graphics 770"),
    ]


def test_hwinfo() -> None:
    assert detect(HWINFO) == "hwinfo"
    (card,) = READERS["hwinfo"].read(HWINFO).gpus or ()
    assert (card.name, card.pci_id, card.subsystem, card.bus_id, card.extra) == (
        "GeForce GTX 1660 Ti",
        "10de:2182",
        "1458:3fbe",
        "0000:01:00.0",
        {"kernel_driver": "nouveau"},
    )


def test_inxi_names_drivers_and_the_system() -> None:
    assert detect(INXI) == "inxi"
    found = READERS["inxi"].read(INXI)
    nvidia, amd = found.gpus or ()
    assert (nvidia.name, nvidia.driver, nvidia.pci_id) == (
        "GeForce RTX 4080",
        "550.120",
        "10de:2704",
    )
    assert (amd.vendor, amd.driver, amd.extra) == ("amd", None, {"kernel_driver": "amdgpu"})
    assert (found.os, found.arch, found.driver) == ("Linux Mint 22 Wilma", "x86_64", "550.120")
    assert (found.facts["kernel"], found.facts["cpu"]) == ("6.8.0-51-generic", "AMD Ryzen 7 7700X")


@pytest.mark.parametrize(
    ("vendor", "drawn", "version", "name", "driver"),
    [
        (
            "NVIDIA Corporation",
            "NVIDIA GeForce GTX 1080 Ti/PCIe/SSE2",
            "4.6.0 NVIDIA 550.120",
            "NVIDIA GeForce GTX 1080 Ti",
            "550.120",
        ),
        (
            "AMD",
            "AMD Radeon RX 7600 (radeonsi, navi33, LLVM 17.0.6, DRM 3.57, 6.8.0-50-generic)",
            "4.6 (Core Profile) Mesa 24.0.9",
            "AMD Radeon RX 7600",
            None,
        ),
        (
            "Intel",
            "Mesa Intel(R) UHD Graphics 630 (CFL GT2)",
            "4.6",
            "Intel(R) UHD Graphics 630",
            None,
        ),
        (
            "Microsoft Corporation",
            "D3D12 (NVIDIA GeForce RTX 3070)",
            "4.2 Mesa 23.2.1",
            "NVIDIA GeForce RTX 3070",
            None,
        ),
    ],
)
def test_opengl(vendor: str, drawn: str, version: str, name: str, driver: str | None) -> None:
    text = GLX.format(vendor=vendor, drawn=drawn, version=version)
    assert detect(text) == "glxinfo"
    found = READERS["glxinfo"].read(text)
    (card,) = found.gpus or ()
    assert (card.name, card.driver) == (name, driver)
    assert bool(found.facts["wsl_suspected"]) == drawn.startswith("D3D12")


def test_a_processor_that_draws_is_no_card() -> None:
    text = GLX.format(vendor="Mesa", drawn="llvmpipe (LLVM 15.0.7, 256 bits)", version="4.5")
    found = READERS["glxinfo"].read(text)
    assert (found.state, found.gpus) == ("no-gpu", None)


def test_a_system_at_a_glance() -> None:
    assert detect(NEOFETCH) == "neofetch"
    found = READERS["neofetch"].read(NEOFETCH)
    assert [(gpu.vendor, gpu.name) for gpu in found.gpus or ()] == [
        ("nvidia", "NVIDIA GeForce RTX 3090"),
        ("amd", "AMD ATI Radeon RX 6700 XT"),
    ]
    assert (found.os, found.arch) == ("Ubuntu 24.04.1 LTS", "x86_64")
    assert found.facts == {
        "system": "linux",
        "release": None,
        "kernel": "6.8.0-49-generic",
        "cpu": "AMD Ryzen 9 5950X",
        "ram_mib": 64221,
    }
    mac = READERS["neofetch"].read(FASTFETCH)
    assert [gpu.name for gpu in mac.gpus or ()] == ["Apple M3 Max"]
    assert (mac.facts["system"], mac.facts["ram_mib"], mac.arch) == ("macos", 49152, "arm64")


def test_dxdiag() -> None:
    text = DXDIAG.format(name="NVIDIA GeForce RTX 4080", maker="NVIDIA", driver="32.0.15.6094")
    assert detect(text) == "dxdiag"
    found = READERS["dxdiag"].read(text)
    (card,) = found.gpus or ()
    assert (card.pci_id, card.subsystem, card.memory_mib, card.driver) == (
        "10de:2704",
        "1043:889b",
        16047,
        "560.94",
    )
    assert (found.facts["release"], found.facts["cores"], found.facts["ram_mib"]) == (
        "10.0.26100",
        16,
        32768,
    )
    basic = DXDIAG.format(
        name="Microsoft Basic Display Adapter",
        maker="(Standard display types)",
        driver="10.0.26100.1",
    )
    (card,) = READERS["dxdiag"].read(basic).gpus or ()
    assert (card.vendor, card.name, card.driver) == ("nvidia", None, None)
    assert card.extra["stand_in"] == "Microsoft Basic Display Adapter"


def test_windows_devices() -> None:
    assert detect(PNP) == "pnp-devices"
    cards = READERS["pnp-devices"].read(PNP).gpus or ()
    assert [(gpu.name, gpu.pci_id, "stand_in" in gpu.extra) for gpu in cards] == [
        ("NVIDIA GeForce RTX 4060", "10de:2882", False),
        (None, "10de:1c82", True),
    ]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Advanced Micro Devices [AMD/ATI] Navi 22 [Radeon RX 6700 XT]", "Radeon RX 6700 XT"),
        ("NVIDIA GeForce RTX 4090 (128) @ 2.52 GHz [Discrete]", "NVIDIA GeForce RTX 4090"),
        ("Intel TigerLake-LP GT2 [Iris Xe Graphics]", "Iris Xe Graphics"),
        ("NVIDIA TU106 [GeForce RTX 2070] [10de:1f02]", "GeForce RTX 2070"),
    ],
)
def test_a_product(text: str, name: str) -> None:
    assert product_in(text) == name
    assert ids_in(text) == ("10de:1f02" if "1f02" in text else None)


@pytest.mark.parametrize(
    "kind", ["sycl-ls", "lshw", "hwinfo", "inxi", "glxinfo", "neofetch", "dxdiag", "pnp-devices"]
)
@settings(max_examples=200)
@given(
    text=spoiled(
        SYCL, LSHW, LSHW_JSON, LSHW_SHORT, HWINFO, INXI, GLX, NEOFETCH, FASTFETCH, DXDIAG, PNP
    )
)
def test_a_spoiled_text_is_read_without_raising(kind: str, text: str) -> None:
    READERS[kind].matches(text)
    assert READERS[kind].read(text).kind == kind
