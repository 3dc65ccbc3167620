"""What the user asked for, as constraints: the version, the build, the packages that carry it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchup.model import Reason

if TYPE_CHECKING:
    from torchup.facts.catalogue import Build, Release
    from torchup.resolve.ask import Asked


def asked_version(release: Release, asked: Asked, name: str) -> Reason | None:
    """The release is one that the user accepts."""
    if asked.allows(name, release.version):
        return None
    return Reason(
        code="requested-version",
        effect="reject",
        subject=f"{name} {release.version}",
        needs=asked.wording(name),
        has=release.version,
    )


def asked_build(release: Release, build: Build, asked: Asked) -> Reason | None:
    """The build is the one that the user named."""
    if asked.build in (None, build.name):
        return None
    return Reason(
        code="requested-build",
        effect="reject",
        subject=f"{release.version}+{build.name}",
        needs=str(asked.build),
        has=build.name,
    )


def carried(release: Release, build: Build, asked: Asked) -> Reason | None:
    """The build is that of every package that the user named, in a version that they accept."""
    plugins = dict(one.split("==") for one in build.plugins)
    for name in asked.carriers:
        if name not in plugins and name != build.package:
            return Reason(
                code="requested-build",
                effect="reject",
                subject=f"{release.version}+{build.name}",
                needs=name,
                has=build.package or ", ".join(plugins) or build.name,
            )
    for name, version in plugins.items():
        if not asked.allows(name, version):
            return Reason(
                code="requested-version",
                effect="reject",
                subject=f"{name} {version}",
                needs=asked.wording(name),
                has=version,
            )
    return None
