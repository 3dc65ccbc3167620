"""Laying the mirrors that the user chose for torchup over what pip and uv are set up to use.

A variable of one run says more than torchup's setting, and the setting more than pip's and uv's
files. The framework's packages may come from each of its own places in turn; which one has the
planned build is for the choice to see.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from torchup.model import FrameworkPlace, Source
from torchup.model.mirror import OFFICIAL, SETTING
from torchup.sources.address import build_of, same_place
from torchup.sources.places import Named

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from torchup.model import SourceSet
    from torchup.model.mirror import ChosenMirrors, Mirror, MirrorKind

_VARIABLES: Final = ("UV_", "PIP_")


def origin_of(kind: MirrorKind) -> str:
    """Name the setting that chose a place."""
    return f"{SETTING}{kind}"


def primary_of(
    mirrors: ChosenMirrors, configured: Named | None, default_index: str
) -> Named | None:
    """Return the index for everything that the setting names; None where another one counts.

    Args:
        mirrors: what the user chose.
        configured: what pip and uv are set up to use.
        default_index: the installers' own, for the choice of the makers' place.
    """
    if not mirrors.pypi or (configured and configured.origin.startswith(_VARIABLES)):
        return None
    return Named(value=_address(mirrors.pypi[0], default_index), origin=origin_of("pypi"))


def standing_by(mirrors: ChosenMirrors, primary: Source, default_index: str) -> tuple[Source, ...]:
    """Return further indexes that have the primary one's files: for downloads that break off."""
    if not mirrors.pypi:
        return ()
    wanted = [_address(one, default_index) for one in mirrors.pypi]
    found = dict.fromkeys([*wanted, default_index])
    return tuple(
        Source(id=f"standby-{at}", kind="index", role="primary", url=url, origin=origin_of("pypi"))
        for at, url in enumerate(found)
        if url and same_place(url) != same_place(primary.url)
    )


def framework_places(mirrors: ChosenMirrors, official: str) -> tuple[FrameworkPlace, ...]:
    """Return the places of the framework's own indexes, the chosen ones first.

    Args:
        mirrors: what the user chose.
        official: the makers' own address.
    """
    origin = origin_of("pytorch")
    places = [
        FrameworkPlace(base=_address(one, official), flat=one.layout == "flat", origin=origin)
        for one in mirrors.pytorch
    ]
    if not any(same_place(one.base) == same_place(official) for one in places):
        places.append(FrameworkPlace(base=official, origin="catalogue"))
    return tuple(places)


def _address(mirror: Mirror, official: str) -> str:
    """A place's address; the makers' own is the one that the catalogue knows."""
    return official if mirror.id == OFFICIAL and official else mirror.url


def other_framework_sources(sources: SourceSet, build: str) -> Iterator[Source]:
    """Yield the further places of one build, in the order in which they stand by."""
    for at, place in enumerate(sources.framework_others, 2):
        yield source_at(place, build, f"framework-{build}-{at}")


def source_at(place: FrameworkPlace, build: str, name: str) -> Source:
    """Return one build's index below a place, or its page of files where the place is flat.

    Args:
        place: where the builds lie.
        build: such as ``cu126``.
        name: the source's id.
    """
    url = f"{place.base.rstrip('/')}/{build}"
    return Source(
        id=name,
        kind="links" if place.flat else "index",
        role="framework",
        url=f"{url}/" if place.flat else url,
        origin=place.origin,
        build=build_of(url) or build,
    )


def channel_alias(mirrors: Sequence[Mirror], channel: str) -> tuple[str, str] | None:
    """Return where a mirror serves a channel of conda's, and the address below which it lies.

    The makers' own parts (``main``, ``r``, …) lie under ``pkgs``, every other channel under
    ``cloud``, as the mirrors' own instructions have it.

    Args:
        mirrors: the user's choice, the first one that may have it counts.
        channel: its name.
    """
    for one in mirrors:
        if one.id == OFFICIAL:
            return None
        if one.state == "own":  # an address of the user's own is a channel_alias
            if channel.startswith("pkgs/"):
                continue
            return f"{one.url}/{channel}", one.id
        if channel.startswith("pkgs/"):
            return f"{one.url}/{channel}", one.id
        name = channel.partition("/")[0]
        if not one.channels or name in one.channels:
            return f"{one.url}/cloud/{channel}", one.id
    return None
