"""Reads Pythons and system floors out of wheel file names."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, get_args

from packaging.specifiers import SpecifierSet

from torchup.facts.schema import Platform, PlatformRow

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from torchup.model import WheelFile

PLATFORMS: tuple[str, ...] = get_args(Platform)


def platform_rows(
    wheels: Iterable[WheelFile],
    source: tuple[str, ...],
    lines: Mapping[str, tuple[str, ...]] | None = None,
) -> dict[str, PlatformRow]:
    """Read Pythons and floors out of wheel names.

    Args:
        wheels: the wheels of one version.
        source: short source keys for the rows.
        lines: platform → the Pythons that a wheel for any Python is counted for.
    """
    floors: dict[str, dict[str, str]] = {}
    for wheel in wheels:
        for platform in wheel.platforms:
            for python in _pythons(wheel, (lines or {}).get(platform, ())):
                mine = floors.setdefault(platform, {})
                mine[python] = min(mine.get(python, wheel.floor), wheel.floor, key=_numbers)
    rows: dict[str, PlatformRow] = {}
    for platform in PLATFORMS:
        if platform in floors:
            found = dict(sorted(floors[platform].items(), key=lambda item: _numbers(item[0])))
            base = min(found.values(), key=_numbers)
            rows[platform] = PlatformRow(
                pythons=tuple(found),
                certainty="measured",
                source=source,
                floor=base or None,
                raised_floors={key: one for key, one in found.items() if one != base},
            )
    return rows


def _pythons(wheel: WheelFile, lines: tuple[str, ...]) -> list[str]:
    asked = SpecifierSet(wheel.requires_python)
    found: list[str] = []
    for python in wheel.pythons:
        if python != "any" and not python.endswith("+"):
            found.append(python)
            continue
        least = _numbers(python.rstrip("+")) if python != "any" else ()
        found += [
            line
            for line in lines
            if _numbers(line) >= least and asked.contains(f"{line.rstrip('t')}.99")
        ]
    return found


def _numbers(words: str) -> tuple[int, ...]:
    """Order by the numbers in a word; ``3.13t`` comes after ``3.13``."""
    found = tuple(int(part) for part in re.findall(r"\d+", words))
    return (*found, 1) if words.endswith("t") else found
