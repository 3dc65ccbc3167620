"""Pieces that captures of machines are put together from.

A piece is a part of a capture's fields; :func:`machine` lays pieces over one another. The forms
are those of the files and programs that they stand for: ``/proc`` and ``/sys`` as the kernel's and
the drivers' documentation have them, programs as their manuals do.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from stubs import machines
from stubs.machines import ran
from torchup.host import Room
from torchup.host.capture import Capture, Ran
from torchup.probe.ask import ASK

if TYPE_CHECKING:
    from typing import TypeAlias

    from captures.products import Amd, Nvidia

Piece: TypeAlias = "dict[str, Any]"

CUDA_PAYLOAD = ("{python}", "-I", "{torchup}/vendors/nvidia/payload_cuda.py")
NVML_MISSING = (12, "NVML Shared Library Not Found")
NOT_LOADED = (9, "Driver Not Loaded")
KFD = "/sys/class/kfd/kfd/topology/nodes"
GIB = 1 << 30


class Described(Struct, frozen=True, kw_only=True):
    """A machine: what its capture shows, in a line, and the capture."""

    name: str
    shows: str
    capture: Capture


def machine(*pieces: Piece) -> Capture:
    """Lay pieces over one another: tables and lists are joined, the last of two values counts."""
    whole: dict[str, Any] = {"system": "linux", "machine": "x86_64"}
    for piece in pieces:
        for key, value in piece.items():
            if isinstance(value, dict):
                whole[key] = {**whole.get(key, {}), **value}
            elif isinstance(value, tuple):
                whole[key] = (*whole.get(key, ()), *value)
            else:
                whole[key] = value
    return Capture(**whole)


def linux(
    distro: str,
    version: str,
    *,
    kernel: str,
    libc: str | None,
    cpu: str = "Intel(R) Core(TM) i7-12700K",
    flags: str = "fpu sse2 sse4_2 avx avx2 fma",
    cores: int = 2,
    memory_gib: int = 32,
    home: str = "/home/user",
) -> Piece:
    """A Linux system; without a version the distribution has none, as Arch."""
    release = f"ID={distro}\n" + (f'VERSION_ID="{version}"\n' if version else "")
    lines = f"model name\t: {cpu}\nflags\t\t: {flags}\n\n"
    return {
        "system": "linux",
        "libc": libc,
        "env": {"HOME": home, "PATH": "/usr/local/bin:/usr/bin"},
        "files": {
            "/etc/os-release": release,
            "/proc/sys/kernel/osrelease": f"{kernel}\n",
            "/proc/cpuinfo": "".join(f"processor\t: {at}\n{lines}" for at in range(cores)),
            "/proc/meminfo": f"MemTotal:       {memory_gib << 20} kB\n",
            f"{machines.PCI}/0000:00:00.0/class": "0x060000\n",
        },
        "rooms": {home: Room(free=200 * GIB, total=500 * GIB)},
    }


UBUNTU_24 = linux("ubuntu", "24.04", kernel="6.8.0-49-generic", libc="glibc 2.39")
UBUNTU_22 = linux("ubuntu", "22.04", kernel="5.15.0-126-generic", libc="glibc 2.35")
UBUNTU_20 = linux("ubuntu", "20.04", kernel="5.4.0-200-generic", libc="glibc 2.31")
FEDORA_42 = linux("fedora", "42", kernel="6.14.5-300.fc42.x86_64", libc="glibc 2.41")
DEBIAN_12 = linux("debian", "12", kernel="6.1.0-28-amd64", libc="glibc 2.36")
ROCKY_9 = linux("rocky", "9.5", kernel="5.14.0-503.15.1.el9_5.x86_64", libc="glibc 2.34")
ARCH = linux("arch", "", kernel="6.12.1-arch1-1", libc="glibc 2.40")


def arm(implementer: str = "0x41", *, features: str = "fp asimd", model: str = "") -> Piece:
    """An ARM processor, as the kernel tells of it."""
    core = f"Features\t: {features}\nCPU implementer\t: {implementer}\n\n"
    text = "".join(f"processor\t: {at}\n{core}" for at in range(2))
    return {
        "machine": "aarch64",
        "files": {"/proc/cpuinfo": text + (f"Model\t\t: {model}\n" if model else "")},
    }


def on_bus(
    address: str, pci_id: str, *, subsystem: str = "", driver: str = "", kind: str = "0x030000"
) -> Piece:
    """One device on the PCI bus."""
    files, links = machines.card(address, pci_id, subsystem=subsystem, driver=driver, kind=kind)
    return {"files": files, "links": links}


def plugged(*cards: Nvidia, driver: str = "nvidia", first: int = 1) -> Piece:
    """NVIDIA's cards on the bus, one slot after the other."""
    whole: Piece = {"files": {}, "links": {}}
    for at, card in enumerate(cards, first):
        piece = on_bus(
            address(at), card.pci_id, subsystem=card.subsystem, driver=driver, kind=card.kind
        )
        whole["files"] |= piece["files"]
        whole["links"] |= piece["links"]
    return whole


def address(bus: int) -> str:
    """The slot of a bus."""
    return f"0000:{bus:02x}:00.0"


def uuid(at: int) -> str:
    """The identifier of a card of a captured machine, as redacted ones have."""
    return f"GPU-00000000-0000-0000-0000-{at:012x}"


def module(version: str, *, opened: bool = True, cards: int = 1) -> Piece:
    """The loaded kernel module and its devices."""
    files = {
        "/proc/driver/nvidia/version": (machines.OPEN_NVRM if opened else machines.NVRM).format(
            version
        ),
        "/sys/module/nvidia/version": f"{version}\n",
        "/dev/nvidiactl": "",
        "/dev/nvidia-uvm": "",
    }
    return {"files": files | {f"/dev/nvidia{at}": "" for at in range(cards)}}


def device(card: Nvidia, at: int, bus: int | None, **more: int | None) -> dict[str, Any]:
    """What NVML says of a card; more is what else it knows, such as ``mig=1``."""
    vendor, model = (int(half, 16) for half in card.pci_id.split(":"))
    maker, board = (int(half, 16) for half in (card.subsystem or "10de:0000").split(":"))
    found = {
        "index": at,
        "name": card.name,
        "uuid": uuid(at + 1),
        "capability": card.capability,
        "bus": None if bus is None else f"0000{address(bus)}",
        "device": model << 16 | vendor,
        "subsystem": board << 16 | maker,
        "memory": card.memory_mib << 20 or None,
        "compute": 0,
        "persistence": 0,
    }
    return {key: value for key, value in (found | more).items() if value is not None}


def nvml(
    *devices: dict[str, Any], driver: str, cuda: int, failures: tuple[dict[str, Any], ...] = ()
) -> Ran:
    """NVML's answer."""
    document = {"failures": failures, "gpus": devices, "driver": driver, "cuda": cuda}
    return ran(*machines.PAYLOAD, out=json.dumps(document))


def refused(why: tuple[int, str], *, cuda: str = "") -> Piece:
    """Libraries that did not start; ``cuda`` says why libcuda was not loaded."""
    said: dict[str, Any] = {"init": None, "cuda": None, "devices": []}
    if cuda:
        said["why"] = cuda
    answers = (machines.no_nvml(*why), *((libcuda(said),) if cuda else ()))
    return {"ran": answers}


def libcuda(document: dict[str, Any]) -> Ran:
    """Answer as ``libcuda`` did."""
    return ran(*CUDA_PAYLOAD, out=json.dumps(document))


def started(cuda: int, *cards: tuple[int, Nvidia, int | None], init: int = 0) -> Ran:
    """CUDA's answer: cards in its own order, each with its number in NVML's and its bus."""
    devices = [
        {
            "index": index,
            "bus": None if bus is None else address(bus),
            "uuid": uuid(at + 1)[4:].replace("-", ""),
            "capability": card.capability,
        }
        for index, (at, card, bus) in enumerate(cards)
    ]
    return libcuda({"init": init, "cuda": cuda, "devices": [] if init else devices})


def nvidia(
    *cards: Nvidia,
    driver: str,
    cuda: int,
    opened: bool = True,
    first: int = 1,
    by_slot: bool = False,
    **more: int,
) -> tuple[Piece, ...]:
    """Cards with a driver that works: bus, module, NVML and CUDA; ``more`` is for every card."""
    devices = [device(card, at, at + first, **more) for at, card in enumerate(cards)]
    # CUDA puts the quickest card first, the newer of two here, where no variable says otherwise.
    order = list(enumerate(cards))
    if not by_slot:
        order.sort(key=lambda one: one[1].capability, reverse=True)
    in_order = [(at, card, at + first) for at, card in order]
    return (
        plugged(*cards, first=first),
        module(driver, opened=opened, cards=len(cards)),
        {"ran": (nvml(*devices, driver=driver, cuda=cuda), started(cuda, *in_order))},
    )


def smi(program: str, *rows: str, driver: str, cuda: str, end: str = "\n") -> Piece:
    """``nvidia-smi``: the rows of its query without the driver and the architecture."""
    cells = [row.rsplit(", ", 1) for row in rows]
    out = "".join(f"{row}, {driver}, {capability}{end}" for row, capability in cells)
    query = (program, f"--query-gpu={machines.MODERN}", "--format=csv,noheader")
    return {
        "executables": (program,),
        "ran": (ran(*query, out=out), ran(program, out=machines.HEADER.format(driver, cuda))),
    }


def amd(
    *cards: Amd, first: int = 3, driver: str = "amdgpu", kfd: bool = True, may: bool = True
) -> tuple[Piece, ...]:
    """AMD's cards on the bus and, where the compute driver works, its topology."""
    whole: list[Piece] = []
    nodes = {f"{KFD}/0/properties": "cpu_cores_count 16\nsimd_count 0\ngfx_target_version 0\n"}
    for at, card in enumerate(cards):
        bus = first + at
        whole.append(on_bus(address(bus), card.pci_id, driver=driver, kind=card.kind))
        if card.memory_mib and driver == "amdgpu":
            memory = f"{machines.PCI}/{address(bus)}/mem_info_vram_total"
            whole.append({"files": {memory: f"{card.memory_mib << 20}\n"}})
        nodes[f"{KFD}/{at + 1}/properties"] = (
            f"cpu_cores_count 0\nsimd_count 64\ngfx_target_version {card.target}\n"
            f"vendor_id 4098\ndevice_id {int(card.pci_id[5:], 16)}\nlocation_id {bus << 8}\n"
            "domain 0\n"
        )
    if kfd:
        whole.append({"files": {**nodes, "/dev/kfd": ""}, "writable": ("/dev/kfd",) if may else ()})
    return tuple(whole)


def python(
    path: str, version: str, *, name: str = "cpython", free: bool = False, bits: int = 64
) -> Piece:
    """An interpreter that answers when it is started."""
    line = f"torchup|{version}|{name}|{int(free)}|{bits}|0\n"
    return {
        "executables": (path,),
        "ran": (ran(path, "-E", "-s", "-S", "-c", ASK, out=line),),
    }


def program(name: str, path: str, said: str) -> Piece:
    """A program on the search path that tells its version."""
    return {"programs": {name: path}, "ran": (ran(path, "--version", out=said),)}


def toolkit(version: str, path: str = "") -> Piece:
    """A CUDA toolkit with its version file, of the form of its time."""
    at = path or f"/usr/local/cuda-{version.rpartition('.')[0]}"
    if tuple(map(int, version.split(".")[:2])) < (11, 1):
        return {"files": {f"{at}/version.txt": f"CUDA Version {version}\n"}}
    said = json.dumps({"cuda": {"name": "CUDA SDK", "version": version}})
    return {"files": {f"{at}/version.json": said}}


def environment(path: str, line: str, *packages: str) -> Piece:
    """A virtual environment with packages (``torch-2.9.0``)."""
    site = f"{path}/lib/python{line}/site-packages"
    files = {f"{site}/{one}.dist-info/METADATA": "" for one in packages}
    return {"files": {f"{path}/pyvenv.cfg": f"version = {line}\n", **files}}


def env(**values: str) -> Piece:
    """Environment variables."""
    return {"env": values}


def file(path: str, text: str = "") -> Piece:
    """One file."""
    return {"files": {path: text}}
