"""AMD's ``amd-smi`` and ``hipInfo``."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from spoiledtexts import spoiled
from torchup.readers import READERS, detect

LIST = """GPU: 0
    BDF: 0000:03:00.0
    UUID: 12ff744c-0000-1000-80aa-bbccddeeff00
    KFD_ID: 26967
    NODE_ID: 1
    PARTITION_ID: 0

GPU: 1
    BDF: 0000:83:00.0
    UUID: 34ff744c-0000-1000-80aa-bbccddeeff00
"""
STATIC = """GPU: 0
    ASIC:
        MARKET_NAME: AMD Instinct MI210
        VENDOR_ID: 0x1002
        DEVICE_ID: 0x740f
        NUM_COMPUTE_UNITS: 104
        TARGET_GRAPHICS_VERSION: gfx90a
    BUS:
        BDF: 0000:83:00.0
        MAX_PCIE_WIDTH: 16
    DRIVER:
        NAME: amdgpu
        VERSION: 6.8.5
    VRAM:
        TYPE: HBM
        SIZE: 65520 MB
    NUMA:
        NODE: 0
"""
TABLE = """+------------------------------------------------------------------------------+
| AMD-SMI 26.1.0+5df6c765      amdgpu version: 6.16.6   ROCm version: 7.1.0    |
| VBIOS version: 00164312                                                      |
| Platform: Linux Baremetal                                                    |
|-------------------------------------+----------------------------------------|
| BDF                        GPU-Name | Mem-Uti   Temp   UEC       Power-Usage |
| GPU  HIP-ID  OAM-ID  Partition-Mode | GFX-Uti    Fan               Mem-Usage |
|=====================================+========================================|
| 0000:09:00.0    AMD Instinct MI325X | 0 %      49 °C   0          144/1000 W |
|   0       0       3        SPX/NPS1 | 0 %        N/A           283/262128 MB |
+-------------------------------------+----------------------------------------+
"""
MONITOR = """GPU  POWER   GPU_T   MEM_T   GFX_CLK   GFX%   MEM%   ENC%   DEC%      VRAM_USAGE
  0  142 W   43 °C   32 °C   132 MHz    0 %    0 %    N/A    0 %     0.3/ 24.0 GB
  1  139 W   44 °C   33 °C   132 MHz    0 %    0 %    N/A    0 %     0.3/ 24.0 GB
"""
OLD_JSON = """[{"gpu": 0, "asic": {"market_name": "AMD Radeon RX 7800 XT", "device_id": "0x747e",
 "num_compute_units": 60, "target_graphics_version": "gfx1101"}, "bus": {"bdf": "0000:0b:00.0"},
 "driver": {"name": "amdgpu", "version": "6.10.5"},
 "vram": {"type": "GDDR6", "size": {"value": 16368, "unit": "MB"}}}]"""
NEW_JSON = '{"gpu_data": ' + OLD_JSON + "}"
HIPINFO = """--------------------------------------------------------------------------------
device#                           0
Name:                             AMD Radeon RX 6950 XT
pciBusID:                         45
pciDeviceID:                      0
pciDomainID:                      0
totalGlobalMem:                   {size} GB
isIntegrated:                     0
gcnArchName:                      gfx1030
"""


def test_a_list_has_slots_alone() -> None:
    assert detect(LIST) == "amd-smi"
    found = READERS["amd-smi"].read(LIST)
    assert [(gpu.index, gpu.name, gpu.bus_id) for gpu in found.gpus or ()] == [
        (0, None, "0000:03:00.0"),
        (1, None, "0000:83:00.0"),
    ]


@pytest.mark.parametrize("text", [STATIC, LIST.replace("03:00", "83:00")[:60] + "\n" + STATIC])
def test_static_values(text: str) -> None:
    found = READERS["amd-smi"].read(text)
    (card,) = found.gpus or ()
    assert (card.name, card.arch, card.pci_id) == ("AMD Instinct MI210", "gfx90a", "1002:740f")
    assert (card.memory_mib, card.bus_id, found.driver) == (65520, "0000:83:00.0", "6.8.5")
    assert card.extra == {"compute_units": 104}


def test_the_table_since_rocm_7() -> None:
    assert detect(TABLE) == "amd-smi"
    found = READERS["amd-smi"].read(TABLE)
    (card,) = found.gpus or ()
    assert (card.name, card.memory_mib, card.index) == ("AMD Instinct MI325X", 262128, 0)
    assert (found.driver, found.facts["rocm"]) == ("6.16.6", "7.1.0")


def test_a_line_for_each_card() -> None:
    assert detect(MONITOR) == "amd-smi"
    cards = READERS["amd-smi"].read(MONITOR).gpus or ()
    assert [(gpu.index, gpu.memory_mib) for gpu in cards] == [(0, 24576), (1, 24576)]


def test_the_version_alone() -> None:
    text = (
        "AMDSMI Tool: 25.5.1+41065 | AMDSMI Library version: 25.5.1 | ROCm version: 6.4.2"
        " | amdgpu version: 6.12.12 | amd_hsmp version: N/A\n"
    )
    found = READERS["amd-smi"].read(text)
    assert detect(text) == "amd-smi"
    assert (found.gpus, found.driver, found.facts["rocm"]) == (None, "6.12.12", "6.4.2")


def test_values_between_commas() -> None:
    text = (
        "gpu,market_name,device_id,target_graphics_version\n0,AMD Radeon PRO W7900,0x7448,gfx1100\n"
    )
    (card,) = READERS["amd-smi"].read(text).gpus or ()
    assert (card.name, card.arch, card.pci_id) == ("AMD Radeon PRO W7900", "gfx1100", "1002:7448")


@pytest.mark.parametrize("text", [OLD_JSON, NEW_JSON])
def test_json_before_and_since_rocm_7(text: str) -> None:
    assert detect(text) == "amd-smi-json"
    found = READERS["amd-smi-json"].read(text)
    (card,) = found.gpus or ()
    assert (card.name, card.arch, card.pci_id) == ("AMD Radeon RX 7800 XT", "gfx1101", "1002:747e")
    assert (card.memory_mib, card.bus_id, found.driver) == (16368, "0000:0b:00.0", "6.10.5")


@pytest.mark.parametrize(("size", "memory"), [("15.98", 16364), ("0.16", None)])
def test_hipinfo(size: str, memory: int | None) -> None:
    text = HIPINFO.replace("{size}", size)
    assert detect(text) == "hipinfo"
    (card,) = READERS["hipinfo"].read(text).gpus or ()
    assert (card.name, card.arch, card.bus_id) == (
        "AMD Radeon RX 6950 XT",
        "gfx1030",
        "0000:2d:00.0",
    )
    assert card.memory_mib == memory


@pytest.mark.parametrize("kind", ["amd-smi", "amd-smi-json", "hipinfo"])
@settings(max_examples=200)
@given(text=spoiled(LIST, STATIC, TABLE, MONITOR, NEW_JSON, HIPINFO))
def test_a_spoiled_text_is_read_without_raising(kind: str, text: str) -> None:
    READERS[kind].matches(text)
    assert READERS[kind].read(text).kind == kind
