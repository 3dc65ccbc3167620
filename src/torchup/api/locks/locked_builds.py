"""Which builds of frameworks the packages are that another program locked."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from torchup.facts.frameworks import FRAMEWORKS
from torchup.resolve.several import major_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from torchup.facts.catalogue import Framework
    from torchup.facts.release import Build, Release

    Table = Mapping[str, Any]

_PYPI: Final = "pypi"
_INDEX: Final = re.compile(r"/whl/([A-Za-z0-9.]+)(?:/|$)")
"""The framework's own indexes are named by their builds."""
_CUDA: Final = "nvidia-cuda-runtime"
"""NVIDIA's package of CUDA itself; up to CUDA 12 with the major version behind it (``-cu12``)."""


def distribution(framework: Framework, versions: Iterable[str]) -> str:
    """Name the package of a lock that is a framework; empty where none is.

    Args:
        framework: the framework.
        versions: the normalised names of what is locked.
    """
    there = set(versions)
    # A build under a name of its own has the same files, and is what computes.
    return next((one for one in (*framework.packages, framework.name) if one in there), "")


def build_of(
    release: Release, package: Table, platform: str, versions: Mapping[str, str], framework: str
) -> Build | None:
    """Tell the build: by its local version, else by its index, else by what is locked beside it.

    Args:
        release: the framework's release.
        package: the framework's own package in the lock.
        platform: such as ``linux-x86_64``.
        versions: normalised name → version of everything that is locked.
        framework: the framework's name.
    """
    here = {one.name: one for one in release.builds if one.platform == platform}
    local = str(package.get("version", "")).partition("+")[2]
    if local:
        return here.get(local)
    files = [*package.get("wheels", ()), {"url": package.get("index", "")}]
    for file in files:
        found = _INDEX.search(str(file.get("url", "")))
        if found and found[1] in here:
            return here[found[1]]
    on_pypi = [
        one for one in here.values() if _PYPI in one.channels and _has_plugins(one, versions)
    ]
    plugged = next((one for one in on_pypi if one.plugins), None)
    if plugged:
        return plugged
    name = str(package.get("name", ""))
    under = [one for one in on_pypi if one.package == name]
    if under:
        return under[0]
    bare = [one for one in on_pypi if not one.package]
    brought = next((one for one in bare if one.extra and _brings(one, versions, framework)), None)
    # What needs libraries from elsewhere may find them or not: a lock doesn't say.
    return brought or next((one for one in bare if not (one.extra or one.libraries)), None)


def _has_plugins(build: Build, versions: Mapping[str, str]) -> bool:
    """Tell whether a lock holds every plugin that makes a build; most need none."""
    return all(one.partition("==")[0] in versions for one in build.plugins)


def _brings(build: Build, versions: Mapping[str, str], framework: str) -> bool:
    """Tell whether a lock holds what an extra brings: the plugin of its name, else its CUDA."""
    plugins = [one for one in FRAMEWORKS[framework] if build.extra in one.split("-")]
    if plugins:
        return any(one in versions for one in plugins)
    major = major_of(build.runtime)
    return f"{_CUDA}-cu{major}" in versions or major_of(versions.get(_CUDA, "")) == major
