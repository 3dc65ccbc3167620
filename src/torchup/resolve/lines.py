"""Release lines of Python: those on a machine or to be had on one day, and what runs on them."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from torchup.resolve.numbers import BITS, at_least, dotted
from torchup.resolve.windows import too_new, windows_version

if TYPE_CHECKING:
    from collections.abc import Hashable

    from torchup.facts.catalogue import Catalogue
    from torchup.model import Machine

SETTLED: Final = timedelta(days=365)
"""A Python younger than this is not chosen by itself: its libraries are still arriving."""


def installed_lines(machine: Machine) -> frozenset[str]:
    """The release lines of the Pythons on a machine that the framework's wheels can serve."""
    return frozenset(
        one.minor
        for one in machine.pythons or ()
        if one.implementation == "CPython" and one.bits == BITS
    )


class Here(Struct, frozen=True, kw_only=True):
    """What a machine has of Pythons, and what decides which it can download.

    ``installed`` are release lines; ``windows`` is the version of Windows as it numbers itself,
    ``glibc`` the C library's; empty elsewhere, and where unknown.
    """

    installed: frozenset[str]
    windows: str = ""
    glibc: str = ""


def find_here(machine: Machine) -> Here:
    """Take from a machine what decides about its Pythons."""
    family, _, number = (machine.os.libc or "").partition(" ")
    return Here(
        installed=installed_lines(machine),
        windows=windows_version(machine.os),
        glibc=number if family == "glibc" and dotted(number) else "",
    )


def downloadable(catalogue: Catalogue, day: date, glibc: str = "") -> frozenset[str]:
    """The release lines that have builds which torchup can download.

    Args:
        catalogue: the facts.
        day: none that was released later.
        glibc: the machine's; empty where it is unknown, or there is none.
    """
    return frozenset(
        one.minor
        for one in catalogue.pythons
        if one.glibc
        and date.fromisoformat(one.released) <= day
        and (not glibc or at_least(glibc, one.glibc))
    )


class Pythons:
    """The Pythons that are here or can be had, on one day.

    ``open`` is whether one that the user names may be brought along.

    Args:
        catalogue: the facts.
        today: that day (ISO).
        obtainable: release lines that can be downloaded; None means all that the catalogue says.
        here: what the machine has.
    """

    def __init__(
        self, catalogue: Catalogue, today: str, obtainable: tuple[str, ...] | None, here: Here
    ) -> None:
        day = date.fromisoformat(today)
        released = {one.minor: date.fromisoformat(one.released) for one in catalogue.pythons}
        known = downloadable(catalogue, day, here.glibc)
        there = known if obtainable is None else frozenset(obtainable)
        self.obtainable = there - too_new(here.windows, catalogue)
        self.only_here = here.installed - self.obtainable
        self.open = obtainable is None
        self._glibc = {
            one.minor: one.glibc for one in catalogue.pythons if released[one.minor] <= day
        }
        self._fitting: dict[tuple[str, ...], tuple[str, ...]] = {}
        self._settled = {line for line, when in released.items() if when + SETTLED <= day}

    @property
    def key(self) -> tuple[Hashable, ...]:
        """What tells these Pythons from others of the same day."""
        return self.only_here, self.obtainable, self.open

    def fitting(self, offered: tuple[str, ...]) -> tuple[str, ...]:
        """Every known release line that wheels serve, oldest first."""
        if offered not in self._fitting:
            known = self.only_here | self.obtainable
            known |= {line for line in offered if line[-1:].isdigit()}
            self._fitting[offered] = tuple(
                line for line in sorted(known, key=line_number) if serves_python(offered, line)
            )
        return self._fitting[offered]

    def available(self, line: str) -> bool:
        """Tell whether a release line is here or can be had."""
        return line in self.only_here or line.rstrip("t") in self.obtainable

    def glibc_of(self, line: str) -> str:
        """What the download of a release line needs of the C library.

        Empty where it need not be downloaded, and where it can't be on any system.
        """
        bare = line.rstrip("t")
        return "" if line in self.only_here or not self.open else self._glibc.get(bare, "")

    def may_be_here(self, line: str) -> bool:
        """Tell whether a release line that the user names is here, or may be brought along."""
        return self.open or self.available(line)

    def settled(self, line: str) -> bool:
        """Tell whether a release line has been out for long enough."""
        return line.rstrip("t") in self._settled


@lru_cache(maxsize=256)
def line_number(line: str) -> tuple[int, ...]:
    """Read a release line such as ``3.13t`` as ``(3, 13)``."""
    return tuple(int(part) for part in line.rstrip("t").split("."))


@lru_cache(maxsize=8192)
def serves_python(offered: tuple[str, ...], line: str) -> bool:
    """Tell whether wheels for ``offered`` lines run on Python ``line``.

    ``any`` is pure Python, ``3.9+`` the stable ABI (not for free-threaded Pythons).
    """
    if line in offered or "any" in offered:
        return True
    if line.endswith("t"):
        return False
    number = tuple(int(part) for part in line.split("."))
    return any(
        tuple(int(part) for part in one[:-1].split(".")) <= number
        for one in offered
        if one.endswith("+")
    )
