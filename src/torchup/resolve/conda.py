"""The catalogue of conda's builds: what channels are recorded to hold, in the shape of releases.

Builds of conda's carry the names of the wheels' builds, and other code inside: a channel's
``cu126`` was compiled by its own people, for architectures of their own choice.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from torchup.facts.release import Build, Certainty
from torchup.model.builds import cuda_of
from torchup.resolve.numbers import dotted
from torchup.resolve.unlisted import runtime_for

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from torchup.facts.catalogue import Catalogue, Companion, Release
    from torchup.facts.conda import CondaFacts
    from torchup.model import FactRef

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
        for mixed in self._mixed(release, builds):
            builds[mixed.platform, mixed.name] = mixed
            pythons.setdefault(mixed.platform, mixed.pythons)
        return replace(
            release,
            pythons=pythons,
            floors={},
            raised_floors={},
            builds=tuple(builds.values()),
            companions=tuple(_companion(one, names) for one in release.companions),
        )

    def _mixed(self, release: Release, here: Mapping[tuple[str, str], Build]) -> tuple[Build, ...]:
        """Give the wheels whose libraries a channel has, where it has no build for their device."""
        own = {(platform, build.device) for (platform, _), build in here.items()}
        return tuple(
            mixed
            for build in release.builds
            if build.libraries and not build.package and (build.platform, build.device) not in own
            for mixed in self._lent(release, build)
        )

    def _lent(self, release: Release, build: Build) -> Iterator[Build]:
        for channel in self._channels:
            row = self._facts.libraries(channel, build.libraries, build.platform)
            if row is not None:
                self.rows.append(self._facts.fact(row))
                fact = self._first + len(self.rows) - 1
                lines = build.pythons or release.pythons.get(build.platform, ())
                yield replace(build, channels=(channel,), fact=fact, pythons=lines)
                return

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
