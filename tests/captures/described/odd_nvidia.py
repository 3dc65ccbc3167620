"""Every odd state that an NVIDIA driver gets into on Linux."""

from __future__ import annotations

import json

from captures import products as p
from captures.parts import (
    CUDA_PAYLOAD,
    NOT_LOADED,
    NVML_MISSING,
    UBUNTU_22,
    UBUNTU_24,
    Described,
    address,
    device,
    file,
    libcuda,
    machine,
    module,
    nvidia,
    nvml,
    plugged,
    refused,
    started,
)
from stubs import machines
from stubs.machines import PAYLOAD, ran
from torchup.host import Completed
from torchup.host.capture import Ran
from torchup.vendors.nvidia import kernel

_CARD = plugged(p.RTX_3090)
_MODULE = module("550.144.03")
_OPENED = device(p.RTX_3090, 0, 1)
_NO_DEVICES: dict[str, object] = {"init": None, "cuda": None, "devices": []}
_MODEL = "/proc/driver/nvidia/gpus/{}/information"


def _hung(argv: tuple[str, ...]) -> Ran:
    return Ran(argv=argv, done=Completed(code=-9, timed_out=True))


def _lost(function: str, why: str, code: int, gpu: int) -> dict[str, object]:
    return {"function": function, "gpu": gpu, "code": code, "why": why}


MACHINES = (
    Described(
        name="nvidia-module-not-loaded",
        shows="a driver whose module nobody loaded",
        capture=machine(
            UBUNTU_22,
            plugged(p.RTX_3090, driver=""),
            refused(NOT_LOADED),
            {"ran": (ran("mokutil", "--sb-state", out="SecureBoot disabled\n"),)},
        ),
    ),
    Described(
        name="nvidia-secure-boot",
        shows="Secure Boot refused the module, as mokutil says",
        capture=machine(
            UBUNTU_24,
            plugged(p.RTX_4090, driver=""),
            refused(NOT_LOADED),
            {"ran": (ran("mokutil", "--sb-state", out="SecureBoot enabled\n"),)},
        ),
    ),
    Described(
        name="nvidia-secure-boot-without-mokutil",
        shows="Secure Boot refused the module, as the firmware's variable says",
        capture=machine(
            UBUNTU_24,
            plugged(p.RTX_4090, driver=""),
            refused(NOT_LOADED),
            file(kernel.SECURE_BOOT, "\x06\0\0\0\1"),
        ),
    ),
    Described(
        name="nvidia-updated-not-rebooted",
        shows="a library newer than the loaded module: a restart is due",
        capture=machine(
            UBUNTU_22,
            _CARD,
            module("535.183.01"),
            file(
                _MODEL.format(address(1)),
                "Model: \t\t NVIDIA GeForce RTX 3090\n"
                "GPU UUID: \t GPU-????????-????-????-????-????????????\n"
                "Bus Location: \t 0000:01:00.0\n",
            ),
            refused((18, "Driver/library version mismatch")),
        ),
    ),
    Described(
        name="nvidia-nouveau-two-cards",
        shows="nouveau holds both cards",
        capture=machine(
            UBUNTU_22, plugged(p.GTX_1060, p.GTX_970, driver="nouveau"), refused(NVML_MISSING)
        ),
    ),
    Described(
        name="nvidia-no-gpu-listed",
        shows="a driver that is up and lists no card",
        capture=machine(
            UBUNTU_22,
            _CARD,
            _MODULE,
            {"ran": (nvml(driver="550.144.03", cuda=12040), started(12040, init=100))},
        ),
    ),
    Described(
        name="nvidia-fallen-off-the-bus",
        shows="one of two cards fell off the bus: NVML calls it lost, the kernel's log has Xid 79",
        capture=machine(
            UBUNTU_22,
            plugged(p.RTX_3090, p.RTX_3090),
            module("550.144.03", cards=2),
            {
                "ran": (
                    nvml(
                        _OPENED,
                        {"index": 1},
                        driver="550.144.03",
                        cuda=12040,
                        failures=(_lost("nvmlDeviceGetHandleByIndex", "GPU is lost", 15, 1),),
                    ),
                    started(12040, (0, p.RTX_3090, 1)),
                    ran(
                        "dmesg",
                        out=(
                            "[ 812.1] NVRM: GPU at PCI:0000:02:00: GPU-00000000\n"
                            "[ 812.2] NVRM: Xid (PCI:0000:02:00): 79, pid=0, GPU has fallen off "
                            "the bus.\n"
                        ),
                    ),
                )
            },
        ),
    ),
    Described(
        name="nvidia-rev-ff",
        shows="the only card fell off the bus: it reads as all ones, and the log is closed",
        capture=machine(
            UBUNTU_22,
            _CARD,
            _MODULE,
            file(f"{machines.PCI}/{address(1)}/revision", "0xff\n"),
            {"ran": (nvml(driver="550.144.03", cuda=12040), started(12040, init=100))},
        ),
    ),
    Described(
        name="nvidia-fabric-not-started",
        shows="eight H100 whose fabric manager has not joined them: CUDA is not ready",
        capture=machine(
            UBUNTU_22,
            *nvidia(*[p.H100] * 8, driver="550.127.08", cuda=12040, fabric=1)[:2],
            file("/dev/nvidia-nvswitch0"),
            {
                "ran": (
                    nvml(
                        *(device(p.H100, at, at + 1, fabric=1) for at in range(8)),
                        driver="550.127.08",
                        cuda=12040,
                    ),
                    started(12040, init=802),
                )
            },
        ),
    ),
    Described(
        name="nvidia-fabric-manager-missing",
        shows="an HGX machine of A100 without the fabric manager: NVML knows no fabric, 802 tells",
        capture=machine(
            UBUNTU_22,
            *nvidia(*[p.A100_40] * 4, driver="535.216.01", cuda=12020)[:2],
            file("/dev/nvidia-nvswitch0"),
            {
                "ran": (
                    nvml(
                        *(device(p.A100_40, at, at + 1) for at in range(4)),
                        driver="535.216.01",
                        cuda=12020,
                    ),
                    started(12020, init=802),
                )
            },
        ),
    ),
    Described(
        name="nvidia-cuda-not-started",
        shows="cards that NVML lists and on which CUDA does not start",
        capture=machine(
            UBUNTU_22,
            _CARD,
            _MODULE,
            {"ran": (nvml(_OPENED, driver="550.144.03", cuda=12040), started(12040, init=999))},
        ),
    ),
    Described(
        name="nvidia-compat-on-geforce",
        shows="a forward-compatibility package on the path of a GeForce, which it does not serve",
        capture=machine(
            UBUNTU_22,
            _CARD,
            module("535.183.01"),
            {
                "env": {"LD_LIBRARY_PATH": "/usr/local/cuda-12.6/compat"},
                "ran": (nvml(_OPENED, driver="535.183.01", cuda=12020), started(12060, init=804)),
            },
        ),
    ),
    Described(
        name="nvidia-libcuda-missing",
        shows="a headless driver's packages without libcuda",
        capture=machine(
            UBUNTU_22,
            _CARD,
            _MODULE,
            {
                "ran": (
                    nvml(_OPENED, driver="550.144.03", cuda=12040),
                    libcuda({**_NO_DEVICES, "why": "libcuda.so.1: cannot open shared object file"}),
                )
            },
        ),
    ),
    Described(
        name="nvidia-library-missing",
        shows="a module that runs without the driver's libraries",
        capture=machine(UBUNTU_22, _CARD, _MODULE, refused(NVML_MISSING, cuda="libcuda.so.1")),
    ),
    Described(
        name="nvidia-nvml-hung",
        shows="a driver that does not answer",
        capture=machine(UBUNTU_22, _CARD, _MODULE, {"ran": (_hung(PAYLOAD), _hung(CUDA_PAYLOAD))}),
    ),
    Described(
        name="nvidia-nvml-crashed",
        shows="NVML ends in a crash and nvidia-smi, which uses it, too",
        capture=machine(
            UBUNTU_22,
            _CARD,
            _MODULE,
            {
                "programs": {"nvidia-smi": "/usr/bin/nvidia-smi"},
                "ran": (
                    ran(*PAYLOAD, err="Segmentation fault\n", code=-11),
                    ran(
                        "/usr/bin/nvidia-smi",
                        f"--query-gpu={machines.MODERN}",
                        "--format=csv,noheader",
                        code=-11,
                    ),
                ),
            },
        ),
    ),
    Described(
        name="nvidia-cuda-hung",
        shows="NVML answers and starting CUDA does not end",
        capture=machine(
            UBUNTU_22,
            _CARD,
            _MODULE,
            {"ran": (nvml(_OPENED, driver="550.144.03", cuda=12040), _hung(CUDA_PAYLOAD))},
        ),
    ),
    Described(
        name="nvidia-no-permission",
        shows="NVML may not be asked by this user",
        capture=machine(UBUNTU_22, _CARD, _MODULE, refused((4, "Insufficient Permissions"))),
    ),
    Described(
        name="nvidia-card-not-answering",
        shows="a card that NVML could not open, beside one that it could",
        capture=machine(
            UBUNTU_22,
            plugged(p.RTX_3090, p.RTX_4090),
            module("550.144.03", cards=2),
            {
                "ran": (
                    nvml(
                        _OPENED,
                        {"index": 1},
                        driver="550.144.03",
                        cuda=12040,
                        failures=(_lost("nvmlDeviceGetHandleByIndex", "Insufficient Power", 8, 1),),
                    ),
                    started(12040, (0, p.RTX_3090, 1)),
                )
            },
        ),
    ),
    Described(
        name="nvidia-broken-answer",
        shows="a child that printed something else than its document",
        capture=machine(
            UBUNTU_22, _CARD, _MODULE, {"ran": (ran(*PAYLOAD, out=json.dumps([1, "x"])),)}
        ),
    ),
    Described(
        name="nvidia-smi-only-r470",
        shows="a driver whose library was not found; its nvidia-smi knows no compute capability",
        capture=machines.LAPTOP_470,
    ),
)
