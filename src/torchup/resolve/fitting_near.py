"""Which stacks near one have wheels of a package, where it has none itself. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from torchup.resolve.fitting import fits
from torchup.resolve.lines import line_number
from torchup.resolve.numbers import dotted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from torchup.facts.catalogue import Catalogue
    from torchup.facts.release import Release
    from torchup.facts.wheels import Compiled
    from torchup.resolve.fitting import Ground


def with_wheels(
    packages: Sequence[tuple[Compiled, str, str]],
    ground: Ground,
    catalogue: Catalogue,
    *,
    pythons: Sequence[str],
) -> Iterator[Ground]:
    """Go through the stacks, its own release and older ones, that have wheels of several packages.

    Args:
        packages: each with the versions that the user accepts, and the one that he pins.
        ground: the stack that lacks some of them.
        catalogue: every release.
        pythons: the Pythons to try, the preferred one first.
    """
    here = dotted(ground.release)
    for release in catalogue.releases:
        if dotted(release.version) > here:
            continue
        for python in pythons:
            moved = replace(ground, python=python)
            for other in _builds_of(release, moved):
                if all(_has(known, other, wanted, pin) for known, wanted, pin in packages):
                    yield other
                    break


def nearest(
    known: Compiled, ground: Ground, accepted: str, catalogue: Catalogue, pinned: str = ""
) -> tuple[Ground, ...]:
    """Return the stacks nearest to one that have a wheel: another build, an older, a newer release.

    Only where none has one for its Python, that of another Python counts.

    Args:
        known: the package.
        ground: the stack that has none.
        accepted: the versions that the user accepts.
        catalogue: every release.
        pinned: the one version of them, empty where there are more.
    """
    if not any(ground.system in row.systems for row in known.table.wheels):
        return ()
    lines = sorted((one.minor for one in catalogue.pythons), key=line_number, reverse=True)
    here = line_number(ground.python.removesuffix("t"))
    older = [one for one in lines if line_number(one) < here]
    newer = [one for one in reversed(lines) if line_number(one) > here]
    for python in (ground.python, *older, *newer):
        found = _nearest(known, replace(ground, python=python), accepted, catalogue, pinned)
        if found:
            return found
    return ()


def _nearest(
    known: Compiled, ground: Ground, accepted: str, catalogue: Catalogue, pinned: str
) -> tuple[Ground, ...]:
    here = dotted(ground.release)
    older: Ground | None = None
    newer: Ground | None = None
    for release in catalogue.releases:
        place = dotted(release.version)
        if place < here and older is not None:
            break
        others = _builds_of(release, ground)
        found = next((one for one in others if _has(known, one, accepted, pinned)), None)
        if found is None:
            continue
        if place == here:
            return (found,)
        if place > here:
            newer = found  # newest first: the last release is the nearest
        else:
            older = found
    return tuple(one for one in (older, newer) if one is not None)


def beyond(known: Compiled, ground: Ground) -> bool:
    """Tell whether a stack's release is newer than every one that the package's rows name."""
    named = [
        dotted(one.strip("<>=~!"))
        for row in known.table.wheels
        for one in row.releases
        if "," not in one
    ]
    return bool(named) and dotted(ground.minor) > max(one[:2] for one in named)


def _has(known: Compiled, ground: Ground, accepted: str, pinned: str) -> bool:
    return any(one.loads for one in fits(known, ground, accepted, pinned))


def _builds_of(release: Release, ground: Ground) -> Iterator[Ground]:
    if ground.python not in release.pythons.get(ground.platform, ()):
        return
    builds = [
        one
        for one in release.builds
        if one.platform == ground.platform and one.device == ground.device
    ]
    builds.sort(key=lambda one: (one.name != ground.build, [-n for n in dotted(one.runtime)]))
    for one in builds:
        yield replace(ground, release=release.version, build=one.name, runtime=one.runtime)
