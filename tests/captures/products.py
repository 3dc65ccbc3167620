"""Cards by the numbers that they answer with."""

from __future__ import annotations

from msgspec import Struct

_3D = "0x030200"
_ACCELERATOR = "0x120000"


class Nvidia(Struct, frozen=True):
    """A card of NVIDIA's: its name as NVML says it, and its ids; memory in MiB."""

    name: str
    capability: tuple[int, int]
    pci_id: str
    memory_mib: int
    subsystem: str = ""
    kind: str = "0x030000"


class Amd(Struct, frozen=True):
    """A card of AMD's; ``target`` is KFD's number for its architecture (90402 for gfx942)."""

    pci_id: str
    target: int
    memory_mib: int = 0
    kind: str = "0x030000"


GTX_680 = Nvidia("GeForce GTX 680", (3, 0), "10de:1180", 2048, "1458:3534")
GT_710 = Nvidia("GeForce GT 710", (3, 5), "10de:128b", 2048, "1043:85e7")
TESLA_K40 = Nvidia("Tesla K40c", (3, 5), "10de:1024", 11441, "10de:0983", _3D)
TESLA_K80 = Nvidia("Tesla K80", (3, 7), "10de:102d", 11441, "10de:106c", _3D)
GEFORCE_940MX = Nvidia("NVIDIA GeForce 940MX", (5, 0), "10de:134d", 2004, "17aa:2258", _3D)
GTX_970 = Nvidia("NVIDIA GeForce GTX 970", (5, 2), "10de:13c2", 4043, "1462:3160")
GTX_1060 = Nvidia("NVIDIA GeForce GTX 1060 6GB", (6, 1), "10de:1c03", 6078, "1458:3702")
GTX_1080_TI = Nvidia("NVIDIA GeForce GTX 1080 Ti", (6, 1), "10de:1b06", 11264, "1043:85ea")
TITAN_XP = Nvidia("NVIDIA TITAN Xp", (6, 1), "10de:1b02", 12196, "10de:11df")
P100 = Nvidia("Tesla P100-PCIE-16GB", (6, 0), "10de:15f8", 16384, "10de:118f", _3D)
V100 = Nvidia("Tesla V100-SXM2-16GB", (7, 0), "10de:1db1", 16384, "10de:1212", _3D)
T4 = Nvidia("Tesla T4", (7, 5), "10de:1eb8", 15360, "10de:12a2", _3D)
T4G = Nvidia("NVIDIA T4G", (7, 5), "10de:1eb4", 15360, "10de:157d", _3D)
RTX_2080_TI = Nvidia("NVIDIA GeForce RTX 2080 Ti", (7, 5), "10de:1e04", 11264, "1043:8687")
GTX_1650 = Nvidia("NVIDIA GeForce GTX 1650", (7, 5), "10de:1f82", 4096, "1458:3fcb")
A100_40 = Nvidia("NVIDIA A100-SXM4-40GB", (8, 0), "10de:20b0", 40960, "10de:144e", _3D)
A100_80 = Nvidia("NVIDIA A100-SXM4-80GB", (8, 0), "10de:20b2", 81920, "10de:1463", _3D)
A10 = Nvidia("NVIDIA A10", (8, 6), "10de:2236", 23028, "10de:1482", _3D)
A10_8Q = Nvidia("NVIDIA A10-8Q", (8, 6), "10de:2236", 8192, "10de:14d5", _3D)
A10G = Nvidia("NVIDIA A10G", (8, 6), "10de:2237", 23028, "10de:152f", _3D)
RTX_3060_LAPTOP = Nvidia("NVIDIA GeForce RTX 3060 Laptop GPU", (8, 6), "10de:2520", 6144)
RTX_3090 = Nvidia("NVIDIA GeForce RTX 3090", (8, 6), "10de:2204", 24576, "1043:87b3")
RTX_A6000 = Nvidia("NVIDIA RTX A6000", (8, 6), "10de:2230", 49140, "10de:1459")
RTX_4060_LAPTOP = Nvidia(
    "NVIDIA GeForce RTX 4060 Laptop GPU", (8, 9), "10de:28e0", 8188, "17aa:3b8d"
)
RTX_4070_LAPTOP = Nvidia(
    "NVIDIA GeForce RTX 4070 Laptop GPU", (8, 9), "10de:2860", 8188, "1043:13c9"
)
RTX_4090 = Nvidia("NVIDIA GeForce RTX 4090", (8, 9), "10de:2684", 24564, "1462:5103")
L4 = Nvidia("NVIDIA L4", (8, 9), "10de:27b8", 23034, "10de:16ca", _3D)
L40S = Nvidia("NVIDIA L40S", (8, 9), "10de:26b9", 46068, "10de:1851", _3D)
H100 = Nvidia("NVIDIA H100 80GB HBM3", (9, 0), "10de:2330", 81559, "10de:16c1", _3D)
H200 = Nvidia("NVIDIA H200", (9, 0), "10de:2335", 143771, "10de:18be", _3D)
GH200 = Nvidia("NVIDIA GH200 480GB", (9, 0), "10de:2342", 97871, "10de:16eb", _3D)
B200 = Nvidia("NVIDIA B200", (10, 0), "10de:2901", 183359, "10de:1999", _3D)
GB10 = Nvidia("NVIDIA GB10", (12, 1), "10de:2e12", 0, "10de:0000")
RTX_5060_TI = Nvidia("NVIDIA GeForce RTX 5060 Ti", (12, 0), "10de:2d04", 16311, "1462:5351")
RTX_5070_TI_LAPTOP = Nvidia(
    "NVIDIA GeForce RTX 5070 Ti Laptop GPU", (12, 0), "10de:2f58", 12227, "1025:1828"
)
RTX_5080 = Nvidia("NVIDIA GeForce RTX 5080", (12, 0), "10de:2c02", 16303, "1043:89e8")
RTX_5090 = Nvidia("NVIDIA GeForce RTX 5090", (12, 0), "10de:2b85", 32607, "1043:8a0d")
RTX_PRO_6000 = Nvidia(
    "NVIDIA RTX PRO 6000 Blackwell Workstation Edition", (12, 0), "10de:2bb1", 97887, "10de:204b"
)
ORIN = Nvidia("Orin", (8, 7), "10de:0000", 0)

RX_580 = Amd("1002:67df", 80003, 8192)
VEGA_64 = Amd("1002:687f", 90000, 8176)
RX_6600 = Amd("1002:73ff", 100302, 8176)
RX_6800 = Amd("1002:73bf", 100300, 16368)
RX_7900_XTX = Amd("1002:744c", 110000, 24560)
RX_9070_XT = Amd("1002:7550", 120001, 16304)
RADEON_680M = Amd("1002:1681", 100305, 512)
RADEON_780M = Amd("1002:15bf", 110003, 4096)
STRIX_HALO = Amd("1002:1586", 110501, 98304)
VAN_GOGH = Amd("1002:163f", 100303, 1024)
MI100 = Amd("1002:738c", 90008, 32752, _ACCELERATOR)
MI210 = Amd("1002:740f", 90010, 65520, "0x038000")
MI250X = Amd("1002:7408", 90010, 65520, "0x038000")
MI300X = Amd("1002:74a1", 90402, 196592, _ACCELERATOR)
MI355X = Amd("1002:75a0", 90500, 294896, _ACCELERATOR)
