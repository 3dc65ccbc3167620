"""Desk machines with Linux and one to eight cards of NVIDIA's."""

from __future__ import annotations

from captures import products as p
from captures.parts import (
    DEBIAN_12,
    NVML_MISSING,
    UBUNTU_20,
    UBUNTU_22,
    UBUNTU_24,
    Described,
    env,
    linux,
    machine,
    nvidia,
    on_bus,
    plugged,
    refused,
)

MACHINES = (
    Described(
        name="workstation-no-gpu",
        shows="a server without any graphics card",
        capture=machine(DEBIAN_12),
    ),
    Described(
        name="workstation-bmc-graphics",
        shows="a server whose only display device is its management controller's",
        capture=machine(DEBIAN_12, on_bus("0000:03:00.0", "1a03:2000", driver="ast")),
    ),
    Described(
        name="workstation-rtx-4090",
        shows="one RTX 4090, the driver's newest branch",
        capture=machine(UBUNTU_22, *nvidia(p.RTX_4090, driver="580.95.05", cuda=13000)),
    ),
    Described(
        name="workstation-two-rtx-3090",
        shows="two cards of a kind",
        capture=machine(
            UBUNTU_20, *nvidia(p.RTX_3090, p.RTX_3090, driver="535.183.01", cuda=12020)
        ),
    ),
    Described(
        name="workstation-three-a6000-exclusive",
        shows="three cards, each open to one process at a time",
        capture=machine(
            UBUNTU_22, *nvidia(*[p.RTX_A6000] * 3, driver="550.144.03", cuda=12040, compute=3)
        ),
    ),
    Described(
        name="workstation-four-titan-xp-r390",
        shows="four TITAN Xp of a lab and a driver that knows no CUDA above 9.1",
        capture=machine(
            linux("ubuntu", "16.04", kernel="4.15.0-142-generic", libc="glibc 2.23"),
            *nvidia(*[p.TITAN_XP] * 4, driver="390.157", cuda=9010, opened=False),
        ),
    ),
    Described(
        name="workstation-eight-rtx-2080-ti",
        shows="eight cards in a miner's frame",
        capture=machine(
            UBUNTU_20,
            *nvidia(*[p.RTX_2080_TI] * 8, driver="470.256.02", cuda=11040, opened=False),
        ),
    ),
    Described(
        name="workstation-mixed-1080-ti-5090",
        shows="Pascal beside Blackwell: NVML counts by slot, CUDA puts the quicker card first",
        capture=machine(
            UBUNTU_24,
            *nvidia(p.GTX_1080_TI, p.RTX_5090, driver="580.95.05", cuda=13000, opened=False),
        ),
    ),
    Described(
        name="workstation-mixed-kepler-too-old",
        shows="a GT 710 for the screen, which the driver of the RTX 3090 beside it left out",
        capture=machine(
            UBUNTU_22,
            plugged(p.GT_710, driver="", first=7),
            *nvidia(p.RTX_3090, driver="550.144.03", cuda=12040),
        ),
    ),
    Described(
        name="workstation-gtx-970",
        shows="a Maxwell card with the branch that still serves it",
        capture=machine(
            UBUNTU_22, *nvidia(p.GTX_970, driver="535.183.01", cuda=12020, opened=False)
        ),
    ),
    Described(
        name="workstation-gtx-680-no-driver",
        shows="a Kepler card of the first kind with no driver at all",
        capture=machine(UBUNTU_22, plugged(p.GTX_680, driver=""), refused(NVML_MISSING)),
    ),
    Described(
        name="workstation-rtx-pro-6000",
        shows="a workstation's Blackwell card with persistence on",
        capture=machine(
            UBUNTU_24, *nvidia(p.RTX_PRO_6000, driver="575.57.08", cuda=12090, persistence=1)
        ),
    ),
    Described(
        name="workstation-passed-through",
        shows="two cards, one of them given to a virtual machine",
        capture=machine(
            UBUNTU_22,
            *nvidia(p.RTX_4090, driver="550.144.03", cuda=12040),
            plugged(p.RTX_3090, driver="vfio-pci", first=8),
        ),
    ),
    Described(
        name="workstation-hidden-by-variable",
        shows="CUDA_VISIBLE_DEVICES left at -1 by somebody's profile",
        capture=machine(
            UBUNTU_22,
            *nvidia(p.RTX_3090, driver="550.144.03", cuda=12040),
            env(CUDA_VISIBLE_DEVICES="-1"),
        ),
    ),
    Described(
        name="workstation-one-of-two-hidden",
        shows="a variable that names one of two cards, counted by slots as the other variable says",
        capture=machine(
            UBUNTU_22,
            *nvidia(p.GTX_1080_TI, p.RTX_4090, driver="570.133.07", cuda=12080, by_slot=True),
            env(CUDA_VISIBLE_DEVICES="0", CUDA_DEVICE_ORDER="PCI_BUS_ID"),
        ),
    ),
    Described(
        name="workstation-amd-beside-nvidia",
        shows="an AMD card for the screen without compute beside NVIDIA's: no trouble of anybody's",
        capture=machine(
            DEBIAN_12,
            on_bus("0000:0a:00.0", "1002:73ff", driver="amdgpu"),
            *nvidia(p.RTX_5080, driver="570.124.06", cuda=12080),
        ),
    ),
    Described(
        name="workstation-external-card",
        shows="an RTX 4090 in a box on Thunderbolt, far up among the buses",
        capture=machine(
            UBUNTU_24,
            on_bus("0000:00:02.0", "8086:46a6", driver="i915"),
            *nvidia(p.RTX_4090, driver="560.35.03", cuda=12060, first=0x52),
        ),
    ),
)
