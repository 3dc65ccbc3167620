"""What conda's channels were seen to hold, as builds and as listings of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from msgspec.structs import replace

from torchup.facts.conda_rows import PublishedRelease, PublishedRow
from torchup.model import WheelFile, shown_url
from torchup.resolve.conda import admits, channel_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torchup.facts.catalogue import Catalogue, Companion, Release
    from torchup.facts.conda import CondaFacts
    from torchup.facts.release import Build
    from torchup.facts.schema import Platform
    from torchup.model import Listing


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
                lines = build.pythons or release.pythons.get(platform, ())
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
