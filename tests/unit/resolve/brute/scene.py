"""What the judge is asked: a machine and a wish in plain values, without the resolver's types."""

from __future__ import annotations

from typing import Final, NamedTuple

BRANCH_OF: Final = {"11.4": "470", "12.4": "550", "13.0": "580"}
"""The branch of a driver of which only the CUDA that it knows is told."""


class Card(NamedTuple):
    """A GPU; ``arch`` is what it truly is, ``told`` what the machine's document says of it.

    ``arch`` is empty where nobody can know it. ``memory`` is in MiB.
    """

    vendor: str
    arch: str
    memory: int = 0
    told: tuple[str, ...] = ("arch",)
    name: str = ""
    pci_id: str = ""
    uuid: str = ""


class Driver(NamedTuple):
    """A driver as the machine reports it; ``knows`` is its highest CUDA, empty if not told."""

    vendor: str
    version: str
    knows: str = ""


class Python(NamedTuple):
    """An installed interpreter; ``line`` reads like ``3.12`` or ``3.14t``."""

    line: str
    implementation: str = "CPython"
    bits: int = 64


class Box(NamedTuple):
    """A machine. None is unknown, an empty tuple is none."""

    system: str
    arch: str
    libc: str | None = None
    version: str | None = None
    wsl: int | None = None
    cards: tuple[Card, ...] | None = ()
    drivers: tuple[Driver, ...] | None = None
    pythons: tuple[Python, ...] | None = None
    flags: tuple[str, ...] | None = None

    @property
    def platform(self) -> str:
        """The platform as the tables name it."""
        return f"{self.system}-{self.arch}"

    @property
    def driver_system(self) -> str:
        """The system whose driver numbers count: inside WSL it is the Windows host's driver."""
        return "windows" if self.wsl else self.system

    @property
    def level(self) -> str | None:
        """What a wheel's floor is compared with."""
        if self.system == "macos":
            return f"macos {self.version}" if self.version else None
        return self.libc

    def driver(self, vendor: str) -> Driver | None:
        """The driver for one maker's cards."""
        found = next((one for one in self.drivers or () if one.vendor == vendor), None)
        if found and found.version == "unknown" and found.knows:
            return found._replace(version=BRANCH_OF[found.knows])
        return found


class Wish(NamedTuple):
    """What is asked for, as a person writes it; ``obtainable`` None means every Python."""

    packages: tuple[str, ...] = ()
    python: str | None = None
    build: str | None = None
    cpu: bool = False
    companions: bool = True
    use_gpus: tuple[str, ...] = ()
    today: str = "2026-11-21"
    obtainable: tuple[str, ...] | None = None
