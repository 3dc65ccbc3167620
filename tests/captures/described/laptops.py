"""Laptops with Linux: two graphics units each, one for the screen."""

from __future__ import annotations

from captures import products as p
from captures.parts import (
    ARCH,
    FEDORA_42,
    NOT_LOADED,
    NVML_MISSING,
    UBUNTU_22,
    UBUNTU_24,
    Described,
    amd,
    env,
    linux,
    machine,
    nvidia,
    on_bus,
    plugged,
    refused,
)

_IRIS = on_bus("0000:00:02.0", "8086:46a6", driver="i915")
MACHINES = (
    Described(
        name="laptop-optimus-rtx-4060",
        shows="a laptop with Intel's graphics for the screen and an RTX 4060 on demand",
        capture=machine(UBUNTU_24, _IRIS, *nvidia(p.RTX_4060_LAPTOP, driver="550.120", cuda=12040)),
    ),
    Described(
        name="laptop-optimus-rtx-5070-ti",
        shows="a Blackwell laptop with Fedora and NVIDIA's newest branch",
        capture=machine(
            FEDORA_42, _IRIS, *nvidia(p.RTX_5070_TI_LAPTOP, driver="580.95.05", cuda=13000)
        ),
    ),
    Described(
        name="laptop-optimus-switched-off",
        shows="an Optimus laptop on battery: the card is on the bus, prime-select left no module",
        capture=machine(
            UBUNTU_22, _IRIS, plugged(p.RTX_3060_LAPTOP, driver=""), refused(NOT_LOADED)
        ),
    ),
    Described(
        name="laptop-940mx-r470",
        shows="an old ThinkPad with a 940MX and the driver branch of its time",
        capture=machine(
            linux("ubuntu", "20.04", kernel="5.4.0-200-generic", libc="glibc 2.31", memory_gib=8),
            on_bus("0000:00:02.0", "8086:3e92", driver="i915"),
            *nvidia(p.GEFORCE_940MX, driver="470.256.02", cuda=11040, opened=False),
        ),
    ),
    Described(
        name="laptop-amd-with-rtx-4070",
        shows="a laptop with a Ryzen's own graphics beside an RTX 4070: AMD's lacks nothing here",
        capture=machine(
            ARCH,
            *amd(p.RADEON_780M, first=0x65, kfd=False),
            *nvidia(p.RTX_4070_LAPTOP, driver="565.77", cuda=12070),
        ),
    ),
    Described(
        name="laptop-ryzen-680m",
        shows="a laptop with a Ryzen's graphics alone, /dev/kfd open to the user",
        capture=machine(FEDORA_42, *amd(p.RADEON_680M, first=0x34)),
    ),
    Described(
        name="laptop-strix-halo",
        shows="a Strix Halo laptop whose graphics take most of the memory",
        capture=machine(
            linux("ubuntu", "24.04", kernel="6.14.0-24-generic", libc="glibc 2.39", memory_gib=31),
            *amd(p.STRIX_HALO, first=0xC4),
        ),
    ),
    Described(
        name="laptop-iris-xe",
        shows="a laptop with Iris Xe, which no XPU build serves",
        capture=machine(UBUNTU_24, _IRIS),
    ),
    Described(
        name="laptop-arc-lunar-lake",
        shows="a Lunar Lake laptop with the driver xe",
        capture=machine(FEDORA_42, on_bus("0000:00:02.0", "8086:64a0", driver="xe")),
    ),
    Described(
        name="laptop-arc-meteor-lake",
        shows="a Meteor Lake laptop: Arc graphics and a neural unit that is no card",
        capture=machine(
            UBUNTU_24,
            on_bus("0000:00:02.0", "8086:7d55", driver="i915"),
            on_bus("0000:00:0b.0", "8086:7d1d", driver="intel_vpu", kind="0x120000"),
        ),
    ),
    Described(
        name="laptop-nouveau",
        shows="a fresh Fedora on which nouveau holds the card",
        capture=machine(
            FEDORA_42,
            _IRIS,
            plugged(p.RTX_3060_LAPTOP, driver="nouveau"),
            refused(NVML_MISSING),
            env(XDG_SESSION_TYPE="wayland"),
        ),
    ),
    Described(
        name="steam-deck",
        shows="a Steam Deck: Van Gogh's graphics without the compute device",
        capture=machine(
            linux("steamos", "3.6.19", kernel="6.5.0-valve22-1-neptune-65", libc="glibc 2.39"),
            *amd(p.VAN_GOGH, first=4, kfd=False),
        ),
    ),
)
