"""Turns one release's TOML file into its catalogue value."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from torchup.facts.release import EVERY_BUILD, Build, Certainty, Companion, Release

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torchup.facts.ledger import Ledger
    from torchup.facts.schema import BuildRow, CompanionRow, ReleaseFile

PYPI: Final = "pypi"
_WEAKEST_LAST: Final[tuple[Certainty, ...]] = (
    "measured",
    "documented",
    "inferred",
    "disputed",
    "low",
)
_WITH_MACHINE_CODE: Final = ("cuda", "rocm", "directml")


def compile_release(
    name: str, file: ReleaseFile, by_version: Mapping[str, ReleaseFile], ledger: Ledger
) -> Release:
    """Compile one release.

    Args:
        name: the file, relative to the data folder.
        file: its content.
        by_version: all releases, for companions that belong to an older one's builds.
        ledger: takes the rows.

    Raises:
        ValueError: an unknown source, or a companion of a release that isn't there.
    """
    fact = ledger.add(name, "version", file.source, file)
    return Release(
        version=file.version,
        date=file.date.isoformat(),
        pythons={platform: row.pythons for platform, row in file.platforms.items()},
        floors={
            platform: row.floor for platform, row in file.platforms.items() if row.floor is not None
        },
        builds=tuple(_build(name, row, file, ledger) for row in file.builds),
        companions=tuple(
            _companion(name, row, file, by_version, ledger) for row in file.companions
        ),
        fact=fact,
        raised_floors={
            platform: row.raised_floors
            for platform, row in file.platforms.items()
            if row.raised_floors
        },
        note=file.note,
    )


def _build(name: str, row: BuildRow, file: ReleaseFile, ledger: Ledger) -> Build:
    compiled = row.compiled
    source = row.source if compiled is None else compiled.source
    certainty = row.certainty
    if compiled is not None:
        certainty = max(certainty, compiled.certainty, key=_WEAKEST_LAST.index)
    archs = compiled.archs if compiled is not None else None
    return Build(
        name=row.name,
        platform=row.platform,
        device=row.device,
        runtime=row.runtime,
        channels=row.channels,
        archs=archs if row.device in _WITH_MACHINE_CODE else (),
        ptx=compiled.ptx if compiled is not None else (),
        certainty=certainty,
        fact=ledger.add(name, f"builds.{row.platform}.{row.name}", source, file),
        tagged=row.tagged,
        also=row.also,
        publication=row.certainty,
        floor=row.floor or "",
        extra=row.extra,
        libraries=row.libraries,
        package=row.package,
        plugins=row.plugins,
        pythons=row.pythons,
        asked=row.asked,
        ended=row.ended,
    )


def _companion(
    name: str,
    row: CompanionRow,
    file: ReleaseFile,
    by_version: Mapping[str, ReleaseFile],
    ledger: Ledger,
) -> Companion:
    owner = by_version.get(row.builds_of or file.version)
    if owner is None:
        raise ValueError(f"{name}: {row.name}: no release {row.builds_of}")
    builds: dict[str, tuple[str, ...]] = {}
    pypi_build: dict[str, str] = {}
    for build in owner.builds:
        if build.platform not in row.pythons:
            continue
        if any(channel != PYPI for channel in build.channels):
            builds[build.platform] = (*builds.get(build.platform, ()), build.name)
        if PYPI in build.channels:
            several = build.platform in pypi_build
            pypi_build[build.platform] = EVERY_BUILD if several else build.name
    for platform, absent in row.not_built.items():
        builds[platform] = tuple(b for b in builds.get(platform, ()) if b not in absent)
    return Companion(
        name=row.name,
        version=row.version,
        pythons={str(platform): found for platform, found in row.pythons.items()},
        builds=builds,
        pypi_build={
            platform: build for platform, build in pypi_build.items() if platform in row.on_pypi
        },
        certainty=row.certainty,
        fact=ledger.add(name, f"companions.{row.name}", row.source, file),
        builds_of=row.builds_of or file.version,
        tagged=row.tagged,
        floors={str(platform): floor for platform, floor in row.floors.items()},
    )
