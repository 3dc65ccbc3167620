"""The framework's further places: asked where the chosen one lacks what is planned."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchup.sources.mirrored import other_framework_sources

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from torchup.model import Listing, Source, SourceSet, Stack

    List = Callable[[Iterable[Source]], tuple[Listing, ...]]


def with_standbys(
    listings: tuple[Listing, ...],
    sources: SourceSet,
    framework: str,
    planned: Stack | None,
    list_of: List,
) -> tuple[Listing, ...]:
    """Ask the further places of each build in turn, as long as the planned files are missing.

    A place that has nothing, or can't be reached, leaves the answer where another one has what
    it lacks. One that has other releases stays, before the one that has the planned release.

    Args:
        listings: what the first places hold.
        sources: every place.
        framework: the framework's name.
        planned: what the catalogue alone would choose.
        list_of: asks places for the framework and its companions.
    """
    found = listings
    asked = [one for one in listings if one.source.role == "framework"]
    for listing in asked:
        if listing.project != framework or _holds(listing, framework, planned):
            continue
        for other in other_framework_sources(sources, listing.source.build or ""):
            more = list_of([other])
            ours = next((one for one in more if one.project == framework), None)
            if ours is None or ours.state != "ok":
                continue
            if listing.state != "ok":
                found = tuple(one for one in found if one.source.id != listing.source.id)
            found += more
            if _holds(ours, framework, planned):
                break
    return found


def _holds(listing: Listing, framework: str, planned: Stack | None) -> bool:
    """Tell whether a place has what would be taken from it."""
    if listing.state != "ok":
        return False
    if planned is None or listing.source.build != planned.build:
        return True
    version = planned.packages.get(framework, "")
    return any(file.version == version for file in listing.files)
