"""Cards of AMD's and Intel's on Linux, set up and not."""

from __future__ import annotations

from captures import products as p
from captures.parts import (
    ROCKY_9,
    UBUNTU_22,
    UBUNTU_24,
    Described,
    amd,
    env,
    file,
    linux,
    machine,
    on_bus,
)

_SUSE = linux("sles", "15.5", kernel="5.14.21-150500.55.83-default", libc="glibc 2.31")
_ROCM = file("/opt/rocm/.info/version", "6.4.1-83\n")
MACHINES = (
    Described(
        name="amd-mi300x-eight",
        shows="eight MI300X, which are accelerators and no display devices",
        capture=machine(
            UBUNTU_22,
            *amd(*[p.MI300X] * 8, first=0x05),
            _ROCM,
            file("/sys/module/amdgpu/version", "6.12.12\n"),
        ),
    ),
    Described(
        name="amd-mi355x",
        shows="one MI355X of the newest kind",
        capture=machine(UBUNTU_24, *amd(p.MI355X), file("/opt/rocm/.info/version", "7.0.2-56\n")),
    ),
    Described(
        name="amd-mi250x-node",
        shows="four halves of MI250X on a cluster's node with SUSE",
        capture=machine(
            _SUSE,
            *amd(*[p.MI250X] * 4, first=0xC1),
            file("/opt/rocm/.info/version", "6.2.4\n"),
            env(ROCR_VISIBLE_DEVICES="0,1"),
        ),
    ),
    Described(
        name="amd-mi210",
        shows="an MI210 with Rocky Linux",
        capture=machine(ROCKY_9, *amd(p.MI210), _ROCM),
    ),
    Described(
        name="amd-mi100-no-permission",
        shows="an MI100 that this user may not use: not in the group render",
        capture=machine(UBUNTU_22, *amd(p.MI100, may=False), _ROCM),
    ),
    Described(
        name="amd-rx-7900-xtx",
        shows="an RX 7900 XTX that works",
        capture=machine(UBUNTU_24, *amd(p.RX_7900_XTX), _ROCM),
    ),
    Described(
        name="amd-rx-9070-xt-and-igpu",
        shows="an RX 9070 XT beside the processor's own graphics, both computing",
        capture=machine(UBUNTU_24, *amd(p.RX_9070_XT, p.RADEON_780M)),
    ),
    Described(
        name="amd-rx-6600-override",
        shows="an RX 6600 told to pass for another architecture",
        capture=machine(UBUNTU_22, *amd(p.RX_6600), env(HSA_OVERRIDE_GFX_VERSION="10.3.0")),
    ),
    Described(
        name="amd-rx-580",
        shows="a Polaris card, which no build of today serves",
        capture=machine(UBUNTU_22, *amd(p.RX_580)),
    ),
    Described(
        name="amd-vega-64-no-kfd",
        shows="a Vega with the driver and without its compute device",
        capture=machine(UBUNTU_22, *amd(p.VEGA_64, kfd=False)),
    ),
    Described(
        name="amd-no-driver",
        shows="an RX 6800 that no driver took",
        capture=machine(UBUNTU_22, *amd(p.RX_6800, driver="", kfd=False)),
    ),
    Described(
        name="amd-held",
        shows="an RX 6800 given to a virtual machine",
        capture=machine(UBUNTU_22, *amd(p.RX_6800, driver="vfio-pci", kfd=False)),
    ),
    Described(
        name="amd-hidden",
        shows="a variable that hides every card of AMD's",
        capture=machine(UBUNTU_24, *amd(p.RX_7900_XTX), env(HIP_VISIBLE_DEVICES="-1")),
    ),
    Described(
        name="amd-container-no-devices",
        shows="a container that was not given /dev/kfd",
        capture=machine(UBUNTU_24, *amd(p.RX_7900_XTX, kfd=False), file("/.dockerenv")),
    ),
    Described(
        name="intel-arc-a770",
        shows="an Arc A770 with the driver i915",
        capture=machine(UBUNTU_24, on_bus("0000:03:00.0", "8086:56a0", driver="i915")),
    ),
    Described(
        name="intel-arc-b580-beside-uhd",
        shows="an Arc B580 beside the processor's own graphics, which no build serves",
        capture=machine(
            UBUNTU_24,
            on_bus("0000:00:02.0", "8086:4680", driver="i915"),
            on_bus("0000:03:00.0", "8086:e20b", driver="xe"),
            env(ZE_AFFINITY_MASK="0"),
        ),
    ),
    Described(
        name="intel-max-1550-four",
        shows="four Data Center GPU Max",
        capture=machine(
            _SUSE,
            *(
                on_bus(f"0000:{at}:00.0", "8086:0bd5", driver="i915", kind="0x038000")
                for at in ("18", "2a", "3a", "9a")
            ),
        ),
    ),
    Described(
        name="intel-flex-170-no-driver",
        shows="a Flex 170 that no driver took",
        capture=machine(UBUNTU_22, on_bus("0000:4d:00.0", "8086:56c0", kind="0x038000")),
    ),
    Described(
        name="intel-uhd-630",
        shows="a desktop with nothing but the processor's graphics",
        capture=machine(UBUNTU_22, on_bus("0000:00:02.0", "8086:3e92", driver="i915")),
    ),
)
