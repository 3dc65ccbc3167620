"""The catalogue of conda's builds: what channels are recorded to hold, in the shape of releases.

Builds of conda's carry the names of the wheels' builds, and other code inside: a channel's
``cu126`` was compiled by its own people, for architectures of their own choice.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, cast

from msgspec.structs import replace

from torchup.facts.conda import PublishedRelease, PublishedRow
from torchup.facts.release import Build, Certainty
from torchup.model import WheelFile, shown_url
from torchup.model.builds import cuda_of
from torchup.resolve.numbers import dotted
from torchup.resolve.unlisted import runtime_for

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Sequence

    from torchup.facts.catalogue import Catalogue, Companion, Release
    from torchup.facts.conda import CondaFacts
    from torchup.facts.schema import Platform
    from torchup.model import FactRef, Listing

_BOUND: Final = re.compile(
    r"^(?P<sign>[<>=!]=|[<>=]|)(?P<version>\d+(?:\.\d+)*)(?:a\d+|rc\d+|\.?dev\d*)?(?P<wild>\.?\*)?$"
)
"""One bound on a version; what comes before a release (``2.6.0a0``) ends where it begins."""
_WEAKEST_LAST: Final[tuple[Certainty, ...]] = (
    "measured",
    "documented",
    "inferred",
    "disputed",
    "low",
)


def conda_catalogue(catalogue: Catalogue, facts: CondaFacts, channels: Sequence[str]) -> Catalogue:
    """Return a catalogue of the builds that channels are recorded to hold, and of no others.

    Of a build that several channels hold the first one's counts.

    Args:
        catalogue: the facts about wheels, for everything else.
        facts: what is recorded of channels.
        channels: their names, in the order in which they are asked.
    """
    shelf = _Shelf(catalogue, facts, channels)
    releases = tuple(one for one in map(shelf.release, catalogue.releases) if one.builds)
    known = {one.name for one in catalogue.runtimes}
    used = dict.fromkeys(build.runtime for one in releases for build in one.builds)
    new = tuple(runtime_for(name, catalogue) for name in used if name and name not in known)
    return catalogue.extended(
        releases=releases, runtimes=(*catalogue.runtimes, *new), rows=tuple(shelf.rows)
    )


def seen_in(
    listings: Sequence[Listing], framework: str, platform: str
) -> tuple[PublishedRelease, ...]:
    """Return what channels were seen to hold, for those of which nothing is recorded.

    Args:
        listings: what they hold.
        framework: the framework's name.
        platform: the machine's, for which they were asked.
    """
    found: dict[tuple[str, str], dict[str, None]] = {}
    pythons: dict[tuple[str, str], dict[str, None]] = {}
    urls: dict[str, str] = {}
    for one in listings:
        if one.project != framework:
            continue
        channel = channel_name(one.source.id)
        urls[channel] = shown_url(one.source.url)
        for file in one.files:
            if file.build:
                key = channel, file.version
                found.setdefault(key, {})[file.build] = None
                lines = (line for line in file.pythons if line[-1:].isdigit())
                pythons.setdefault(key, {}).update(dict.fromkeys(lines))
    return tuple(
        PublishedRelease(
            channel=channel,
            version=version,
            platforms={
                cast("Platform", platform): PublishedRow(
                    builds=tuple(builds), pythons=tuple(pythons[channel, version])
                )
            },
            source=(),
            at=urls[channel],
        )
        for (channel, version), builds in found.items()
    )


def with_carried(listings: Sequence[Listing], framework: str, carrier: str) -> tuple[Listing, ...]:
    """Give the framework's packages the builds of the one that is built for it.

    Of a release there is a file for each build and Python of the carrier that it asks for.

    Args:
        listings: what the channels hold.
        framework: the framework's name.
        carrier: the companion's name; empty where the framework's own packages are built.
    """
    if not carrier:
        return tuple(listings)
    built = {one.source.id: one.files for one in listings if one.project == carrier}
    found: list[Listing] = []
    for one in listings:
        if one.project == framework:
            files = tuple(
                replace(carried, version=file.version, needs=file.needs)
                for file in one.files
                for carried in built.get(one.source.id, ())
                if carried.build and _asks_for(file, carrier, carried.version)
            )
            state = "absent" if one.state == "ok" and not files else one.state
            found.append(replace(one, state=state, files=files))
        else:
            found.append(one)
    return tuple(found)


def _asks_for(file: WheelFile, carrier: str, version: str) -> bool:
    asked = [spec for spec in file.needs if spec.split(" ")[0] == carrier]
    return all(admits(spec, version) for spec in asked)


def with_mixed(
    listings: Sequence[Listing], catalogue: Catalogue, facts: CondaFacts, platform: str
) -> tuple[Listing, ...]:
    """List the wheels whose libraries a channel was seen to have, as if they were its own.

    Args:
        listings: what the channels hold, their libraries too.
        catalogue: conda's builds.
        facts: what is recorded of channels.
        platform: the machine's.
    """
    if not facts.lent:
        return tuple(listings)
    there: dict[str, dict[str, list[str]]] = {}
    for one in listings:
        held = there.setdefault(one.source.id, {})
        held[one.project] = [file.version for file in one.files]
    framework = catalogue.framework.name
    every = [
        (release, build)
        for release in catalogue.releases
        for build in release.builds
        if build.platform == platform and build.libraries
    ]
    found: list[Listing] = []
    for one in listings:
        files: list[WheelFile] = []
        for release, build in every if one.project == framework else ():
            row = facts.libraries(channel_name(one.source.id), build.libraries, platform)
            held = there[one.source.id]
            if row and all(
                any(admits(spec, version) for version in held.get(spec.split(" ")[0], ()))
                for spec in row.specs
            ):
                lines = release.pythons.get(platform, ())
                files.append(_as_listed(framework, release.version, build, lines))
        state = "ok" if files and one.state == "absent" else one.state
        found.append(replace(one, state=state, files=(*one.files, *files)) if files else one)
    return tuple(found)


def _as_listed(framework: str, version: str, build: Build, lines: tuple[str, ...]) -> WheelFile:
    return WheelFile(
        filename=f"{framework}-{version}",
        url="",
        version=version,
        build=build.name,
        pythons=lines,
        platforms=(build.platform,),
    )


def of_channels_alone(
    catalogue: Catalogue, listings: Sequence[Listing], platform: str
) -> Catalogue:
    """Keep the builds that are packages of channels, and where these were asked, that are there.

    Args:
        catalogue: conda's builds.
        listings: what the channels hold; empty where none was asked.
        platform: the machine's.
    """
    name = catalogue.framework.name
    seen = {
        (file.version, file.build) for one in listings if one.project == name for file in one.files
    }

    def kept(release: Release) -> Release:
        builds = tuple(
            build
            for build in release.builds
            if not build.libraries
            and (not listings or (release.version, build.name) in seen)
            and build.platform == platform
        )
        return replace(release, builds=builds)

    releases = tuple(one for one in map(kept, catalogue.releases) if one.builds)
    return replace(catalogue, releases=releases)


def with_companions_seen(
    catalogue: Catalogue, listings: Sequence[Listing], package: str
) -> Catalogue:
    """Leave out companions whose packages ask for another release of the framework.

    The makers release one together with several releases; a channel builds it anew for each, and
    not at once.

    Args:
        catalogue: conda's builds.
        listings: what the channels hold.
        package: conda's name of the framework.
    """
    needs: dict[tuple[str, str], list[str]] = {}
    for one in listings:
        for file in one.files:
            asked = [spec for spec in file.needs if spec.split(" ")[0] == package]
            needs.setdefault((one.project, file.version), []).append((asked or [""])[0])

    def fits(companion: Companion, version: str) -> bool:
        asked = needs.get((companion.name, companion.version))
        return asked is None or any(admits(spec, version) for spec in asked)

    releases = tuple(
        replace(one, companions=tuple(each for each in one.companions if fits(each, one.version)))
        for one in catalogue.releases
    )
    return catalogue.extended(releases=releases, runtimes=catalogue.runtimes, rows=())


def admits(spec: str, version: str) -> bool:
    """Tell whether a match specification admits a release; what can't be read admits any.

    Args:
        spec: such as ``pytorch >=2.5.1,<2.6.0a0`` or ``pytorch 2.9.* cuda126*``.
        version: a release's version, all numbers.
    """
    words = spec.split(" ")
    if len(words) == 1:
        return True
    return any(
        all(_admits(one, version) for one in either.split(",")) for either in words[1].split("|")
    )


def _admits(bound: str, version: str) -> bool:
    found = _BOUND.match(bound)
    if found is None:
        return True
    sign, numbers, wild = found["sign"], dotted(found["version"]), found["wild"]
    there = dotted(version)
    if wild or sign == "=":
        same = there[: len(numbers)] == numbers
        return not same if sign == "!=" else same
    longest = max(len(there), len(numbers))
    ours, theirs = (one + (0,) * (longest - len(one)) for one in (there, numbers))
    return {
        "": ours == theirs,
        "==": ours == theirs,
        "!=": ours != theirs,
        ">=": ours >= theirs,
        "<=": ours <= theirs,
        ">": ours > theirs,
        "<": ours < theirs,
    }[sign]


def channel_name(place: str) -> str:
    """Return the name of a channel, which is the last part of its address."""
    return place.rstrip("/").rpartition("/")[2] if "://" in place else place


class _Shelf:
    """Makes releases; keeps the rows that they rest on."""

    def __init__(self, catalogue: Catalogue, facts: CondaFacts, channels: Sequence[str]) -> None:
        self._first = catalogue.row_count
        self._facts = facts
        self._channels = channels
        self.rows: list[FactRef] = []

    def release(self, release: Release) -> Release:
        """Return a release as conda has it."""
        builds: dict[tuple[str, str], Build] = {}
        pythons: dict[str, tuple[str, ...]] = {}
        for channel in self._channels:
            row = self._facts.published(channel, release.version)
            for platform, found in row.platforms.items() if row else ():
                lines = found.pythons or release.pythons.get(platform, ())
                pythons[platform] = tuple(dict.fromkeys((*pythons.get(platform, ()), *lines)))
                for name in found.builds:
                    made = self._build(channel, release, name, platform)
                    builds.setdefault((platform, name), made)
        names = {
            platform: tuple(name for at, name in builds if at == platform) for platform in pythons
        }
        for mixed in self._mixed(release, names):
            builds[mixed.platform, mixed.name] = mixed
            pythons[mixed.platform] = release.pythons.get(mixed.platform, ())
        return replace(
            release,
            pythons=pythons,
            floors={},
            raised_floors={},
            builds=tuple(builds.values()),
            companions=tuple(_companion(one, names) for one in release.companions),
        )

    def _mixed(self, release: Release, here: Container[str]) -> Iterator[Build]:
        """Give the wheels whose libraries a channel has, on platforms without builds of its own."""
        for build in release.builds:
            if not build.libraries or build.platform in here or build.package:
                continue
            for channel in self._channels:
                row = self._facts.libraries(channel, build.libraries, build.platform)
                if row is not None:
                    self.rows.append(self._facts.fact(row))
                    fact = self._first + len(self.rows) - 1
                    yield replace(build, channels=(channel,), fact=fact)
                    break

    def _build(self, channel: str, release: Release, name: str, platform: str) -> Build:
        version = release.version
        wheels = (one for one in release.builds if one.platform == platform)
        runtime = cuda_of(name)
        row = self._facts.published(channel, version)
        compiled = self._facts.compiled(channel, version, name, platform) if runtime else None
        certainty: Certainty = "documented"
        if runtime:
            told: Certainty = compiled.certainty if compiled else "low"
            certainty = max(certainty, told, key=_WEAKEST_LAST.index)
        self.rows.extend(self._facts.fact(one) for one in (compiled or row,) if one)
        unknown = None if runtime else ()
        return Build(
            name=name,
            platform=platform,
            device="cuda" if runtime else "cpu",
            runtime=runtime or "",
            channels=(channel,),
            archs=compiled.archs if compiled else unknown,
            ptx=compiled.ptx if compiled else (),
            certainty=certainty,
            fact=self._first + len(self.rows) - 1,
            also=next((one.also for one in wheels if one.also), ()),
            publication="documented",
        )


def _companion(companion: Companion, names: dict[str, tuple[str, ...]]) -> Companion:
    """Return a companion as conda has it: built beside the framework, each build with its own."""
    pythons = {platform: companion.pythons.get(platform, ()) for platform in names}
    return replace(companion, builds=names, pypi_build={}, pythons=pythons, floors={}, tagged=True)
