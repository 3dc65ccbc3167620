"""What a published package asks of another, by its own metadata."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from torchup.api.context import Context
    from torchup.model import SourceSet


def wish_of(
    context: Context,
    sources: SourceSet,
    package: tuple[str, str],
    wanted: str,
    environment: Mapping[str, str],
) -> str | None:
    """Return what one version of a package asks of the package ``wanted``.

    Args:
        context: the session.
        sources: where the package may lie, in the order in which they are asked.
        package: its normalised name and its version.
        wanted: the other package's normalised name.
        environment: what markers are compared with.

    Returns:
        A specifier, empty where any version does; None where nothing could be read.
    """
    from torchup.sources.cache import ListingCache
    from torchup.sources.listing import list_project
    from torchup.sources.metadata import wheel_metadata

    name, version = package
    cache = ListingCache(context.home.cache / "listings")
    for source in (sources.primary, *sources.extras, *sources.links):
        listing = list_project(context.host, source, name, cache=cache, offline=context.offline)
        files = [one for one in listing.files if _full(one.version, one.build) == version]
        for file in files[:1]:
            said = wheel_metadata(context.host, file, context.home.cache / "metadata")
            if said is not None:
                return requires(said.splitlines(), wanted, environment)
    return None


def requires(lines: Iterable[str], wanted: str, environment: Mapping[str, str]) -> str:
    """Return what the lines of a METADATA ask of a package without any extra.

    Args:
        lines: the METADATA.
        wanted: the package's normalised name.
        environment: what markers are compared with.
    """
    from packaging.requirements import InvalidRequirement, Requirement
    from packaging.utils import canonicalize_name

    found: list[str] = []
    for line in lines:
        if not line:
            break
        field, _, value = line.partition(": ")
        if field.lower() != "requires-dist":
            continue
        try:
            asked = Requirement(value)
        except InvalidRequirement:
            continue
        here = asked.marker is None or asked.marker.evaluate({**environment, "extra": ""})
        if canonicalize_name(asked.name) == wanted and here and str(asked.specifier):
            found.append(str(asked.specifier))
    return ",".join(dict.fromkeys(found))


def _full(version: str, build: str) -> str:
    return f"{version}+{build}" if build else version
