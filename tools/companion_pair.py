"""Finds the version of a companion that belongs to a release of the framework."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from packaging.version import Version

from tools.wheel_metadata import requirement_on

if TYPE_CHECKING:
    from collections.abc import Iterable

    from packaging.specifiers import SpecifierSet

    from tools.package_index import Index, Project
    from torchup.facts.release import Certainty
    from torchup.model import WheelFile

NEAREST = 8  # Versions to look at, by upload day; the right one is days away at most.


def pair(
    index: Index, project: Project, framework: str, version: str, day: str
) -> tuple[str, Certainty, str] | None:
    """Choose a companion's version: the one that pins the release, else the nearest that fits.

    Args:
        index: where the companion is.
        project: its wheels.
        framework: the framework's package name.
        version: the framework's release.
        day: the day of that release (ISO).

    Returns:
        The version, how certain it is, and why; None where nothing fits.
    """
    loose: list[tuple[int, str, str]] = []
    for theirs in _nearest(project, day):
        asked = _asked(index, project.of(theirs), framework)
        pinned = [one for one in asked if any(part.operator == "==" for part in one)]
        fitting = [one for one in pinned or asked if one.contains(version)]
        if pinned and fitting:
            return theirs, "measured", f"requires {framework}{fitting[0]}"
        if fitting or not asked:
            what = f"requires {framework}{fitting[0]}" if fitting else f"doesn't name {framework}"
            why = f"{what}; of the versions that fit, uploaded nearest to {framework} {version}"
            loose.append((_apart(day, project.day(theirs)), theirs, why))
    if not loose:
        return None
    _, theirs, why = min(loose, key=lambda one: one[0])
    return theirs, "inferred", why


def _asked(index: Index, wheels: Iterable[WheelFile], framework: str) -> list[SpecifierSet]:
    """What the wheels ask of the framework, one per platform: some were made without a pin."""
    by_platform = {platform: wheel for wheel in wheels for platform in wheel.platforms}
    asked: list[SpecifierSet] = []
    for wheel in by_platform.values():
        requires = index.metadata(wheel).get_all("Requires-Dist") or ()
        found = requirement_on(framework, requires)
        if found is not None:
            asked.append(found)
    return asked


def _nearest(project: Project, day: str) -> list[str]:
    """The versions with wheels that were uploaded around a day, the nearest first."""
    versions = sorted({wheel.version for wheel in project.wheels}, key=Version, reverse=True)
    stable = [one for one in versions if not Version(one).is_prerelease and project.of(one)]
    return sorted(stable, key=lambda one: _apart(day, project.day(one)))[:NEAREST]


def _apart(day: str, other: str) -> int:
    """Days between two days; 0 where one is unknown."""
    if not day or not other:
        return 0
    return abs((dt.date.fromisoformat(day) - dt.date.fromisoformat(other)).days)
