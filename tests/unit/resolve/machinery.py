"""Machines and listings in few words, for the tests of the choice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from torchup.facts.load import load_catalogue, load_gpus
from torchup.model import (
    Driver,
    Gpu,
    Listing,
    Machine,
    Os,
    Requirement,
    Resolution,
    Source,
    WheelFile,
    text,
)
from torchup.resolve import resolve

if TYPE_CHECKING:
    from torchup.facts.catalogue import Catalogue

TODAY: Final = "2026-11-21"
CATALOGUE: Final = load_catalogue()
NEWEST: Final = CATALOGUE.releases[0].version
UBUNTU: Final = Os(system="linux", distro="ubuntu", version="22.04", libc="glibc 2.35")
WINDOWS: Final = Os(system="windows", version="11")


def machine(*archs: str, driver: str | None = None, os: Os = UBUNTU, **more: Any) -> Machine:  # noqa: ANN401 - any field of a machine
    """A machine with NVIDIA cards; ``driver`` None is unknown, empty is missing."""
    drivers = None if driver is None else (Driver(vendor="nvidia", version=driver),)
    gpus = tuple(
        Gpu(index=index, vendor="nvidia", name=f"card {arch}", arch=arch)
        for index, arch in enumerate(archs)
    )
    return Machine(
        os=os,
        arch=more.pop("arch", "x86_64"),
        gpus=gpus,
        drivers=() if driver == "" else drivers,
        **more,
    )


def choose(
    found: Machine,
    *packages: str,
    catalogue: Catalogue = CATALOGUE,
    listings: tuple[Listing, ...] | None = None,
    obtainable: tuple[str, ...] | None = None,
    **asked: Any,  # noqa: ANN401 - any field of a requirement
) -> Resolution:
    """Resolve with the real catalogue."""
    return resolve(
        found,
        Requirement(packages=packages, today=TODAY, **asked),
        catalogue,
        gpus=load_gpus(),
        listings=listings,
        obtainable=obtainable,
    )


def wheel(project: str, version: str, python: str = "3.11", **more: Any) -> WheelFile:  # noqa: ANN401 - any field of a wheel
    """One wheel; ``version`` may have a local part."""
    public, _, build = version.partition("+")
    name = f"{project}-{version}-{python}.whl"
    fields: dict[str, Any] = {"platforms": ("linux-x86_64",), "floor": "glibc 2.28"} | more
    pythons = fields.pop("pythons", (python,))
    return WheelFile(
        filename=name,
        url=f"https://x/{name}",
        version=public,
        build=build,
        pythons=pythons,
        **fields,
    )


LINKS: Final = Source(id="links", kind="folder", role="links", url="/wheels")
PYPI: Final = Source(id="pypi", kind="index", role="primary", url="https://pypi.test/simple")


def page(build: str) -> Source:
    """The framework's own index of one build."""
    return Source(
        id=f"framework-{build}",
        kind="index",
        role="framework",
        url=f"https://framework.test/whl/{build}",
        build=build,
    )


def listed(source: Source, **projects: tuple[WheelFile, ...]) -> tuple[Listing, ...]:
    """What a place holds; projects that are not named are absent there."""
    names = dict.fromkeys((*projects, "torch", "torchvision", "torchaudio"))
    return tuple(
        Listing(
            source=source,
            project=name,
            state="ok" if name in projects else "absent",
            files=projects.get(name, ()),
        )
        for name in names
    )


def down(source: Source) -> tuple[Listing, ...]:
    """A place that can't be reached."""
    why = text("sources.unreachable", why="timed out")
    return tuple(
        Listing(source=source, project=name, state="unreachable", why=why)
        for name in ("torch", "torchvision", "torchaudio")
    )
