"""Whether the disks have room for a bundle, and for what has to be fetched for it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from torchup.api.bundle.fetching import folder_of
from torchup.api.stacks.sizes import Sizing
from torchup.apply.volume import same_volume
from torchup.errors import OutsideError
from torchup.model import Artifact
from torchup.sources.address import path_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from torchup.api.context import Context
    from torchup.bundles.reading import OpenBundle
    from torchup.model.bundles import BundleFile

_BLOCK: Final = 512
"""Bytes of a block as POSIX's ``st_blocks`` counts them."""


def see_room(
    context: Context,
    files: Sequence[BundleFile],
    places: Mapping[str, Path],
    path: Path,
    old: OpenBundle | None = None,
) -> None:
    """See that the disks have room: for the whole bundle where it goes, for what is fetched before.

    A size that no source tells counts as nothing.

    Args:
        context: the session.
        files: the files of the bundle.
        places: where those lie that are on this machine, by their path in the bundle.
        path: the bundle; an older one stays until the new one is whole.
        old: that one; what it has isn't fetched.

    Raises:
        OutsideError: ``bundle.no-room``.
    """
    there = {one.sha256: one.size for one in old.index.files} if old else {}
    whole = missing = 0
    left: list[BundleFile] = []
    for one in files:
        known = there.get(one.sha256) or _here(one, places)
        whole += known
        if not known:
            left.append(one)
    for one, size in zip(left, _sizes(context, left), strict=True):
        whole += size
        missing += max(0, size - _begun(folder_of(context), one))
    cache, target = folder_of(context), path.absolute().parent
    if same_volume(cache, target):
        _see(context, target, whole + missing)
    else:
        _see(context, cache, missing)
        _see(context, target, whole)


def _see(context: Context, place: Path, needed: int) -> None:
    room = context.host.room(str(place))
    if room is None or room.free >= needed:
        return
    from torchup.words.sizes import size_of

    raise OutsideError(
        "bundle.no-room", path=place, needed=size_of(needed), free=size_of(room.free)
    )


def _here(file: BundleFile, places: Mapping[str, Path]) -> int:
    """The size of a file that is read from where it lies, 0 where it has to be fetched."""
    local = path_of(file.url)
    place = places.get(file.path) or (Path(local) if local is not None else None)
    try:
        return place.stat().st_size if place is not None else 0
    except OSError:  # whoever reads it says so
        return file.size


def _sizes(context: Context, files: Sequence[BundleFile]) -> list[int]:
    """The size of each file; a source is asked where its listing didn't tell."""
    asked = tuple(
        Artifact(
            name=one.path.rpartition("/")[2],
            version="",
            url=one.url,
            sha256=one.sha256,
            size=one.size or None,
        )
        for one in files
    )
    found = Sizing(context, asked).wait() if any(one.size is None for one in asked) else asked
    return [one.size or 0 for one in found]


def _begun(folder: Path, file: BundleFile) -> int:
    """The bytes of a file that earlier runs brought here already, as the disk counts them."""
    found = 0
    for place in folder.glob(f"{file.sha256}*"):
        parts = place.rglob("*") if place.is_dir() else (place,)
        for one in parts:
            try:
                stat = one.stat()
            except OSError:
                continue
            if one.is_file():
                # A file that was laid out beforehand takes only the room of what came.
                found += min(stat.st_size, getattr(stat, "st_blocks", 2**40) * _BLOCK)
    return found
