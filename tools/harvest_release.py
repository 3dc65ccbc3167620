"""Measures one release of the framework from package metadata."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import msgspec
from packaging.version import Version

from tools.companion_pair import pair
from tools.package_index import IndexGoneError
from tools.remote_wheel import WheelUnreadableError
from tools.wheel_metadata import default_build, runtime_of
from tools.wheel_rows import PLATFORMS, platform_rows
from torchup.facts.schema import BuildRow, CompanionRow, Compiled, ReleaseFile

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tools.package_index import Index
    from tools.wheel_archs import WheelArchs
    from torchup.facts.schema import FrameworkFile, PlatformRow
    from torchup.model import WheelFile


class Harvest:
    """Reads one release.

    Args:
        index: the index that the release is on.
        builds_index: the framework's own index with a page of all builds, None to leave it out.
        framework: the framework's own file.
        known: the releases already in the catalogue, by version.
        archs: reads what a wheel was compiled for; None leaves that out.
    """

    def __init__(
        self,
        index: Index,
        builds_index: Index | None,
        framework: FrameworkFile,
        known: Mapping[str, ReleaseFile],
        archs: WheelArchs | None = None,
    ) -> None:
        self._index, self._builds_index = index, builds_index
        self._framework, self._known, self._archs = framework, known, archs
        self.sources: dict[str, str] = {}
        self.unmeasured: list[str] = []
        self.saw_all_builds = False

    def release(self, version: str, day: str = "") -> ReleaseFile:
        """Measure a release.

        Args:
            version: such as ``2.15.0``.
            day: its date, for an index that doesn't tell when files were uploaded.

        Raises:
            IndexGoneError: the index doesn't have it.
        """
        name = self._framework.name
        project = self._index.project(name)
        wheels = project.of(version)
        if not wheels:
            raise IndexGoneError(f"{self._index.page(name)} has no wheels of {version}")
        date = project.day(version) or day
        if not date:
            raise IndexGoneError(f"{self._index.page(name)} doesn't date its files: give --date")
        listing = self._source("pypi-listing", f"{self._index.page(name)} (wheel file names)")
        platforms = platform_rows(wheels, (listing,))
        builds = self._builds(version, wheels)
        companions = tuple(
            self._companion(one, version, date, platforms) for one in self._framework.companions
        )
        release = {
            "checked": dt.datetime.now(dt.timezone.utc).date(),
            "sources": self.sources,
            "version": version,
            "date": dt.date.fromisoformat(date),
            "source": (self._source("pypi-upload", f"{self._index.page(name)} (upload time)"),),
            "platforms": platforms,
            "builds": builds,
            "companions": [one for one in companions if one is not None],
        }
        return msgspec.convert(msgspec.to_builtins(release, builtin_types=(dt.date,)), ReleaseFile)

    def _source(self, short: str, words: str) -> str:
        self.sources[short] = words
        return short

    def _builds(self, version: str, wheels: tuple[WheelFile, ...]) -> tuple[BuildRow, ...]:
        rows: dict[tuple[str, str], BuildRow] = {}
        examples: dict[tuple[str, str], WheelFile] = {}
        for platform in PLATFORMS:
            wheel = next((one for one in wheels if platform in one.platforms), None)
            if wheel is None:
                continue
            text = self._index.member(wheel, f"{self._framework.name}/version.py") or b""
            build = default_build(text.decode())
            short = self._source(
                f"wheel-version-py-{platform}", f"version.py inside {wheel.filename}"
            )
            rows[platform, build] = self._build_row(build, platform, ("pypi",), (short,))
            examples[platform, build] = wheel
        for (platform, build, tagged), wheel in self._indexed(version):
            examples.setdefault((platform, build), wheel)
            found = rows.get((platform, build))
            channels = (*(found.channels if found else ()), f"whl/{build}")
            source = (*(found.source if found else ()), "framework-listing")
            rows[platform, build] = self._build_row(
                build, platform, channels, source, tagged=tagged
            )
        for key, row in rows.items():
            if row.device in {"cuda", "rocm"}:
                rows[key] = msgspec.structs.replace(
                    row, compiled=self._compiled(row, examples[key])
                )
        order = {platform: at for at, platform in enumerate(PLATFORMS)}
        return tuple(sorted(rows.values(), key=lambda row: (order[row.platform], row.name)))

    def _build_row(
        self,
        build: str,
        platform: str,
        channels: tuple[str, ...],
        source: tuple[str, ...],
        *,
        tagged: bool = False,
    ) -> BuildRow:
        device = "cuda" if build.startswith("cu") else "rocm" if build.startswith("rocm") else build
        row = {
            "name": build,
            "platform": platform,
            "device": device,
            "runtime": runtime_of(build),
            "channels": channels,
            "certainty": "measured",
            "source": source,
            "tagged": tagged,
            "also": self._also(platform, build),
        }
        return msgspec.convert(row, BuildRow)

    def _compiled(self, row: BuildRow, wheel: WheelFile) -> Compiled | None:
        """What a build was compiled for; None, and a note, where that can't be measured."""
        what = f"architectures of {row.platform} {row.name}"
        if self._archs is None:
            self.unmeasured.append(what)
            return None
        try:
            reading = self._archs.read(wheel.url, wheel.sha256)
        except WheelUnreadableError as error:
            self.unmeasured.append(f"{what} ({error})")
            return None
        if reading.flags is None or reading.build != row.name:
            why = f"is {reading.build}" if reading.build != row.name else "has no list of them"
            self.unmeasured.append(f"{what} ({wheel.filename} {why})")
            return None
        short = self._source(
            f"wheel-arch-flags-{row.platform}-{row.name}",
            f"arch-flags string in {reading.library} of {wheel.filename}",
        )
        compiled = {
            "archs": reading.flags.archs,
            "ptx": reading.flags.ptx,
            "certainty": "measured",
            "source": (short,),
        }
        return msgspec.convert(compiled, Compiled)

    def _also(self, platform: str, build: str) -> tuple[str, ...]:
        """The further devices that the same build served in the newest release that is known."""
        newest = max(self._known.values(), key=lambda file: Version(file.version), default=None)
        rows = newest.builds if newest is not None else ()
        return next((r.also for r in rows if (r.platform, r.name) == (platform, build)), ())

    def _indexed(self, version: str) -> list[tuple[tuple[str, str, bool], WheelFile]]:
        """The builds on the framework's own index: (platform, build, tagged) and a wheel."""
        if self._builds_index is None:
            self.unmeasured.append("builds on the framework's own index")
            return []
        page = self._builds_index.page(self._framework.name)
        try:
            wheels = self._builds_index.project(self._framework.name).of(version)
        except IndexGoneError as gone:
            self.unmeasured.append(f"builds on the framework's own index ({gone})")
            return []
        self._source("framework-listing", f"{page} (wheel file names)")
        self.saw_all_builds = True
        found = {
            (platform, wheel.build or "cpu", bool(wheel.build)): wheel
            for wheel in wheels
            for platform in wheel.platforms
            if platform in PLATFORMS and (wheel.build or platform.startswith("macos"))
        }
        return sorted(found.items(), key=lambda item: item[0])

    def _companion(
        self, name: str, version: str, day: str, platforms: Mapping[str, PlatformRow]
    ) -> CompanionRow | None:
        project = self._index.project(name)
        chosen = pair(self._index, project, self._framework.name, version, day)
        if chosen is None:
            self.unmeasured.append(f"the {name} that belongs to it")
            return None
        theirs, certainty, why = chosen
        wheels = project.of(theirs)
        rows = platform_rows(wheels, (), {key: row.pythons for key, row in platforms.items()})
        kept = {key: row for key, row in rows.items() if key in platforms}
        pairing = self._source(
            f"{name}-pin" if certainty == "measured" else f"{name}-pairing",
            f"{name} {theirs} {why}",
        )
        listing = self._source(f"{name}-listing", f"{self._index.page(name)} (wheel file names)")
        companion = {
            "name": name,
            "version": theirs,
            "certainty": certainty,
            "source": (pairing, listing),
            "pythons": {key: row.pythons for key, row in kept.items()},
            "on_pypi": tuple(kept),
            "floors": {key: row.floor for key, row in kept.items() if row.floor},
        }
        owner = None if certainty == "measured" else self._owner(name, theirs, version)
        if owner is not None:
            companion["builds_of"] = owner
        return msgspec.convert(companion, CompanionRow)

    def _owner(self, name: str, theirs: str, version: str) -> str | None:
        """The oldest release that already has this companion: its builds are what exists."""
        owners = [
            file.version
            for file in self._known.values()
            if file.version != version
            and any((one.name, one.version) == (name, theirs) for one in file.companions)
        ]
        oldest = min(owners, key=Version, default=None)
        return oldest if oldest and Version(oldest) < Version(version) else None
