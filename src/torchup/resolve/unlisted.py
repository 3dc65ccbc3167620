"""Releases and builds that a listing shows and that the catalogue doesn't know; pure.

Their wheels' names tell their versions, builds, Pythons and floors; nobody has looked yet what
they are compiled for. They are offered by name, and taken only where the user pinned one, or
where nothing known serves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchup.facts.catalogue import Release, Runtime
from torchup.model import FactRef, Reason, shown_url
from torchup.resolve.nightly import day_of
from torchup.resolve.numbers import dotted
from torchup.resolve.unmeasured import Seen, Unmeasured

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from torchup.facts.catalogue import Catalogue
    from torchup.model import Listing


def unlisted(
    listings: Sequence[Listing],
    catalogue: Catalogue,
    platform: str,
    *,
    cards: Iterable[str] = (),
    nightly: bool = False,
) -> tuple[Release, ...]:
    """Find releases and builds for one platform that are listed and not known, newest first.

    A release that is known, with a build that isn't, comes with its known builds too. An unknown
    build's ``archs`` are unknown, its certainty is ``low``; its ``fact`` counts on from the
    catalogue's own rows (see :func:`with_unlisted`). Pre-releases, releases older than the
    catalogue's first and builds of other makers don't count.

    Args:
        listings: what sources hold.
        catalogue: the facts.
        platform: such as ``linux-x86_64``.
        cards: architectures of the machine's cards. A build is left out where its precursor for
            the same major runtime has dropped all of them: none has ever come back.
        nightly: find nightly builds instead of releases.
    """
    shape = Unmeasured(catalogue, platform, tuple(cards), nightly=nightly)
    found: dict[str, dict[str, list[Seen]]] = {}
    for listing in listings:
        if listing.project != catalogue.framework.name:
            continue
        for file in listing.files:
            build = shape.build_of(file, listing.source.build)
            if build is not None:
                seen = Seen(file=file, place=shown_url(listing.source.url))
                found.setdefault(file.version, {}).setdefault(build, []).append(seen)
    made = (
        shape.release(version, found[version])
        for version in sorted(found, key=lambda one: (dotted(one), day_of(one)), reverse=True)
    )
    return tuple(one for one in made if one is not None)


def with_unlisted(
    catalogue: Catalogue, releases: Sequence[Release], *, today: str = ""
) -> Catalogue:
    """Lay unlisted releases over the catalogue.

    A CUDA version that is not known either gets the least that it can need: the drivers of the
    newest known one, or within its major version that one's floor.

    Args:
        catalogue: the facts.
        releases: what :func:`unlisted` found.
        today: the day on which the listings were read (ISO), for the rows.
    """
    versions = {one.version for one in releases}
    joined = [*releases, *(one for one in catalogue.releases if one.version not in versions)]
    joined.sort(key=lambda one: dotted(one.version), reverse=True)
    new = [build for one in releases for build in one.builds if build.fact >= catalogue.row_count]
    needed = dict.fromkeys(build.runtime for build in new if build.device == "cuda")
    unknown = [name for name in needed if name and catalogue.runtime(name) is None]
    rows = {
        build.fact: FactRef(
            file=build.channels[-1],
            key=f"{one.version}+{build.name}",
            url=build.channels[-1],
            checked=today,
        )
        for one in releases
        for build in one.builds
        if build.fact >= catalogue.row_count
    }
    return catalogue.extended(
        releases=tuple(joined),
        runtimes=(*catalogue.runtimes, *(runtime_for(name, catalogue) for name in unknown)),
        rows=tuple(rows[number] for number in sorted(rows)),
    )


def offered_by_name(
    releases: Sequence[Release], catalogue: Catalogue, chosen: str = ""
) -> tuple[Reason, ...]:
    """Name what is listed and not known, where it is newer than what was chosen.

    Args:
        releases: what :func:`unlisted` found.
        catalogue: the facts without them.
        chosen: the chosen version; empty names everything.
    """
    said: list[Reason] = []
    for release in releases:
        known = catalogue.release(release.version)
        names = [one.name for one in release.builds if one.fact >= catalogue.row_count]
        if known is None and dotted(release.version) > dotted(chosen):
            builds = ", ".join(names)
            said.append(
                Reason(
                    code="release-unmeasured",
                    effect="prefer",
                    subject=release.version,
                    has=builds,
                )
            )
        elif known is not None and dotted(release.version) >= dotted(chosen):
            said += [
                Reason(
                    code="build-unmeasured",
                    effect="prefer",
                    subject=f"{release.version}+{name}",
                    has=name,
                )
                for name in names
            ]
    return tuple(said)


def runtime_for(name: str, catalogue: Catalogue) -> Runtime:
    """The least drivers that an unknown CUDA version can need."""
    newest = max(catalogue.runtimes, key=lambda one: dotted(one.name))
    same = [one for one in catalogue.runtimes if dotted(one.name)[:1] == dotted(name)[:1]]
    floor = same[0].floor if same else newest.native
    return Runtime(name=name, native=newest.native, floor=floor, fact=newest.fact)
