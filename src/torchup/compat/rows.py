"""The rows of the matrix: one build of one release on one platform."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct

from torchup.facts.catalogue import Build, Release, Runtime

if TYPE_CHECKING:
    from collections.abc import Iterable

    from torchup.facts.catalogue import Catalogue, Companion

CERTAIN: Final = frozenset({"measured", "documented"})
"""What was read from the thing itself or from its maker's own files."""


class Row(Struct, frozen=True, kw_only=True):
    """One build of one release on one platform.

    Attributes:
        release: the release it belongs to.
        build: the build.
        runtime: the drivers that the build's runtime needs; None where it has none, or where
            they are unknown.
        companions: the companions there are for it, such as ``torchvision 0.29.1``.
    """

    release: Release
    build: Build
    runtime: Runtime | None
    companions: tuple[str, ...]

    @property
    def label(self) -> str:
        """The candidate as pip would name it: ``2.14.1+cu126``."""
        return f"{self.release.version}+{self.build.name}"

    @property
    def platform(self) -> str:
        """Where it runs, such as ``linux-x86_64``."""
        return self.build.platform

    @property
    def system(self) -> str:
        """The operating system: ``linux``, ``windows`` or ``macos``."""
        return self.build.platform.partition("-")[0]

    @property
    def pythons(self) -> tuple[str, ...]:
        """The Pythons there are wheels for."""
        return self.build.pythons or self.release.pythons.get(self.build.platform, ())

    @property
    def certain(self) -> bool:
        """Whether its facts were read from the thing itself or from its maker's own files."""
        return self.build.certainty in CERTAIN

    @property
    def driver_floor(self) -> str:
        """The first driver that runs it, by minor-version compatibility; empty for none."""
        if self.runtime is None:
            return ""
        return self.runtime.floor.get(self.system) or self.driver_native

    @property
    def driver_native(self) -> str:
        """The first driver that knows its runtime; empty for none, or where unknown."""
        return self.runtime.native.get(self.system, "") if self.runtime else ""


def matrix(catalogue: Catalogue) -> tuple[Row, ...]:
    """Return every row of the catalogue, newest release first."""
    return tuple(
        Row(
            release=release,
            build=build,
            runtime=catalogue.runtime(build.runtime) if build.device == "cuda" else None,
            companions=tuple(_companions(release, build)),
        )
        for release in catalogue.releases
        for build in release.builds
    )


def _companions(release: Release, build: Build) -> Iterable[str]:
    for companion in release.companions:
        if _exists(companion, build):
            yield f"{companion.name} {companion.version}"


def _exists(companion: Companion, build: Build) -> bool:
    platform = build.platform
    if not companion.pythons.get(platform):
        return False
    by_default = "pypi" in build.channels and companion.on_pypi(build)
    return by_default or build.name in companion.builds.get(platform, ())


def minor_of(version: str) -> str:
    """The minor line of a release: ``2.14`` for ``2.14.1``."""
    return ".".join(version.split(".")[:2])


def newest_patches(rows: Iterable[Row]) -> tuple[Row, ...]:
    """Keep the newest patch release of each minor line; the order stays."""
    newest: dict[str, str] = {}
    kept: list[Row] = []
    for row in rows:
        version = row.release.version
        if newest.setdefault(minor_of(version), version) == version:
            kept.append(row)
    return tuple(kept)
