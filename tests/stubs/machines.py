"""Machines of many kinds, as captures: what each would answer when it is probed."""

from __future__ import annotations

import json
from typing import Any

from torchup.host import Completed, Room
from torchup.host.capture import Capture, Ran
from torchup.vendors.nvidia import kernel
from torchup.vendors.nvidia.smi import CAPABILITY, FIELDS

PCI = "/sys/bus/pci/devices"
PAYLOAD = ("{python}", "-I", "{torchup}/vendors/nvidia/payload_nvml.py")
UUID = "GPU-00000000-0000-0000-0000-00000000000{}"
CPUINFO = (
    "processor\t: 0\nmodel name\t: Intel(R) Core(TM) i7-8700\nflags\t\t: fpu sse4_2 avx avx2\n\n"
    "processor\t: 1\nmodel name\t: Intel(R) Core(TM) i7-8700\nflags\t\t: fpu sse4_2 avx avx2\n"
)
ARM_CPUINFO = "processor\t: 0\nFeatures\t: fp asimd sve\n\nprocessor\t: 1\nFeatures\t: fp asimd\n"
OPEN_NVRM = (
    "NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  {}  Release Build  (dvs-builder)\n"
    "GCC version:  gcc version 12.3.0 (Ubuntu 12.3.0-1ubuntu1~22.04)\n"
)
NVRM = "NVRM version: NVIDIA UNIX x86_64 Kernel Module  {}  Wed May 18 20:34:14 UTC 2022\n"
HEADER = "| NVIDIA-SMI {0}       Driver Version: {0}       CUDA Version: {1}     |\n"
MODERN = ",".join((*FIELDS, CAPABILITY))
OLD = ",".join(FIELDS)


def card(
    address: str, pci_id: str, *, subsystem: str = "", driver: str = "", kind: str = "0x030000"
) -> tuple[dict[str, str], dict[str, str]]:
    """Make the files and links of one PCI device."""
    at = f"{PCI}/{address}"
    vendor, device = pci_id.split(":")
    files = {f"{at}/class": kind, f"{at}/vendor": f"0x{vendor}", f"{at}/device": f"0x{device}"}
    if subsystem:
        maker, board = subsystem.split(":")
        files |= {f"{at}/subsystem_vendor": f"0x{maker}", f"{at}/subsystem_device": f"0x{board}"}
    links = {f"{at}/driver": f"/sys/bus/pci/drivers/{driver}"} if driver else {}
    return {name: f"{text}\n" for name, text in files.items()}, links


def ran(*argv: str, out: str = "", err: str = "", code: int = 0) -> Ran:
    """Make a command with its answer."""
    return Ran(argv=argv, done=Completed(code=code, out=out, err=err))


def nvml(*gpus: dict[str, Any], driver: str, cuda: int) -> Ran:
    """Make the answer of NVML's child."""
    numbered = [{"index": i, "uuid": UUID.format(i), **gpu} for i, gpu in enumerate(gpus)]
    document = {"failures": [], "gpus": numbered, "driver": driver, "cuda": cuda}
    return ran(*PAYLOAD, out=json.dumps(document))


def no_nvml(code: int, why: str) -> Ran:
    """Make the answer of a child whose library refused to start."""
    failure = {"function": "nvmlInit", "gpu": None, "code": code, "why": why}
    return ran(*PAYLOAD, out=json.dumps({"failures": [failure], "gpus": []}))


def linux(
    *cards: tuple[dict[str, str], dict[str, str]],
    files: dict[str, str] | None = None,
    env: dict[str, str] | None = None,
    **more: Any,  # noqa: ANN401 - the capture's other fields
) -> Capture:
    """Make a Linux machine: Ubuntu 22.04 on x86_64 where nothing else is said."""
    base = {
        "/etc/os-release": 'ID=ubuntu\nVERSION_ID="22.04"\nNAME="Ubuntu"\n',
        "/proc/sys/kernel/osrelease": "5.15.0-91-generic\n",
        "/proc/cpuinfo": CPUINFO,
        "/proc/meminfo": "MemTotal:       32768000 kB\nMemFree:  1 kB\n",
        # The host bridge, which is no display device.
        f"{PCI}/0000:00:00.0/class": "0x060000\n",
        f"{PCI}/0000:00:00.0/vendor": "0x8086\n",
        f"{PCI}/0000:00:00.0/device": "0x3ec2\n",
    }
    links: dict[str, str] = {}
    for card_files, card_links in cards:
        base |= card_files
        links |= card_links
    settings = {"machine": "x86_64", "libc": "glibc 2.35", **more}
    return Capture(
        system="linux",
        files={**base, **(files or {})},
        links=links,
        env={"HOME": "/home/user", "PATH": "/usr/bin", **(env or {})},
        rooms={"/home/user": Room(free=50 << 30, total=100 << 30)},
        **settings,
    )


def driven(version: str, *, opened: bool = False) -> dict[str, str]:
    """Make the files of a loaded NVIDIA module and of one device."""
    nvrm = (OPEN_NVRM if opened else NVRM).format(version)
    return {
        "/proc/driver/nvidia/version": nvrm,
        "/sys/module/nvidia/version": f"{version}\n",
        "/dev/nvidia0": "",
        "/dev/nvidiactl": "",
    }


GTX_1080 = {
    "name": "NVIDIA GeForce GTX 1080",
    "capability": [6, 1],
    "bus": "00000000:01:00.0",
    "device": 0x1B8010DE,
    "subsystem": 0x37021458,
    "memory": 8 << 30,
}
V100 = {
    "name": "Tesla V100-SXM2-16GB",
    "capability": [7, 0],
    "bus": "00000000:00:1E.0",
    "device": 0x1DB110DE,
    "memory": 16 << 30,
}
RTX_4090 = {
    "name": "NVIDIA GeForce RTX 4090",
    "capability": [8, 9],
    "bus": "00000000:02:00.0",
    "device": 0x268410DE,
    "memory": 24564 << 20,
}
OLD_SMI_ERROR = 'Field "compute_cap" is not a valid field to query.\n'
SMI_470 = (
    "0, NVIDIA GeForce GT 730M, GPU-00000000-0000-0000-0000-000000000000, 00000000:01:00.0, "
    "0x129010DE, 0x398617AA, 2004 MiB, 470.256.02\n"
)

NO_GPU = linux()
GTX_1080_580 = linux(
    card("0000:01:00.0", "10de:1b80", subsystem="1458:3702", driver="nvidia"),
    files=driven("580.65.06"),
    ran=(nvml(GTX_1080, driver="580.65.06", cuda=13000),),
)
V100_VM = linux(
    card("0000:00:1e.0", "10de:1db1", driver="nvidia", kind="0x030200"),
    files=driven("550.54.15"),
    ran=(nvml(V100, driver="550.54.15", cuda=12040),),
)
MIXED = linux(
    card("0000:00:02.0", "8086:3e92", driver="i915"),
    card("0000:01:00.0", "10de:1b80", driver="nvidia"),
    card("0000:02:00.0", "10de:2684", driver="nvidia"),
    card("0000:03:00.0", "1002:73bf", driver="amdgpu"),
    files={
        **driven("570.124.06", opened=True),
        "/sys/class/kfd/kfd/topology/nodes/0/properties": "gfx_target_version 0\nvendor_id 0\n",
        "/sys/class/kfd/kfd/topology/nodes/1/properties": (
            "gfx_target_version 100300\nvendor_id 4098\nlocation_id 768\ndomain 0\n"
        ),
    },
    ran=(nvml(GTX_1080, RTX_4090, driver="570.124.06", cuda=12080),),
)
LAPTOP_470 = linux(
    card("0000:01:00.0", "10de:1290", driver="nvidia", kind="0x030200"),
    files=driven("470.256.02"),
    programs={"nvidia-smi": "/usr/bin/nvidia-smi"},
    ran=(
        no_nvml(12, "NVML Shared Library Not Found"),
        ran(
            "/usr/bin/nvidia-smi",
            f"--query-gpu={MODERN}",
            "--format=csv,noheader",
            out=OLD_SMI_ERROR,
            code=2,
        ),
        ran("/usr/bin/nvidia-smi", f"--query-gpu={OLD}", "--format=csv,noheader", out=SMI_470),
        ran("/usr/bin/nvidia-smi", out=HEADER.format("470.256.02", "11.4")),
    ),
)
NO_DRIVER = linux(
    card("0000:01:00.0", "10de:1b80", subsystem="1458:3702"),
    ran=(no_nvml(12, "NVML Shared Library Not Found"),),
)
NOUVEAU = linux(
    card("0000:01:00.0", "10de:1b80", driver="nouveau"),
    ran=(no_nvml(12, "NVML Shared Library Not Found"),),
)
PASSED_THROUGH = linux(
    card("0000:01:00.0", "10de:1b80", driver="nvidia"),
    card("0000:02:00.0", "10de:2684", driver="vfio-pci"),
    files=driven("580.65.06"),
    ran=(nvml(GTX_1080, driver="580.65.06", cuda=13000),),
)
SECURE_BOOT = linux(
    card("0000:01:00.0", "10de:1b80"),
    ran=(no_nvml(9, "Driver Not Loaded"), ran("mokutil", "--sb-state", out="SecureBoot enabled\n")),
)
NOT_LOADED = linux(
    card("0000:01:00.0", "10de:1b80"),
    files={kernel.SECURE_BOOT: "\x06\0\0\0\0"},
    ran=(no_nvml(9, "Driver Not Loaded"),),
)
SECURE_BOOT_WITHOUT_MOKUTIL = linux(
    card("0000:01:00.0", "10de:1b80"),
    files={kernel.SECURE_BOOT: "\x06\0\0\0\1"},
    ran=(no_nvml(9, "Driver Not Loaded"),),
)
MISMATCH = linux(
    card("0000:01:00.0", "10de:1b80", driver="nvidia"),
    files={
        **driven("535.183.01"),
        "/proc/driver/nvidia/gpus/0000:01:00.0/information": (
            "Model: \t\t NVIDIA GeForce GTX 1080\nIRQ:   \t\t 147\n"
            "GPU UUID: \t GPU-????????-????-????-????-????????????\n"
            "Bus Location: \t 0000:01:00.0\n"
        ),
    },
    ran=(no_nvml(18, "Driver/library version mismatch"),),
)
WSL = linux(
    files={
        "/proc/sys/kernel/osrelease": "5.15.90.1-microsoft-standard-WSL2\n",
        "/usr/lib/wsl/lib/libcuda.so.1": "",
    },
    executables=("/usr/lib/wsl/lib/nvidia-smi",),
    ran=(
        no_nvml(12, "NVML Shared Library Not Found"),
        ran(
            "/usr/lib/wsl/lib/nvidia-smi",
            f"--query-gpu={MODERN}",
            "--format=csv,noheader",
            out=(
                "0, NVIDIA GeForce RTX 4070, GPU-00000000-0000-0000-0000-000000000001, "
                "00000000:01:00.0, 0x278610DE, 0x16ED10DE, 12282 MiB, 581.80, 8.9\n"
            ),
        ),
        ran(
            "/usr/lib/wsl/lib/nvidia-smi",
            out="| NVIDIA-SMI 580.105.07   Driver Version: 581.80    CUDA Version: 13.0     |\n",
        ),
    ),
)
CONTAINER = linux(
    card("0000:01:00.0", "10de:2684", driver="nvidia"),
    files={
        "/.dockerenv": "",
        "/proc/driver/nvidia/version": NVRM.format("550.54.15"),
    },
    ran=(no_nvml(12, "NVML Shared Library Not Found"),),
)
ALPINE = linux(
    files={
        "/etc/os-release": "ID=alpine\nVERSION_ID=3.20.1\n",
        "/lib/ld-musl-x86_64.so.1": "",
    },
    libc=None,
    ran=(ran("/lib/ld-musl-x86_64.so.1", err="musl libc (x86_64)\nVersion 1.2.5\n", code=1),),
)
GRACE = linux(
    card("0009:01:00.0", "10de:2342", driver="nvidia", kind="0x030200"),
    machine="aarch64",
    files={**driven("570.124.06", opened=True), "/proc/cpuinfo": ARM_CPUINFO},
    ran=(
        nvml(
            {
                "name": "NVIDIA GH200 480GB",
                "capability": [9, 0],
                "bus": "00000009:01:00.0",
                "device": 0x234210DE,
                "memory": 97871 << 20,
                "mig": 0,
            },
            driver="570.124.06",
            cuda=12080,
        ),
    ),
)
GVISOR = Capture(system="linux", machine="x86_64", files={"/proc/meminfo": "MemTotal: 2048 kB\n"})
MAC_M1 = Capture(
    system="macos",
    machine="arm64",
    env={"HOME": "/Users/user", "PATH": "/usr/bin"},
    executables=("/usr/bin/python3",),
    ran=(
        ran("sw_vers", out="ProductName:\t\tmacOS\nProductVersion:\t\t14.2.1\n"),
        ran("sysctl", "-n", "machdep.cpu.brand_string", out="Apple M1 Pro\n"),
        ran("sysctl", "-n", "kern.osrelease", out="23.2.0\n"),
        ran("sysctl", "-n", "hw.memsize", out="17179869184\n"),
        ran(
            "sysctl",
            "machdep.cpu.brand_string",
            "hw.logicalcpu",
            out="machdep.cpu.brand_string: Apple M1 Pro\nhw.logicalcpu: 10\n",
        ),
    ),
)
MAC_ROSETTA = Capture(
    system="macos",
    machine="x86_64",
    ran=(
        ran("sysctl", "-n", "sysctl.proc_translated", out="1\n"),
        ran("sysctl", "-n", "machdep.cpu.brand_string", out="Apple M2\n"),
    ),
)
MAC_INTEL = Capture(
    system="macos",
    machine="x86_64",
    ran=(
        ran("sysctl", "-n", "sysctl.proc_translated", err="unknown oid\n", code=1),
        ran("sysctl", "-n", "machdep.cpu.brand_string", out="Intel(R) Core(TM) i7-9750H\n"),
    ),
)
WINDOWS = Capture(
    system="windows",
    machine="AMD64",
    env={
        "SystemRoot": "C:\\Windows",
        "USERPROFILE": "C:\\Users\\user",
        "PATH": "C:\\Windows\\System32;C:\\Users\\user\\AppData\\Local\\Microsoft\\WindowsApps",
        "NUMBER_OF_PROCESSORS": "16",
        "PROCESSOR_IDENTIFIER": "AMD64 Family 25 Model 33 Stepping 0, AuthenticAMD",
    },
    executables=(
        "C:\\Windows\\System32\\nvidia-smi.exe",
        "C:\\Users\\user\\AppData\\Local\\Microsoft\\WindowsApps/python.exe",
    ),
    ran=(
        ran("cmd", "/c", "ver", out="\r\nMicrosoft Windows [Version 10.0.22631.3007]\r\n"),
        ran(
            "powershell",
            "-NoProfile",
            "-NonInteractive",
            "-Command",
            "(Get-CimInstance Win32_VideoController).PNPDeviceID",
            out=(
                "PCI\\VEN_10DE&DEV_2D05&SUBSYS_00001043&REV_A1\\4&1&0&0008\r\n"
                "PCI\\VEN_1002&DEV_164E&SUBSYS_88771043&REV_C1\\4&2&0&0041\r\n"
            ),
        ),
        ran(
            "C:\\Windows\\System32\\nvidia-smi.exe",
            f"--query-gpu={MODERN}",
            "--format=csv,noheader",
            out=(
                "0, NVIDIA GeForce RTX 5060, GPU-00000000-0000-0000-0000-000000000001, "
                "00000000:01:00.0, 0x2D0510DE, 0x00001043, 8151 MiB, 576.88, 12.0\r\n"
            ),
        ),
        ran("C:\\Windows\\System32\\nvidia-smi.exe", out=HEADER.format("576.88", "12.9")),
    ),
)
ALL = {name: value for name, value in list(globals().items()) if isinstance(value, Capture)}
