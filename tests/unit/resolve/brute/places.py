"""Where a build is taken from, for which Python, and what comes along (design 3.1, 3.4, 3.5)."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from unit.resolve.brute import masks
from unit.resolve.brute.masks import PLACES
from unit.resolve.brute.table import COMPANIONS, NAME, Row, numbers, table
from unit.resolve.brute.wishes import Asked, lines_here, settled

if TYPE_CHECKING:
    from unit.resolve.brute.scene import Box, Wish


class Place(NamedTuple):
    """Where a build is taken from, for which Python, and what comes along."""

    place: str
    python: str
    companions: tuple[str, ...]


class Places:
    """The places and Pythons that one machine and one wish leave."""

    def __init__(self, box: Box, wish: Wish, asked: Asked) -> None:
        self._box = box
        self._wish = wish
        self._asked = asked
        self._rows = table(box.platform)
        installed = tuple(
            one.line
            for one in box.pythons or ()
            if one.implementation == "CPython" and one.bits == 64
        )
        self._lines = lines_here(installed, wish.obtainable, wish.today, wish.python, box.libc)

    def best(self, row: Row) -> Place | None:
        """Most of what is wanted, then a settled Python, then the newest, PyPI first."""
        found: list[tuple[tuple[int, bool, tuple[int, ...], int], Place]] = []
        level = self._box.level
        at = 1 << self._rows.at[row.label]
        for rank, where in enumerate(PLACES):
            for line in self._lines if at & masks.at_place(self._rows, where) else ():
                if not at & masks.with_python(self._rows, level, line):
                    continue
                along = tuple(
                    name
                    for name in (COMPANIONS if self._wish.companions else ())
                    if self._allowed(row, name)
                    and masks.companion_there(row, name, where, line, level)
                )
                if set(self._asked.named) <= set(along):
                    number = numbers(line.rstrip("t"))
                    key = (len(along), settled(line, self._wish.today), number, -rank)
                    found.append((key, Place(where, line, along)))
        return max(found)[1] if found else None

    def _allowed(self, row: Row, name: str) -> bool:
        wanted = self._asked.versions.get(name, "")
        mask = masks.of_companion_version(self._rows, name, wanted)
        return bool(mask & 1 << self._rows.at[row.label])

    def pinned(self) -> int:
        found = masks.of_version(self._rows, self._asked.versions.get(NAME, ""))
        if self._asked.build is not None:
            found &= masks.with_name(self._rows, self._asked.build)
        return found

    def having_all(self) -> int:
        """The builds with a place and a Python that have all that was asked for by name."""
        found = 0
        level = self._box.level
        for line in self._lines:
            there = masks.with_python(self._rows, level, line)
            for where in PLACES:
                here = there & masks.at_place(self._rows, where)
                for name in self._asked.named:
                    here &= masks.with_companion(self._rows, name, where, line, level)
                    wanted = self._asked.versions.get(name, "")
                    here &= masks.of_companion_version(self._rows, name, wanted)
                found |= here
        return found
