"""The Pythons that are on a machine or can be had, on one day."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from torchup.resolve.numbers import BITS
from torchup.resolve.offers import serves_python
from torchup.resolve.windows import too_new

if TYPE_CHECKING:
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


class Pythons:
    """The Pythons that are here or can be had, on one day.

    Args:
        catalogue: the facts.
        today: that day (ISO).
        obtainable: release lines that can be downloaded; None means all that exist.
        installed: release lines that are here.
        windows: the version of Windows as it numbers itself; empty elsewhere.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        today: str,
        obtainable: tuple[str, ...] | None,
        installed: frozenset[str],
        windows: str = "",
    ) -> None:
        day = date.fromisoformat(today)
        released = {one.minor: date.fromisoformat(one.released) for one in catalogue.pythons}
        known = {line for line, when in released.items() if when <= day}
        there = frozenset(known if obtainable is None else obtainable)
        self.obtainable = there - too_new(windows, catalogue)
        self.only_here = installed - self.obtainable
        self._fitting: dict[tuple[str, ...], tuple[str, ...]] = {}
        self._settled = {line for line, when in released.items() if when + SETTLED <= day}

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

    def settled(self, line: str) -> bool:
        """Tell whether a release line has been out for long enough."""
        return line.rstrip("t") in self._settled


def line_number(line: str) -> tuple[int, ...]:
    """Read a release line such as ``3.13t`` as ``(3, 13)``."""
    return tuple(int(part) for part in line.rstrip("t").split("."))
