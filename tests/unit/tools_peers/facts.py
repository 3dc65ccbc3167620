"""A small catalogue that a reader can hold in the head, and machines for it."""

from __future__ import annotations

from msgspec import Raw
from tools.peers.machines import Subject

from torchup.facts.catalogue import (
    Arch,
    Branch,
    Build,
    Catalogue,
    Framework,
    Release,
    Runtime,
)
from torchup.model import CpuArch, Driver, Gpu, Machine, Os, System

LINUX = "linux-x86_64"


def build(name: str, device: str, **facts: object) -> Build:
    """A build of which everything is measured, unless said otherwise."""
    archs = facts.get("archs", ())
    assert archs is None or isinstance(archs, tuple)
    ptx, also = facts.get("ptx", ()), facts.get("also", ())
    assert isinstance(ptx, tuple)
    assert isinstance(also, tuple)
    return Build(
        name=name,
        platform=str(facts.get("platform", LINUX)),
        device=device,
        runtime=str(facts.get("runtime", "")),
        channels=("pypi", f"whl/{name}") if facts.get("pypi") else (f"whl/{name}",),
        archs=archs,
        ptx=ptx,
        certainty="inferred" if facts.get("inferred") else "measured",
        fact=0,
        also=also,
    )


def release(version: str, *builds: Build) -> Release:
    """A release with wheels for two Pythons everywhere."""
    platforms = {one.platform for one in builds}
    return Release(
        version=version,
        date="2026-01-01",
        pythons=dict.fromkeys(platforms, ("3.12", "3.13t")),
        floors={LINUX: "glibc 2.28", "macos-arm64": "macos 14.0"},
        builds=builds,
        companions=(),
        fact=0,
    )


OLD = ("sm_60", "sm_70", "sm_80")
NEW = ("sm_80", "sm_120")

CATALOGUE = Catalogue(
    framework=Framework(
        name="frame",
        companions=(),
        publishes=("frame",),
        index_base="https://wheels.example/whl",
    ),
    releases=(
        release(
            "2.0.0",
            build("cpu", "cpu"),
            build("cu130", "cuda", runtime="13.0", archs=NEW, pypi=True),
            build("cu126", "cuda", runtime="12.6", archs=OLD, inferred=True),
            build("rocm7", "rocm", runtime="7.0", archs=("gfx1030", "gfx1100")),
            build("xpu", "xpu"),
            build("cpu", "cpu", platform="windows-x86_64", pypi=True),
            build("cpu", "cpu", platform="macos-arm64", also=("mps",), pypi=True),
        ),
        release(
            "1.0.0",
            build("cu118", "cuda", runtime="11.8", archs=("sm_60",), ptx=("sm_60",)),
            build("cpu", "cpu"),
        ),
    ),
    runtimes=(
        Runtime("11.8", {}, {"linux": "450.80.02", "windows": "452.39"}, 0),
        Runtime("12.6", {}, {"linux": "525.60.13", "windows": "528.33"}, 0),
        Runtime("13.0", {}, {"linux": "580.65.06", "windows": "580"}, 0),
    ),
    archs=(
        Arch("sm_60", "Pascal", 384, 580, embedded=False, fact=0),
        Arch("sm_61", "Pascal", 384, 580, embedded=False, fact=0),
        Arch("sm_86", "Ampere", 455, None, embedded=False, fact=0),
        Arch("sm_87", "Ampere", 470, None, embedded=True, fact=0),
        Arch("sm_120", "Blackwell", 570, None, embedded=False, fact=0),
    ),
    branches=tuple(Branch(one, "", 0) for one in (450, 525, 550, 570, 580, 590)),
    pythons=(),
    checked="2026-11-21",
    digest="0",
    facts=Raw(b"{}"),
)


def subject(
    *archs: str,
    driver: str = "",
    system: System = "linux",
    arch: CpuArch = "x86_64",
    wsl: int | None = None,
    xpu: bool = False,
) -> Subject:
    """A machine with a card of each architecture; ``intel`` and ``mps`` are such cards too."""
    vendors = {"i": "intel", "m": "apple", "g": "amd"}
    gpus = tuple(
        Gpu(
            vendor=vendors.get(one[0], "nvidia"),  # type: ignore[arg-type]  # the four makers
            name=f"card {one}",
            arch=None if one == "intel" else one,
        )
        for one in archs
    )
    drivers = (Driver(vendor="nvidia", version=driver),) if driver else ()
    machine = Machine(
        os=Os(system=system, libc="glibc 2.35", version="15.1", wsl=wsl),
        arch=arch,
        gpus=gpus,
        drivers=drivers,
    )
    return Subject(id="one", name="One", machine=machine, python="3.12", lspci=(), xpu=xpu)
