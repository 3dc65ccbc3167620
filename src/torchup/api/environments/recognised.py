"""Which framework an environment of another tool holds, by whatever name it was installed."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from torchup.model.builds import device_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torchup.facts.catalogue import Build, Catalogue


class Recognised(NamedTuple):
    """A framework in an environment.

    ``distribution`` is the package that holds it, ``version`` that package's, both empty where
    there is none; ``build`` is empty where nothing tells.
    """

    distribution: str = ""
    version: str = ""
    build: str = ""

    def renamed(self, framework: str) -> bool:
        """Tell whether it is there under another name than its own."""
        return self.distribution not in ("", framework)


def recognised(packages: Mapping[str, str], catalogue: Catalogue, platform: str) -> Recognised:
    """Find the framework among an environment's packages.

    Args:
        packages: what is there, by normalised names.
        catalogue: the framework's facts.
        platform: such as ``linux-x86_64``.
    """
    framework = catalogue.framework
    names = (framework.name, *framework.packages, *framework.misnamed)
    name = next((one for one in names if one in packages), "")
    if not name:
        return Recognised()
    version = packages[name]
    build = version.partition("+")[2] or _by_facts(name, packages, catalogue, platform)
    return Recognised(name, version, build or _by_names(name, packages, catalogue))


def on_apple(catalogue: Catalogue, platform: str, build: str) -> bool:
    """Tell whether a build computes on the GPU of Apple's chips; an unknown one as most do."""
    every = (one for release in catalogue.releases for one in release.builds)
    here = [one for one in every if one.platform == platform]
    named = [one for one in here if one.name == build] or [one for one in here if not one.asked]
    return any("mps" in (one.device, *one.also) for one in named)


def _by_facts(name: str, packages: Mapping[str, str], catalogue: Catalogue, platform: str) -> str:
    """The one build of the release that such a package is, or that such plugins make of it."""
    release = catalogue.release(packages[name].partition("+")[0])
    found = [
        one.name
        for one in (release.builds if release else ())
        if one.platform == platform
        and (one.package or one.plugins)
        and (one.package or catalogue.framework.name) == name
        and packages.keys() >= set(_plugins(one))
    ]
    return found[0] if len(found) == 1 else ""


def _by_names(name: str, packages: Mapping[str, str], catalogue: Catalogue) -> str:
    """The build that a package tells by its name: ``jax-cuda12-plugin``, ``tensorflow-cpu``."""
    extras = catalogue.framework.extras
    words = (word for one in packages for word in one.split("-")[1:])
    told = next((extras[one] for one in words if one in extras), "")
    last = name.removeprefix(catalogue.framework.name).removeprefix("-")
    return told or (last if device_of(last) else "")


def _plugins(build: Build) -> tuple[str, ...]:
    return tuple(one.partition("==")[0] for one in build.plugins)
