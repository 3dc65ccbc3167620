"""Chooses the wheels of a framework that are worth opening: one per release and platform."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from packaging.version import Version

from tools.package_index import IndexGoneError, Project
from tools.wheel_rows import PLATFORMS
from torchup.model import Source
from torchup.sources.cache import ListingCache
from torchup.sources.listing import list_project
from torchup.words import load_words

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from torchup.host import Host
    from torchup.model import WheelFile

# NVIDIA's last CUDA for macOS was 10.2; no wheel for macOS was published with any.
NEVER_COMPILED = "macos-"


def project_on(
    host: Host, url: str, name: str, cache: Path | None, *, offline: bool = False
) -> Project:
    """List a project's wheels.

    Args:
        host: the door to the network.
        url: the index.
        name: the project.
        cache: a folder for the listing, used again for as long as the index said; None keeps none.
        offline: take the kept listing, however old.

    Raises:
        IndexGoneError: no answer, not an index page, or nothing of that name on it.
    """
    source = Source(id="index", kind="index", role="primary", url=url)
    kept = ListingCache(cache if cache is not None else os.devnull)
    listing = list_project(host, source, name, cache=kept, offline=offline)
    if listing.why is not None:
        raise IndexGoneError(load_words("en").say(listing.why.code, listing.why.args).rstrip("."))
    return Project(listing.files, {})


def releases_of(project: Project, first: str) -> list[str]:
    """Return the final releases from ``first`` on that have wheels, oldest first."""
    versions = {wheel.version for wheel in project.wheels}
    wanted = [one for one in versions if not Version(one).is_prerelease and project.of(one)]
    return sorted((one for one in wanted if Version(one) >= Version(first)), key=Version)


def wheels_to_open(
    project: Project, version: str, platform: str | None = None, python: str | None = None
) -> Iterator[tuple[str, WheelFile]]:
    """Choose one wheel per platform: that of the newest Python, never a free-threaded one.

    Args:
        project: the framework's wheels.
        version: the release.
        platform: only this platform.
        python: only this minor version of Python, such as ``3.11``.

    Yields:
        The platform and the wheel.
    """
    wheels = project.of(version)
    for one in PLATFORMS:
        if one.startswith(NEVER_COMPILED) or platform not in {None, one}:
            continue
        fitting = [wheel for wheel in wheels if one in wheel.platforms and _fits(wheel, python)]
        if fitting:
            yield one, max(fitting, key=_newest_python)


def _fits(wheel: WheelFile, python: str | None) -> bool:
    return python is None or python in wheel.pythons


def _newest_python(wheel: WheelFile) -> tuple[bool, tuple[int, ...]]:
    plain = [one.rstrip("+") for one in wheel.pythons if one[:1].isdigit()]
    numbers = [tuple(int(part) for part in one.rstrip("t").split(".")) for one in plain]
    return not any(one.endswith("t") for one in plain), max(numbers, default=())
