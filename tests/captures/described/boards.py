"""ARM: Jetsons, small boards, and machines with a processor of NVIDIA's own."""

from __future__ import annotations

from captures import products as p
from captures.parts import (
    NVML_MISSING,
    UBUNTU_22,
    UBUNTU_24,
    Described,
    Piece,
    arm,
    device,
    file,
    libcuda,
    linux,
    machine,
    module,
    nvidia,
    nvml,
    on_bus,
    refused,
    started,
    toolkit,
)

_MODEL = "/proc/device-tree/model"
_RELEASE = "/etc/nv_tegra_release"


def _board(model: str, chip: str) -> Piece:
    return {
        "files": {_MODEL: f"{model}\0", "/proc/device-tree/compatible": f"nvidia,{chip}\0"},
    }


def _l4t(major: int, minor: str) -> Piece:
    return file(
        _RELEASE,
        f"# R{major} (release), REVISION: {minor}, GCID: 1, BOARD: generic, EABI: aarch64, "
        "DATE: Mon Jan  1 00:00:00 UTC 2024\n",
    )


def _integrated(cuda: int, capability: tuple[int, int]) -> dict[str, object]:
    return {
        "init": 0,
        "cuda": cuda,
        "devices": [{"index": 0, "bus": "0000:00:00.0", "uuid": "1", "capability": capability}],
    }


MACHINES = (
    Described(
        name="jetson-nano-jetpack-4",
        shows="a Jetson Nano with L4T 32: no NVML, the card known by libcuda",
        capture=machine(
            linux("ubuntu", "18.04", kernel="4.9.337-tegra", libc="glibc 2.27", memory_gib=4),
            arm(features="fp asimd evtstrm aes pmull sha1 sha2 crc32"),
            _board("NVIDIA Jetson Nano Developer Kit", "tegra210"),
            _l4t(32, "7.4"),
            file("/dev/nvhost-gpu"),
            toolkit("10.2.300"),
            {"ran": (refused(NVML_MISSING)["ran"][0], libcuda(_integrated(10020, (5, 3))))},
        ),
    ),
    Described(
        name="jetson-xavier-jetpack-5",
        shows="a Jetson AGX Xavier with L4T 35",
        capture=machine(
            linux("ubuntu", "20.04", kernel="5.10.216-tegra", libc="glibc 2.31", memory_gib=31),
            arm("0x4e"),
            _board("Jetson-AGX", "tegra194"),
            _l4t(35, "6.0"),
            file("/dev/nvhost-gpu"),
            toolkit("11.4.315"),
            {"ran": (refused(NVML_MISSING)["ran"][0], libcuda(_integrated(11040, (7, 2))))},
        ),
    ),
    Described(
        name="jetson-orin-nano-jetpack-6",
        shows="a Jetson Orin Nano with L4T 36, whose NVML lists the board's own card",
        capture=machine(
            linux("ubuntu", "22.04", kernel="5.15.148-tegra", libc="glibc 2.35", memory_gib=8),
            arm(),
            _board("NVIDIA Jetson Orin Nano Engineering Reference Developer Kit Super", "tegra234"),
            _l4t(36, "4.3"),
            file("/dev/nvgpu/igpu0/ctrl"),
            module("540.4.0"),
            toolkit("12.6.68"),
            {
                "ran": (
                    nvml(
                        {"index": 0, "name": "Orin (nvgpu)", "uuid": "1"},
                        driver="540.4.0",
                        cuda=12060,
                    ),
                    libcuda(_integrated(12060, (8, 7))),
                )
            },
        ),
    ),
    Described(
        name="jetson-orin-container-without-runtime",
        shows="a container on a Jetson without NVIDIA's runtime: no device is handed on",
        capture=machine(
            UBUNTU_22,
            arm(),
            _board("NVIDIA Jetson AGX Orin Developer Kit", "tegra234"),
            file("/proc/sys/kernel/osrelease", "5.15.148-tegra\n"),
            file("/.dockerenv"),
        ),
    ),
    Described(
        name="raspberry-pi-5",
        shows="a Raspberry Pi 5, whose graphics compute nothing",
        capture=machine(
            linux("debian", "12", kernel="6.6.51+rpt-rpi-2712", libc="glibc 2.36", memory_gib=8),
            arm(model="Raspberry Pi 5 Model B Rev 1.0"),
            file(_MODEL, "Raspberry Pi 5 Model B Rev 1.0\0"),
        ),
    ),
    Described(
        name="dgx-spark-gb10",
        shows="a DGX Spark: GB10, whose memory is the machine's",
        capture=machine(
            linux("ubuntu", "24.04", kernel="6.11.0-1016-nvidia", libc="glibc 2.39", memory_gib=96),
            arm(features="fp asimd sve sve2 i8mm bf16"),
            *nvidia(p.GB10, driver="580.95.05", cuda=13000, first=0x0F),
        ),
    ),
    Described(
        name="grace-hopper",
        shows="a Grace Hopper: an H100 beside NVIDIA's own processor",
        capture=machine(
            UBUNTU_22,
            arm(features="fp asimd sve sve2"),
            *nvidia(p.GH200, driver="570.133.20", cuda=12080, first=9),
        ),
    ),
    Described(
        name="graviton-t4g",
        shows="a rented Graviton with a T4G",
        capture=machine(
            linux("amzn", "2023", kernel="6.1.119-129.201.amzn2023.aarch64", libc="glibc 2.34"),
            arm(),
            *nvidia(p.T4G, driver="535.183.01", cuda=12020, first=0x1F),
        ),
    ),
    Described(
        name="graviton-no-gpu",
        shows="a rented Graviton without a card",
        capture=machine(UBUNTU_24, arm(features="fp asimd sve i8mm bf16")),
    ),
    Described(
        name="ampere-altra-two-l4",
        shows="an Altra server with two L4 and a management controller's graphics",
        capture=machine(
            UBUNTU_22,
            arm("0xc0"),
            on_bus("0004:02:00.0", "1a03:2000", driver="ast"),
            *nvidia(p.L4, p.L4, driver="550.127.08", cuda=12040),
        ),
    ),
    Described(
        name="orin-discrete-card",
        shows="a Jetson AGX Orin with a card in its slot beside its own",
        capture=machine(
            linux("ubuntu", "22.04", kernel="5.15.148-tegra", libc="glibc 2.35", memory_gib=62),
            arm(),
            _board("NVIDIA Jetson AGX Orin Developer Kit", "tegra234"),
            _l4t(36, "4.3"),
            *nvidia(p.RTX_A6000, driver="540.4.0", cuda=12060)[:2],
            {
                "ran": (
                    nvml(device(p.RTX_A6000, 0, 1), driver="540.4.0", cuda=12060),
                    started(12060, (0, p.RTX_A6000, 1)),
                )
            },
        ),
    ),
)
