"""What can be had where: builds of the catalogue, narrowed by what sources really list."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from torchup.model import Listing, Source, WheelFile
from torchup.resolve.numbers import dotted

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from torchup.facts.catalogue import Build, Catalogue, Companion, Release


_LEAST: Final = r">=\s*(\d+\.\d+)"
"""The lower end in ``Requires-Python``; an upper end is a guess about the future."""


class Offer(Struct, frozen=True, kw_only=True):
    """A build at one place.

    ``floors`` maps the release lines there are wheels for to the least system they ask for;
    ``pin`` is the exact version to ask that place for. ``source`` is None where only the
    catalogue was asked.
    """

    channel: str
    floors: dict[str, str]
    pin: str
    source: Source | None = None
    files: tuple[WheelFile, ...] = ()

    @property
    def on_pypi(self) -> bool:
        """Whether the place is the index for everything."""
        return self.channel == "pypi"

    @property
    def pythons(self) -> tuple[str, ...]:
        """The release lines, as the wheels name them."""
        return tuple(self.floors)

    def floor(self, line: str) -> str:
        """The least system on which Python ``line`` can use it; empty where unknown."""
        if len(set(self.floors.values())) == 1:
            return next(iter(self.floors.values()))
        fitting = [floor for one, floor in self.floors.items() if serves_python((one,), line)]
        return min(fitting, key=_floor_key, default="")


def platform_matches(file: WheelFile, platform: str) -> bool:
    """Tell whether a wheel's tags admit a platform such as ``linux-x86_64``."""
    return "any" in file.platforms or platform in file.platforms


class Shelf:
    """The places that were asked, and what each holds.

    Args:
        listings: what they hold; None where only the catalogue is asked.
        catalogue: the facts.
        only_listed: what no place lists can't be had, however well the catalogue knows it.
    """

    def __init__(
        self, listings: Sequence[Listing] | None, catalogue: Catalogue, *, only_listed: bool = False
    ) -> None:
        self._only_listed = only_listed
        self._listings = None if listings is None else tuple(listings)
        self._catalogue = catalogue
        self._files: dict[tuple[str, str], list[WheelFile]] = {}
        for listing in self._listings or ():
            for file in listing.files:
                self._files.setdefault((listing.source.id, listing.project), []).append(file)

    @property
    def live(self) -> bool:
        """Whether any place was asked at all."""
        return self._listings is not None

    def offers(self, release: Release, build: Build) -> tuple[Offer, ...]:
        """Where a build can be had: places of the user first, then PyPI, then the framework's."""
        if self._listings is None:
            return tuple(self._by_catalogue(release, build))
        places = self._framework_listings(build)
        found = [self._offer(listing, release, build) for listing in places]
        offers = [offer for offer in found if offer is not None]
        asked = {listing.source.build for listing in self._framework_listings()}
        if self._only_listed or build.name in asked or offers:
            return tuple(offers)
        if self._index_down(build) is None:
            offers += [o for o in self._by_catalogue(release, build) if o.channel != "pypi"]
        return tuple(offers)

    def unreachable(self, build: Build) -> Listing | None:
        """The place that should have the build and can't be reached, if there is one."""
        for listing in self._framework_listings(build):
            source = listing.source
            on_pypi = source.role == "primary" and "pypi" in build.channels
            here = source.build == build.name or source.kind == "channel" or on_pypi
            if here and listing.state == "unreachable":
                return listing
        asked = {listing.source.build for listing in self._framework_listings()}
        return None if build.name in asked else self._index_down(build)

    def _index_down(self, build: Build) -> Listing | None:
        """The build's page of the framework's own index, if no page of it can be reached."""
        pages = [one for one in self._framework_listings() if one.source.role == "framework"]
        if not pages or any(one.state != "unreachable" for one in pages):
            return None
        known = pages[0].source
        url = f"{known.url.rpartition('/')[0]}/{build.name}"
        return replace(pages[0], source=replace(known, url=url, build=build.name))

    def companion(self, offer: Offer, build: Build, companion: Companion) -> Offer | None:
        """The companion's wheels at the same place, if they belong to this build."""
        platform = build.platform
        if offer.source is None:
            return _companion_by_catalogue(offer, build, companion)
        by_default = build.name if companion.on_pypi(build) else None
        files = [
            file
            for file in self._files.get((offer.source.id, companion.name), ())
            if file.version == companion.version
            and platform_matches(file, platform)
            and not file.yanked
            and _belongs(file, offer.source, build, by_default)
        ]
        return _offer_of(offer.source, offer.channel, files) if files else None

    def _framework_listings(self, build: Build | None = None) -> Iterable[Listing]:
        name = (build.package if build else "") or self._catalogue.framework.name
        return (one for one in self._listings or () if one.project == name)

    def _offer(self, listing: Listing, release: Release, build: Build) -> Offer | None:
        default = build.name if "pypi" in build.channels else None
        files = [
            file
            for file in self._files.get((listing.source.id, listing.project), ())
            if file.version == release.version
            and platform_matches(file, build.platform)
            and not file.yanked
            and _belongs(file, listing.source, build, default)
        ]
        channel = "pypi" if listing.source.role == "primary" else listing.source.role
        return _narrowed(_offer_of(listing.source, channel, files), build) if files else None

    def _by_catalogue(self, release: Release, build: Build) -> Iterable[Offer]:
        for channel in sorted(build.channels, key=lambda one: one != "pypi"):
            tagged = channel != "pypi" and build.tagged
            lines = build.pythons or release.pythons.get(build.platform, ())
            yield Offer(
                channel=channel,
                floors={
                    line: build.floor or release.floor(build.platform, line) or "" for line in lines
                },
                pin=f"{release.version}+{build.name}" if tagged else release.version,
            )


def _belongs(file: WheelFile, source: Source, build: Build, default: str | None) -> bool:
    """Tell whether a file is of the build: by its local tag, its index, or PyPI's default.

    A pure Python wheel is of every build.
    """
    if file.build:
        return file.build == build.name
    if source.build:
        return source.build == build.name
    if file.platforms == ("any",):
        return True
    return default == build.name


def _offer_of(source: Source, channel: str, files: Sequence[WheelFile]) -> Offer:
    first = files[0]
    floors: dict[str, str] = {}
    for file in files:
        for named in file.pythons:
            line = _bounded(named, file.requires_python)
            floors[line] = min(floors.get(line, file.floor), file.floor, key=_floor_key)
    return Offer(
        channel=channel,
        floors=floors,
        pin=f"{first.version}+{first.build}" if first.build else first.version,
        source=source,
        files=tuple(files),
    )


def _narrowed(offer: Offer, build: Build) -> Offer | None:
    """Leave the Pythons that its plugins have wheels for, too, on the systems that these ask for.

    A package of its own lists its own wheels.
    """
    if not build.plugins:
        return offer
    floors = {
        line: max(floor, build.floor, key=_floor_key)
        for line, floor in offer.floors.items()
        if not build.pythons or line in build.pythons or "+" in line
    }
    return replace(offer, floors=floors) if floors else None


def _bounded(line: str, requires: str) -> str:
    """Raise the lower end of what a wheel's tags leave open to what its metadata asks for."""
    least = re.search(_LEAST, requires)
    if least is None or not (line == "any" or line.endswith("+")):
        return line
    return max(least[1], "0.0" if line == "any" else line[:-1], key=dotted) + "+"


def _floor_key(floor: str) -> tuple[int, ...]:
    return dotted(floor.rpartition(" ")[2])


def _companion_by_catalogue(offer: Offer, build: Build, companion: Companion) -> Offer | None:
    platform = build.platform
    if offer.channel == "pypi":
        here = companion.on_pypi(build)
    else:
        here = build.name in companion.builds.get(platform, ())
    pythons = companion.pythons.get(platform, ())
    if not here or not pythons:
        return None
    tagged = offer.channel != "pypi" and companion.tagged
    pin = f"{companion.version}+{build.name}" if tagged else companion.version
    floor = companion.floors.get(platform, "")
    return Offer(channel=offer.channel, floors=dict.fromkeys(pythons, floor), pin=pin)


@lru_cache(maxsize=8192)
def serves_python(offered: tuple[str, ...], line: str) -> bool:
    """Tell whether wheels for ``offered`` lines run on Python ``line``.

    ``any`` is pure Python, ``3.9+`` the stable ABI (not for free-threaded Pythons).
    """
    if line in offered or "any" in offered:
        return True
    if line.endswith("t"):
        return False
    number = tuple(int(part) for part in line.split("."))
    return any(
        tuple(int(part) for part in one[:-1].split(".")) <= number
        for one in offered
        if one.endswith("+")
    )
