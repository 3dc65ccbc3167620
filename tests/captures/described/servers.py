"""Servers and rented machines: data centre cards, slices of them, cards of virtual machines."""

from __future__ import annotations

from captures import products as p
from captures.parts import (
    NOT_LOADED,
    ROCKY_9,
    UBUNTU_20,
    UBUNTU_22,
    UBUNTU_24,
    Described,
    env,
    file,
    linux,
    machine,
    nvidia,
    plugged,
    refused,
    uuid,
)

_AMAZON = linux(
    "amzn", "2023", kernel="6.1.119-129.201.amzn2023.x86_64", libc="glibc 2.34", home="/home/user"
)
_COS = linux("debian", "11", kernel="5.10.0-33-cloud-amd64", libc="glibc 2.31")
_SWITCHED = (file("/dev/nvidia-nvswitch0"), file("/dev/nvidia-nvswitchctl"))
MACHINES = (
    Described(
        name="dgx-a100-eight",
        shows="a DGX A100: eight cards joined by NVSwitch, the fabric up",
        capture=machine(
            UBUNTU_22,
            *nvidia(*[p.A100_40] * 8, driver="535.216.01", cuda=12020, persistence=1, fabric=3),
            *_SWITCHED,
        ),
    ),
    Described(
        name="dgx-h100-mig",
        shows="two H100, both cut into slices",
        capture=machine(UBUNTU_22, *nvidia(p.H100, p.H100, driver="550.127.08", cuda=12040, mig=1)),
    ),
    Described(
        name="a100-mig-one-slice-visible",
        shows="an A100 cut into slices, one of which the variable names",
        capture=machine(
            UBUNTU_20,
            *nvidia(p.A100_80, driver="525.147.05", cuda=12000, mig=1),
            env(CUDA_VISIBLE_DEVICES=f"MIG-{uuid(1)}/7/0"),
        ),
    ),
    Described(
        name="a100-mig-off",
        shows="an A100 that could be cut and is not",
        capture=machine(ROCKY_9, *nvidia(p.A100_80, driver="550.127.08", cuda=12040, mig=0, ecc=0)),
    ),
    Described(
        name="h100-ecc-errors",
        shows="an H100 with memory errors that could not be corrected",
        capture=machine(UBUNTU_22, *nvidia(p.H100, driver="550.127.08", cuda=12040, ecc=3)),
    ),
    Described(
        name="h200-prohibited",
        shows="two H200 that an administrator closed to CUDA",
        capture=machine(
            UBUNTU_24, *nvidia(p.H200, p.H200, driver="570.133.20", cuda=12080, compute=2)
        ),
    ),
    Described(
        name="dgx-b200",
        shows="eight B200 with the branch that first knew them",
        capture=machine(
            UBUNTU_24, *nvidia(*[p.B200] * 8, driver="570.133.20", cuda=12080, fabric=3)
        ),
    ),
    Described(
        name="vgpu-guest-a10-8q",
        shows="a guest with a third of an A10 and the licensed guest's driver",
        capture=machine(UBUNTU_22, *nvidia(p.A10_8Q, driver="550.90.07", cuda=12040, virtual=2)),
    ),
    Described(
        name="vgpu-host-a10",
        shows="the host that hands such parts out: its own driver serves no CUDA",
        capture=machine(
            ROCKY_9,
            plugged(p.A10),
            *nvidia(p.A10, driver="550.90.05", cuda=12040, virtual=4, compute=0)[1:],
        ),
    ),
    Described(
        name="aws-g4dn-t4",
        shows="a rented T4 with Amazon's own Linux",
        capture=machine(_AMAZON, *nvidia(p.T4, driver="535.183.01", cuda=12020, first=0x1E)),
    ),
    Described(
        name="aws-g5-a10g",
        shows="a rented A10G",
        capture=machine(UBUNTU_22, *nvidia(p.A10G, driver="550.127.05", cuda=12040, first=0x1E)),
    ),
    Described(
        name="aws-p3-v100-four",
        shows="four rented V100",
        capture=machine(
            _AMAZON,
            *nvidia(*[p.V100] * 4, driver="550.127.05", cuda=12040, opened=False, first=0x1B),
        ),
    ),
    Described(
        name="gcp-l4",
        shows="a rented L4 with Debian",
        capture=machine(_COS, *nvidia(p.L4, driver="550.90.07", cuda=12040, first=4)),
    ),
    Described(
        name="gcp-n1-p100-r470",
        shows="a rented P100 with a driver that nobody updated",
        capture=machine(
            _COS, *nvidia(p.P100, driver="470.256.02", cuda=11040, opened=False, first=4)
        ),
    ),
    Described(
        name="azure-k80",
        shows="half a K80, the last machine of its kind",
        capture=machine(
            linux("ubuntu", "18.04", kernel="5.4.0-1109-azure", libc="glibc 2.27"),
            *nvidia(p.TESLA_K80, driver="470.256.02", cuda=11040, opened=False),
        ),
    ),
    Described(
        name="colab-t4",
        shows="a notebook of Colab: libraries of the driver off the usual path, a container",
        capture=machine(
            UBUNTU_22,
            *nvidia(p.T4, driver="550.54.15", cuda=12040, first=4),
            file("/.dockerenv"),
            env(LD_LIBRARY_PATH="/usr/lib64-nvidia", NVIDIA_VISIBLE_DEVICES="all"),
        ),
    ),
    Described(
        name="cluster-login-node",
        shows="the door to a cluster: the driver's programs without a card or a module",
        capture=machine(
            ROCKY_9,
            {"programs": {"nvidia-smi": "/usr/bin/nvidia-smi"}},
            refused(NOT_LOADED),
            env(SLURM_CONF="/etc/slurm.conf"),
        ),
    ),
    Described(
        name="cluster-l40s-one-of-four",
        shows="a job that was given one of four cards",
        capture=machine(
            ROCKY_9,
            *nvidia(*[p.L40S] * 4, driver="570.86.15", cuda=12080),
            env(CUDA_VISIBLE_DEVICES="2"),
        ),
    ),
)
