"""WSL and containers: the driver is somebody else's, and handed on or not."""

from __future__ import annotations

from captures import products as p
from captures.parts import (
    DEBIAN_12,
    NVML_MISSING,
    UBUNTU_22,
    UBUNTU_24,
    Described,
    amd,
    device,
    env,
    file,
    libcuda,
    linux,
    machine,
    module,
    nvidia,
    nvml,
    plugged,
    refused,
    smi,
    started,
    uuid,
)

_KERNEL = "/proc/sys/kernel/osrelease"
_WSL2 = (UBUNTU_22, file(_KERNEL, "5.15.167.4-microsoft-standard-WSL2\n"), file("/dev/dxg"))
_LIBRARIES = tuple(
    file(f"/usr/lib/wsl/lib/{name}")
    for name in ("libcuda.so.1", "libnvidia-ml.so.1", "libdxcore.so")
)
_SMI = "/usr/lib/wsl/lib/nvidia-smi"
_DOCKER = file("/.dockerenv")
_K8S = env(KUBERNETES_SERVICE_HOST="192.0.2.1")
_CUDA_IMAGE = env(NVIDIA_VISIBLE_DEVICES="all", NVIDIA_DRIVER_CAPABILITIES="compute,utility")
_NOTHING: dict[str, object] = {"init": None, "cuda": None, "devices": []}
_CANNOT = "libcuda.so.1: cannot open shared object file: No such file or directory"
_WSL_CARD = device(p.RTX_4090, 0, 1, persistence=None)
MACHINES = (
    Described(
        name="wsl2-rtx-4090",
        shows="WSL 2 with the libraries of Windows' driver",
        capture=machine(
            *_WSL2,
            *_LIBRARIES,
            {
                "ran": (
                    nvml(_WSL_CARD, driver="581.80", cuda=13000),
                    started(13000, (0, p.RTX_4090, 1)),
                )
            },
        ),
    ),
    Described(
        name="wsl2-nvidia-smi-alone",
        shows="WSL 2 where NVML does not load and nvidia-smi answers for it",
        capture=machine(
            *_WSL2,
            *_LIBRARIES,
            smi(
                _SMI,
                f"0, NVIDIA GeForce RTX 4090, {uuid(1)}, 00000000:01:00.0, 0x268410DE, "
                "0x51031462, 24564 MiB, 8.9",
                driver="581.80",
                cuda="13.0",
            ),
            refused(NVML_MISSING),
        ),
    ),
    Described(
        name="wsl2-libcuda-off-path",
        shows="WSL 2 whose libcuda is there and not where programs look",
        capture=machine(
            *_WSL2,
            *_LIBRARIES,
            {
                "ran": (
                    nvml(_WSL_CARD, driver="581.80", cuda=13000),
                    libcuda(
                        {
                            "init": 0,
                            "cuda": 13000,
                            "devices": [
                                {
                                    "index": 0,
                                    "bus": "0000:01:00.0",
                                    "uuid": uuid(1)[4:].replace("-", ""),
                                    "capability": [8, 9],
                                }
                            ],
                            "why": _CANNOT,
                            "off_path": "/usr/lib/wsl/lib",
                        }
                    ),
                )
            },
        ),
    ),
    Described(
        name="wsl2-without-libraries",
        shows="WSL 2 into which Windows' driver hands nothing: what cards there are is unknown",
        capture=machine(*_WSL2, refused(NVML_MISSING, cuda=_CANNOT)),
    ),
    Described(
        name="wsl2-linux-driver-inside",
        shows="WSL 2 with a Linux driver installed inside, whose libcuda hides the right one",
        capture=machine(
            *_WSL2,
            *_LIBRARIES,
            file("/usr/lib/x86_64-linux-gnu/libcuda.so.1"),
            {
                "ran": (
                    nvml(_WSL_CARD, driver="581.80", cuda=13000),
                    started(12040, init=100),
                )
            },
        ),
    ),
    Described(
        name="wsl1",
        shows="WSL 1, in which no program reaches a card",
        capture=machine(UBUNTU_22, file(_KERNEL, "4.4.0-19041-Microsoft\n")),
    ),
    Described(
        name="docker-with-toolkit",
        shows="a Docker container with the toolkit: devices and libraries handed on",
        capture=machine(
            UBUNTU_22, *nvidia(p.L40S, driver="570.86.15", cuda=12080), _DOCKER, _CUDA_IMAGE
        ),
    ),
    Described(
        name="docker-without-gpus",
        shows="a Docker container started without --gpus",
        capture=machine(
            UBUNTU_22,
            plugged(p.RTX_4090),
            file("/proc/driver/nvidia/version", "NVRM version: NVIDIA UNIX  550.54.15  x\n"),
            refused(NVML_MISSING),
            _DOCKER,
        ),
    ),
    Described(
        name="docker-without-libraries",
        shows="a container that was given the devices by hand and no libraries",
        capture=machine(
            UBUNTU_24,
            plugged(p.RTX_4090),
            module("580.65.06"),
            refused(NVML_MISSING, cuda=_CANNOT),
            _DOCKER,
        ),
    ),
    Described(
        name="docker-utility-only",
        shows="a container with the capability utility alone: nvidia-smi works, CUDA does not",
        capture=machine(
            UBUNTU_22,
            plugged(p.RTX_4090),
            module("580.65.06"),
            {
                "ran": (
                    nvml(device(p.RTX_4090, 0, 1), driver="580.65.06", cuda=13000),
                    libcuda({**_NOTHING, "why": _CANNOT}),
                )
            },
            _DOCKER,
            env(NVIDIA_DRIVER_CAPABILITIES="utility"),
        ),
    ),
    Described(
        name="docker-host-without-driver",
        shows="a container on a machine that has a card and no driver",
        capture=machine(DEBIAN_12, plugged(p.RTX_3090, driver=""), refused(NVML_MISSING), _DOCKER),
    ),
    Described(
        name="podman-with-toolkit",
        shows="a Podman container with the card handed on by CDI",
        capture=machine(
            linux("fedora", "42", kernel="6.14.5-300.fc42.x86_64", libc="glibc 2.41"),
            *nvidia(p.RTX_5060_TI, driver="580.95.05", cuda=13000),
            file("/run/.containerenv", 'engine="podman-5.4.2"\n'),
        ),
    ),
    Described(
        name="podman-without-devices",
        shows="a Podman container that was not given the card",
        capture=machine(
            UBUNTU_24,
            plugged(p.RTX_5060_TI),
            file("/proc/driver/nvidia/version", "NVRM version: NVIDIA UNIX  580.95.05  x\n"),
            refused(NVML_MISSING),
            file("/run/.containerenv"),
        ),
    ),
    Described(
        name="docker-one-of-two-cards",
        shows="a container that was given one of two cards: the other is nobody's trouble",
        capture=machine(
            UBUNTU_22,
            plugged(p.RTX_3090, p.RTX_4090),
            module("570.86.15"),
            {
                "ran": (
                    nvml(device(p.RTX_4090, 0, 2), driver="570.86.15", cuda=12080),
                    started(12080, (0, p.RTX_4090, 2)),
                )
            },
            _DOCKER,
            _CUDA_IMAGE,
        ),
    ),
    Described(
        name="k8s-pod-a100",
        shows="a pod with one card of its node",
        capture=machine(
            UBUNTU_22,
            plugged(p.A100_80, p.A100_80),
            module("535.216.01"),
            {
                "ran": (
                    nvml(device(p.A100_80, 0, 2, mig=0), driver="535.216.01", cuda=12020),
                    started(12020, (0, p.A100_80, 2)),
                )
            },
            _K8S,
            env(NVIDIA_VISIBLE_DEVICES=uuid(1)),
        ),
    ),
    Described(
        name="k8s-pod-no-devices",
        shows="a pod without a claim to a card on a node that has some",
        capture=machine(
            UBUNTU_22,
            plugged(p.A100_80),
            file("/proc/driver/nvidia/version", "NVRM version: NVIDIA UNIX  535.216.01  x\n"),
            refused(NVML_MISSING),
            _K8S,
        ),
    ),
    Described(
        name="k8s-pod-mi300x",
        shows="a pod with a card of AMD's",
        capture=machine(UBUNTU_22, *amd(p.MI300X), _K8S),
    ),
    Described(
        name="lxc-no-gpu",
        shows="a system container on a machine without a card",
        capture=machine(DEBIAN_12, file("/proc/1/cgroup", "0::/lxc.payload.one/init.scope\n")),
    ),
    Described(
        name="gvisor",
        shows="a sandbox without /sys: whether there is a card is unknown",
        capture=machine(
            {"machine": "x86_64", "files": {"/proc/meminfo": "MemTotal: 2097152 kB\n"}}
        ),
    ),
)
