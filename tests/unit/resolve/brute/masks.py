"""The rules of a valid stack (design, section 3) as masks over the builds of a platform.

A rule on a pair of facts (a card and a build, a driver and a build, a Python and a build) is worked
out once; judging a machine is then a handful of ``&``.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

from packaging.specifiers import SpecifierSet

from unit.resolve.brute.table import CATALOGUE, Row, Table, numbers

if TYPE_CHECKING:
    from torchup.facts.catalogue import Build, Companion

PLACES: Final = ("pypi", "whl")
"""The index for everything is asked before the framework's own."""


@cache
def for_device(rows: Table, device: str) -> int:
    """The builds that compute on a kind of device."""
    return rows.where(lambda row: row.build.device == device or device in row.build.also)


@cache
def with_name(rows: Table, build: str) -> int:
    """The builds of one name."""
    return rows.where(lambda row: row.build.name == build)


@cache
def of_version(rows: Table, wanted: str) -> int:
    """The builds of the releases that a specifier allows."""
    allowed = SpecifierSet(wanted)
    return rows.where(lambda row: allowed.contains(row.release.version, prereleases=True))


def capability(arch: str) -> tuple[int, int, str]:
    """Read ``sm_90a`` as ``(9, 0, "a")``."""
    body = arch.removeprefix("sm_")
    digits = body.rstrip("af")
    return int(digits[:-1]), int(digits[-1]), body[len(digits) :]


@cache
def embedded(arch: str) -> bool:
    """Tegra parts, which need their own code."""
    return any(one.name == arch and one.embedded for one in CATALOGUE.archs)


@cache
def known(arch: str) -> bool:
    """An architecture that the tables have."""
    return any(one.name == arch for one in CATALOGUE.archs)


def _runs(code: str, card: str) -> bool:
    if code == card:
        return True
    if not (code.startswith("sm_") and card.startswith("sm_")) or embedded(card):
        return False
    one, other = capability(code.rstrip("+")), capability(card)
    if code.endswith("+"):  # made on the spot for all from there on
        return one[:2] <= other[:2]
    if one[2]:
        return False
    return one[0] == other[0] and one[1] <= other[1]


@cache
def with_code(rows: Table, card: str) -> int:
    """Machine code of the same major and an equal or lower minor; what isn't known counts."""
    return rows.where(
        lambda row: (
            not row.build.archs
            or any(_runs(code, card) for code in row.build.archs)
            or (row.build.device == "directml" and not card.startswith("sm_"))
        )
    )


@cache
def taken_unasked(rows: Table) -> int:
    """The builds that nobody has to name."""
    return rows.where(lambda row: not row.build.asked)


@cache
def with_ptx(rows: Table, card: str) -> int:
    """PTX of a lower or the same architecture."""

    def compiles(row: Row) -> bool:
        return any(capability(ptx)[:2] <= capability(card)[:2] for ptx in row.build.ptx)

    return rows.where(compiles) if card.startswith("sm_") else 0


def reaches(driver: str, floor: str) -> bool:
    """A driver is at or above a floor; a bare branch (``580``) stands for all of it."""
    has, needs = numbers(driver), numbers(floor)
    if len(has) == 1:
        return has >= needs[:1]
    width = max(len(has), len(needs))
    return has + (0,) * (width - len(has)) >= needs + (0,) * (width - len(needs))


@cache
def started_by(rows: Table, system: str, driver: str, knows: str) -> int:
    """The CUDA builds whose floor a driver meets, of no newer major version than it says."""
    floors = {one.name: one.floor[system] for one in CATALOGUE.runtimes if system in one.floor}
    return rows.where(
        lambda row: (
            row.build.device == "cuda"
            and reaches(driver, floors[row.build.runtime])
            and (not knows or numbers(row.build.runtime)[0] <= numbers(knows)[0])
        )
    )


@cache
def known_to(rows: Table, system: str, driver: str, knows: str) -> int:
    """The builds whose runtime a driver knows without compatibility rules."""
    if knows:
        return rows.where(lambda row: numbers(row.build.runtime) <= numbers(knows))
    own = {one.name: one.native[system] for one in CATALOGUE.runtimes if system in one.native}
    return rows.where(
        lambda row: row.build.device == "cuda" and reaches(driver, own[row.build.runtime])
    )


@cache
def takes(driver: str, arch: str) -> bool:
    """The driver's branch is at or above the card's first and at or below its last."""
    found = [one for one in CATALOGUE.archs if one.name == arch]
    branches = [one.number for one in CATALOGUE.branches if one.number <= numbers(driver)[0]]
    if not found or not branches:
        return True
    last = found[0].last_branch
    return found[0].first_branch <= max(branches) and (last is None or max(branches) <= last)


def _meets(level: str | None, floor: str | None) -> bool:
    family, _, number = (level or "").partition(" ")
    if family == "musl":
        return False
    if not numbers(number) or not floor:
        return True
    kind, _, needed = floor.partition(" ")
    has, needs = numbers(number), numbers(needed)
    return family == kind and has + (0,) * (len(needs) - len(has)) >= needs


@cache
def with_python(rows: Table, level: str | None, line: str) -> int:
    """The builds with a wheel for a Python that this C library or macOS can load."""
    platform = rows.platform
    return rows.where(
        lambda row: (
            line in (row.build.pythons or row.release.pythons.get(platform, ()))
            and _meets(level, row.build.floor or row.release.floor(platform, line))
        )
    )


@cache
def at_place(rows: Table, place: str) -> int:
    """The builds that a place has: PyPI, or the framework's own index."""
    return rows.where(
        lambda row: any((one == "pypi") == (place == "pypi") for one in row.build.channels)
    )


def companion_there(row: Row, name: str, place: str, line: str, level: str | None) -> bool:
    """The companion's wheel is at the same place, for this build, this Python and this system."""
    known = row.release.companion(name)
    if known is None or not _published(known, row.build, place):
        return False
    platform = row.build.platform
    return line in known.pythons.get(platform, ()) and _meets(level, known.floors.get(platform))


def _published(known: Companion, build: Build, place: str) -> bool:
    if place == "pypi":
        return known.pypi_build.get(build.platform) in (build.name, "*")
    return build.name in known.builds.get(build.platform, ())


@cache
def with_companion(rows: Table, name: str, place: str, line: str, level: str | None) -> int:
    """The builds whose companion is there."""
    return rows.where(lambda row: companion_there(row, name, place, line, level))


@cache
def of_companion_version(rows: Table, name: str, wanted: str) -> int:
    """The builds whose companion has a version that a specifier allows."""
    allowed = SpecifierSet(wanted)

    def fits(row: Row) -> bool:
        known = row.release.companion(name)
        return known is not None and allowed.contains(known.version, prereleases=True)

    return rows.where(fits)
