r"""Windows, asked through PowerShell and ``nvidia-smi.exe``.

``QUESTION`` is asked first; captures that were taken earlier have the answer to ``EARLIER`` alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from captures import products as p
from captures.parts import (
    GIB,
    Described,
    Piece,
    device,
    env,
    file,
    machine,
    nvml,
    python,
    smi,
    started,
)
from stubs.machines import ran
from torchup.host import Room

if TYPE_CHECKING:
    from collections.abc import Iterable

_POWERSHELL = ("powershell", "-NoProfile", "-NonInteractive", "-Command")
EARLIER = (*_POWERSHELL, "(Get-CimInstance Win32_VideoController).PNPDeviceID")
_SCRIPT = (
    "Get-CimInstance Win32_VideoController | ForEach-Object "
    "{ 'card|' + $_.PNPDeviceID + '|' + $_.DriverVersion }; "
    "Get-CimInstance Win32_ComputerSystem | ForEach-Object "
    "{ 'memory|' + $_.TotalPhysicalMemory + '|' + $_.NumberOfLogicalProcessors }; "
    "Get-CimInstance Win32_Processor | ForEach-Object { 'processor|' + $_.Name + '|' }"
)
QUESTION = (*_POWERSHELL, _SCRIPT)
SMI = "C:\\Windows\\System32\\nvidia-smi.exe"
_RYZEN = "AMD Ryzen 7 7800X3D 8-Core Processor"
ROW = "0, {}, GPU-00000000-0000-0000-0000-000000000001, 00000000:01:00.0, 0x{}, 0x{}, {} MiB, {}"
BASIC_ON_NVIDIA = ("PCI\\VEN_10DE&DEV_2B85&SUBSYS_8A0D1043&REV_A1", "10.0.26100.1")


def windows(build: str, *, arch: str = "AMD64", cores: int = 16) -> Piece:
    """A Windows, told by its build: 19045 is Windows 10, 22000 and more are Windows 11."""
    home = "C:\\Users\\user"
    return {
        "system": "windows",
        "machine": arch,
        "env": {
            "SystemRoot": "C:\\Windows",
            "USERPROFILE": home,
            "APPDATA": f"{home}\\AppData\\Roaming",
            "LOCALAPPDATA": f"{home}\\AppData\\Local",
            "TEMP": f"{home}\\AppData\\Local\\Temp",
            "PATH": f"C:\\Windows\\System32;{home}\\AppData\\Local\\Microsoft\\WindowsApps",
            "NUMBER_OF_PROCESSORS": str(cores),
            "PROCESSOR_IDENTIFIER": "AMD64 Family 25 Model 97 Stepping 2, AuthenticAMD",
        },
        "executables": (f"{home}\\AppData\\Local\\Microsoft\\WindowsApps/python.exe",),
        "rooms": {home: Room(free=300 * GIB, total=900 * GIB)},
        "ran": (ran("cmd", "/c", "ver", out=f"\r\nMicrosoft Windows [Version 10.0.{build}]\r\n"),),
    }


def earlier(*places: str) -> Piece:
    """Display devices by their places, as earlier captures have them."""
    return {"ran": (ran(*EARLIER, out="".join(f"{one}\r\n" for one in places)),)}


def asked(cards: Iterable[tuple[str, str]], *, memory_gib: int = 32, name: str = _RYZEN) -> Piece:
    """Display devices, each with its driver's version, memory and processor."""
    lines = [f"card|{place}|{version}" for place, version in cards]
    lines += [f"memory|{memory_gib * GIB}|16", f"processor|{name}|"]
    return {"ran": (ran(*QUESTION, out="\r\n".join(lines) + "\r\n"),)}


def pnp(pci_id: str, board: str) -> str:
    """The place of a device as Windows writes it, its instance taken out."""
    vendor, model = pci_id.upper().split(":")
    return f"PCI\\VEN_{vendor}&DEV_{model}&SUBSYS_{board}&REV_A1"


def row(card: p.Nvidia, board: str) -> str:
    """A row of ``nvidia-smi``'s query, without the driver."""
    vendor, model = card.pci_id.upper().split(":")
    capability = ".".join(map(str, card.capability))
    return ROW.format(card.name, f"{model}{vendor}", board, card.memory_mib, capability)


def _smi(card: p.Nvidia, board: str, driver: str, cuda: str) -> Piece:
    return smi(SMI, row(card, board), driver=driver, cuda=cuda, end="\r\n")


MACHINES = (
    Described(
        name="windows-11-rtx-5090",
        shows="Windows 11 with an RTX 5090, seen by nvidia-smi; the Store's stub is no Python",
        capture=machine(
            windows("26100.2605"),
            earlier(pnp("10de:2b85", "8A0D1043")),
            _smi(p.RTX_5090, "8A0D1043", "581.80", "13.0"),
        ),
    ),
    Described(
        name="windows-10-gtx-1060",
        shows="Windows 10 with a driver of 2024",
        capture=machine(
            windows("19045.5247"),
            earlier(pnp("10de:1c03", "37021458")),
            _smi(p.GTX_1060, "37021458", "552.22", "12.4"),
        ),
    ),
    Described(
        name="windows-11-laptop-optimus",
        shows="a laptop with Intel's graphics and an RTX 4060",
        capture=machine(
            windows("22631.4602"),
            earlier(pnp("8086:46a6", "3B8D17AA"), pnp("10de:28e0", "3B8D17AA")),
            _smi(p.RTX_4060_LAPTOP, "3B8D17AA", "566.36", "12.7"),
        ),
    ),
    Described(
        name="windows-11-no-nvidia-driver",
        shows="Windows runs an RTX 5090 with its own display driver",
        capture=machine(windows("26100.2605"), earlier(BASIC_ON_NVIDIA[0])),
    ),
    Described(
        name="windows-11-basic-display",
        shows="a virtual machine with nothing but Microsoft's own display device",
        capture=machine(windows("22631.4602"), earlier("ROOT\\BASICDISPLAY")),
    ),
    Described(
        name="windows-11-rx-7800-xt",
        shows="an AMD card and the processor's own graphics",
        capture=machine(
            windows("26100.2605"),
            earlier(pnp("1002:747e", "505A148C"), pnp("1002:164e", "88771043")),
        ),
    ),
    Described(
        name="windows-11-arc-b580",
        shows="an Arc B580 with a Python from python.org",
        capture=machine(
            windows("26100.2605"),
            earlier(pnp("8086:e20b", "11001849")),
            env(PATH="C:\\Windows\\System32;C:\\Program Files\\Python312"),
            python("C:\\Program Files\\Python312/python.exe", "3.12.8"),
            {"folders": {"C:\\Program Files\\Python312": ("python.exe",)}},
        ),
    ),
    Described(
        name="windows-11-arm",
        shows="a Surface on ARM",
        capture=machine(
            windows("26100.2605", arch="ARM64", cores=12),
            earlier("ACPI\\QCOM0C36\\0"),
            env(PROCESSOR_IDENTIFIER="ARMv8 (64-bit) Family 8 Model 1 Revision 201, Qualcomm"),
        ),
    ),
    Described(
        name="windows-10-32-bit-python",
        shows="a 32-bit Python, for which nothing is published",
        capture=machine(
            windows("19045.5247"),
            earlier(pnp("8086:3e92", "86941043")),
            env(PATH="C:\\Windows\\System32;C:\\Python310-32"),
            python("C:\\Python310-32/python.exe", "3.10.11", bits=32),
            {"folders": {"C:\\Python310-32": ("python.exe",)}},
        ),
    ),
    Described(
        name="windows-11-powershell-refused",
        shows="a company's Windows that lets no PowerShell run: nobody can tell what cards are in",
        capture=machine(windows("22631.4602")),
    ),
    Described(
        name="windows-11-nvml-rtx-4090",
        shows="Windows 11 asked in one question, NVML and CUDA answering",
        capture=machine(
            windows("26100.2605"),
            asked([(pnp("10de:2684", "51031462"), "32.0.15.8180")]),
            {
                "ran": (
                    nvml(device(p.RTX_4090, 0, 1, persistence=None), driver="581.80", cuda=13000),
                    started(13000, (0, p.RTX_4090, 1)),
                )
            },
        ),
    ),
    Described(
        name="windows-11-wmi-rx-9070-xt",
        shows="Windows 11 asked in one question: AMD's driver, memory and processor",
        capture=machine(
            windows("26100.2605"), asked([(pnp("1002:7550", "E4901DA2"), "32.0.21025.1024")])
        ),
    ),
    Described(
        name="windows-11-wmi-driver-alone",
        shows="a driver known by its Windows version, its libraries not answering",
        capture=machine(
            windows("22631.4602"), asked([(pnp("10de:2d04", "53511462"), "32.0.15.7688")])
        ),
    ),
    Described(
        name="windows-11-wmi-basic-driver",
        shows="Windows' own driver on an NVIDIA card is no driver of NVIDIA's",
        capture=machine(windows("26100.2605"), asked([BASIC_ON_NVIDIA])),
    ),
    Described(
        name="windows-11-conda",
        shows="Anaconda for one user, off the path",
        capture=machine(
            windows("22631.4602"),
            earlier(pnp("8086:9a49", "0A7E1028")),
            python("C:\\Users\\user/anaconda3/python.exe", "3.12.7"),
            file("C:/Users/user/anaconda3/conda-meta/conda-24.9.2-py312haa95532_0.json", "{}"),
            file("C:/Users/user/anaconda3/conda-meta/anaconda-2024.10-py312_mkl_0.json", "{}"),
        ),
    ),
)
