"""``python -m tools.check_catalogue [VERSION…]``: compare the catalogue with package metadata.

Without versions, the newest three are checked. Prints every difference; the status is 1 where
there is one, or where a release can't be measured at all.
"""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from packaging.version import Version

from tools.harvest import add_index_options, harvest_from
from tools.package_index import IndexGoneError
from torchup.facts.compile import Folder

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from torchup.facts.schema import CompanionRow, ReleaseFile

NEWEST = 3


def differences(known: ReleaseFile, measured: ReleaseFile, *, all_builds: bool) -> Iterator[str]:
    """Compare what can be measured of a release.

    Args:
        known: the catalogue's file.
        measured: what package metadata says.
        all_builds: the framework's own index was reached, so a missing build is missing.

    Yields:
        One line per difference: the row, what the catalogue has, what was measured.
    """
    if known.date != measured.date:
        yield f"date: {known.date} in the catalogue, {measured.date} measured"
    ours, theirs = dict(known.platforms), dict(measured.platforms)
    for platform, row in theirs.items():
        mine = ours.get(platform)
        if mine is None:
            yield f"{platform}: missing in the catalogue"
            continue
        yield from _fields(
            f"platforms.{platform}", mine, row, ("pythons", "floor", "raised_floors")
        )
    yield from (
        f"platforms.{platform}: measured says the catalogue, but there are no wheels"
        for platform, mine in ours.items()
        if mine.certainty == "measured" and platform not in theirs
    )
    yield from _build_differences(known, measured, all_builds=all_builds)
    yield from _companion_differences(known, measured)


def _build_differences(
    known: ReleaseFile, measured: ReleaseFile, *, all_builds: bool
) -> Iterator[str]:
    ours = {(row.platform, row.name): row for row in known.builds}
    theirs = {(row.platform, row.name): row for row in measured.builds}
    for (platform, name), row in theirs.items():
        mine = ours.get((platform, name))
        if mine is None:
            yield f"builds.{platform}.{name}: missing in the catalogue"
        elif missing := [channel for channel in row.channels if channel not in mine.channels]:
            yield f"builds.{platform}.{name}: the catalogue doesn't know {', '.join(missing)}"
        elif all_builds and mine.tagged != row.tagged:
            yield f"builds.{platform}.{name}: tagged is {mine.tagged}, measured {row.tagged}"
    for (platform, name), mine in ours.items():
        if (platform, name) not in theirs and (all_builds or "pypi" in mine.channels):
            yield f"builds.{platform}.{name}: in the catalogue, but there are no such wheels"
        elif "pypi" in mine.channels and "pypi" not in theirs[platform, name].channels:
            yield f"builds.{platform}.{name}: the catalogue says pypi, but it isn't there"


def _companion_differences(known: ReleaseFile, measured: ReleaseFile) -> Iterator[str]:
    ours = {row.name: row for row in known.companions}
    theirs: Mapping[str, CompanionRow] = {row.name: row for row in measured.companions}
    for name in ours.keys() | theirs.keys():
        if name not in ours or name not in theirs:
            where = "the catalogue" if name in ours else "package metadata"
            yield f"companions.{name}: only in {where}"
            continue
        mine, row = ours[name], theirs[name]
        yield from _fields(f"companions.{name}", mine, row, ("version", "builds_of", "certainty"))
        if mine.version == row.version:
            for platform in row.pythons:
                if mine.pythons.get(platform) != row.pythons[platform]:
                    yield (
                        f"companions.{name}.pythons.{platform}: {mine.pythons.get(platform)} "
                        f"in the catalogue, {row.pythons[platform]} measured"
                    )
            for platform in measured.platforms:
                old, new = mine.floors.get(platform), row.floors.get(platform)
                if old != new:
                    yield f"companions.{name}.floors.{platform}: {old}, measured {new}"
                if (platform in mine.on_pypi) != (platform in row.on_pypi):
                    yield f"companions.{name}.on_pypi: {platform} in only one of the two"


def _fields(row: str, mine: object, theirs: object, names: tuple[str, ...]) -> Iterator[str]:
    for name in names:
        old, new = getattr(mine, name), getattr(theirs, name)
        if old != new:
            yield f"{row}.{name}: {old} in the catalogue, {new} measured"


def main(arguments: list[str] | None = None) -> int:
    """Run the program and return its exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("versions", nargs="*", help=f"default: the newest {NEWEST}")
    add_index_options(parser)
    given = parser.parse_args(arguments)
    folder = Folder(given.data)
    files = {file.version: file for file in folder.releases().values()}
    newest = sorted(files, key=Version, reverse=True)[:NEWEST]
    wrong = 0
    for version in given.versions or newest:
        if version not in files:
            print(f"{version}: not in the catalogue")
            wrong += 1
            continue
        harvest = harvest_from(folder, given.index, given.framework_index)
        try:
            measured = harvest.release(version, files[version].date.isoformat())
        except IndexGoneError as gone:
            print(f"{version}: {gone}", file=sys.stderr)
            wrong += 1
            continue
        for line in differences(files[version], measured, all_builds=harvest.saw_all_builds):
            print(f"{version}: {line}")
            wrong += 1
        if not harvest.saw_all_builds:
            print(f"{version}: builds on the framework's own index were not checked")
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
