"""Which columns a ``--query-gpu`` table has: by its first row, its command line, or its cells."""

from __future__ import annotations

import csv
import re
from typing import Final

from msgspec import Struct

_COLUMNS: Final = frozenset(
    {
        "name",
        "gpu_name",
        "driver_version",
        "uuid",
        "gpu_uuid",
        "pci.bus_id",
        "gpu_bus_id",
        "memory.total",
        "compute_cap",
        "compute_mode",
        "index",
    }
)
_ENOUGH: Final = 2
_ALONE: Final = frozenset({"name", "gpu_name", "driver_version", "compute_cap", "memory.total"})
"""Headings of tables that have one column."""
_MAKER: Final = re.compile(r"(?:NVIDIA|GeForce|Quadro|Tesla|TITAN|GRID)\b.{0,80}", re.IGNORECASE)
_COMMAND: Final = re.compile(r"--query-gpu[= ]+['\"]?([\w.,]{1,2000})")
_BY_CELL: Final = (
    ("uuid", re.compile(r"GPU-[0-9a-fA-F-]{36}")),
    ("pci.bus_id", re.compile(r"[0-9A-Fa-f]{8}:[0-9A-Fa-f]{2}:[0-9A-Fa-f]{2}\.[0-9A-Fa-f]")),
    ("driver_version", re.compile(r"\d{3}\.\d{2,3}(?:\.\d{2})?")),
    ("compute_cap", re.compile(r"\d{1,2}\.\d")),
    ("memory.total", re.compile(r"\d{3,7} MiB")),
    ("index", re.compile(r"\d{1,2}")),
    ("name", _MAKER),
)
"""What a cell is, where nothing names the columns; the first that fits and isn't taken yet."""
_HEAD: Final = 12
"""Lines in which the first row is looked for, after the last command line."""


class Columns(Struct, frozen=True, kw_only=True):
    """The names of the columns, in order, the sign between them, and the line where rows begin."""

    names: tuple[str, ...]
    sign: str
    begin: int


def columns_of(lines: list[str]) -> Columns | None:
    """Find the columns; None where the text is no such table.

    Args:
        lines: without empty ones.
    """
    for at, line in enumerate(lines[: _HEAD * 20]):
        names = heading_of(line)
        if names == ("name",) and not any(map(_is_name, lines[at + 1 : at + 2])):
            names = None
        if names is not None:
            return Columns(names=names, sign=_sign(line), begin=at + 1)
        asked = _COMMAND.search(line)
        if asked and "--format" in line and "noheader" in line:
            return _asked(asked[1], lines, at)
    return _guessed(lines)


def heading_of(line: str) -> tuple[str, ...] | None:
    """Read the names of columns; None where the line is no row of names.

    Args:
        line: a line. Of one column, ``name`` counts, though other programs print it too.
    """
    names = _names(line, _sign(line))
    if len(names) == 1:
        return tuple(names) if names[0] in _ALONE else None
    return tuple(names) if len(_COLUMNS.intersection(names)) >= _ENOUGH else None


def cells_of(line: str, sign: str) -> list[str]:
    """Take a row apart.

    Args:
        line: the row; quoted cells keep what stands in them.
        sign: what stands between the cells.
    """
    try:
        row = next(csv.reader([line], delimiter=sign, skipinitialspace=True), [])
    except csv.Error:
        row = line.split(sign)
    return [cell.strip() for cell in row]


def _sign(line: str) -> str:
    """Spreadsheets in countries with a decimal comma write semicolons."""
    return ";" if ";" in line and "," not in line else ","


def _names(line: str, sign: str) -> list[str]:
    return [cell.strip().strip("\"'").partition(" [")[0] for cell in line.split(sign)]


def _is_name(line: str) -> bool:
    return _MAKER.fullmatch(line.strip('" ')) is not None


def _asked(said: str, lines: list[str], at: int) -> Columns | None:
    """The columns of the command line, where as many cells follow."""
    names = tuple(said.strip(",").split(","))
    row = lines[at + 1] if at + 1 < len(lines) else ""
    if len(cells_of(row, ",")) != len(names):
        return None
    return Columns(names=names, sign=",", begin=at + 1)


def _guessed(lines: list[str]) -> Columns | None:
    """The columns by what stands in them: a card's name, and something beside it."""
    for at, line in enumerate(lines[:_HEAD]):
        sign = _sign(line)
        names: list[str] = []
        for cell in cells_of(line[:400], sign):
            fits = (name for name, form in _BY_CELL if name not in names and form.fullmatch(cell))
            names.append(next(fits, ""))
        if "index" in names[1:]:
            continue  # a small number that follows a name is anything
        if "name" in names and len(set(names) - {""}) >= _ENOUGH and names.count("") <= 1:
            return Columns(names=tuple(names), sign=sign, begin=at)
    return None
