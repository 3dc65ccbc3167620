"""Bringing a bundle's files together: what is verified already is never fetched again."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from msgspec.structs import replace

from torchup.api.environments.filling import teller
from torchup.api.fetching.elsewhere import addresses, channel_of
from torchup.api.fetching.folder import remove
from torchup.apply.folders import worded
from torchup.errors import OutsideError
from torchup.model import Artifact
from torchup.sources.address import path_of, with_login_of
from torchup.sources.fetching import Fetching, WantedFile
from torchup.sources.fetching.many import size_here
from torchup.state.digests import file_digest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from contextlib import AbstractContextManager
    from typing import IO

    from torchup.api.context import Context
    from torchup.bundles.reading import OpenBundle
    from torchup.bundles.writing import Source
    from torchup.model import SourceSet
    from torchup.model.bundles import BundleFile


class Gathered(NamedTuple):
    """The files with their sizes, where each is read from, and how many bytes were fetched."""

    files: tuple[BundleFile, ...]
    sources: dict[str, Source]
    fetched: int
    reused: int


def gather(
    context: Context,
    files: Iterable[BundleFile],
    places: Mapping[str, Path],
    logins: SourceSet,
    old: OpenBundle | None = None,
) -> Gathered:
    """See that every file is on this machine, and is what it should be.

    What was fetched and not yet put into a bundle stays in the cache, by its hash: an interrupted
    command goes on where it was.

    Args:
        context: the session.
        files: the files.
        places: where those lie that are on this machine, by their path in the bundle.
        logins: where this machine takes files from: who it is there.
        old: the bundle that is replaced; what of it is damaged is fetched anew.

    Raises:
        OutsideError: a file can't be had, or isn't what it should be.
    """
    wanted = tuple(files)
    hashes = {one.sha256 for one in wanted}
    there = [one for one in old.index.files if one.sha256 in hashes] if old else []
    known = {one.sha256: one.path for one in there if old and old.sound(one.path)}
    missing = [one for one in wanted if one.path not in places and one.sha256 not in known]
    fetched, there_now = _fetch(context, missing, logins)
    sources: dict[str, Source] = {}
    found = []
    reused = 0
    for one in wanted:
        if old is not None and one.sha256 in known:
            path = known[one.sha256]
            size = old.files[path].size
            sources[one.path] = _within(old, path)
            reused += size
        else:
            place = places.get(one.path) or there_now[one.path]
            size = place.stat().st_size
            sources[one.path] = _at(place)
        found.append(replace(one, size=size))
    return Gathered(files=tuple(found), sources=sources, fetched=fetched, reused=reused)


def folder_of(context: Context) -> Path:
    """Where files lie that were fetched for a bundle that isn't written yet."""
    return context.home.cache / "fetched"


def forget(context: Context, files: Iterable[BundleFile]) -> None:
    """Remove fetched files; the bundle has them."""
    for one in files:
        remove(folder_of(context), one.sha256)


def _within(old: OpenBundle, path: str) -> Source:
    def opened() -> AbstractContextManager[IO[bytes]]:
        return old.opened(path)

    return opened


def _at(place: Path) -> Source:
    def opened() -> AbstractContextManager[IO[bytes]]:
        return place.open("rb")

    return opened


def _is(place: Path, file: BundleFile) -> bool:
    """Tell whether a file is the one that is meant; a source may not tell its size."""
    return file.size in {0, place.stat().st_size} and file_digest(place) == file.sha256


def _fetch(
    context: Context, files: Sequence[BundleFile], logins: SourceSet
) -> tuple[int, dict[str, Path]]:
    """Bring files here; return the bytes that came, and where each lies, by its path."""
    found: dict[str, Path] = {}
    wanted: dict[str, WantedFile] = {}
    for one in files:
        local = path_of(one.url)
        if local is None:
            wanted[one.path] = _wanted(context, one, logins)
        else:
            found[one.path] = _found(one, Path(local))
    if not wanted:
        return 0, found
    folder = folder_of(context)
    before = sum(_kept(folder, one) for one in {one.key: one for one in wanted.values()}.values())
    came = Fetching(context.host, folder, teller(context)).fetch(tuple(wanted.values()))
    fetched = sum(place.stat().st_size for place in came.values()) - before
    return fetched, found | {path: came[one.key] for path, one in wanted.items()}


def _wanted(context: Context, file: BundleFile, logins: SourceSet) -> WantedFile:
    name = file.path.rpartition("/")[2]
    return WantedFile(
        name=name,
        urls=_urls(context, file, logins),
        sha256=file.sha256,
        size=file.size or None,
        package=name.partition("-")[0] if name.endswith(".whl") else name.rsplit("-", 2)[0],
    )


def _urls(context: Context, file: BundleFile, logins: SourceSet) -> tuple[str, ...]:
    if channel_of(file.url, logins) is not None:
        one = Artifact(name="", version="", url=file.url, sha256=file.sha256, size=file.size)
        return addresses(context, (one,), logins)[file.url]
    places = (logins.primary, *logins.extras, *logins.links)
    owners = (*(one.url for one in places), logins.framework_base)
    known = (with_login_of(file.url, owner) for owner in owners)
    return (next((one for one in known if one != file.url), file.url),)


def _kept(folder: Path, one: WantedFile) -> int:
    """Count what came of a file in earlier runs; one that was damaged since is dropped.

    Raises:
        OutsideError: it can't be read, or not removed.
    """
    place = folder / one.key / one.name
    try:
        if not place.is_file():
            return size_here(folder, one)
        if file_digest(place) == one.sha256:
            return place.stat().st_size
        place.unlink()
    except OSError as error:
        raise worded(error, folder) from error
    return 0


def _found(file: BundleFile, place: Path) -> Path:
    try:
        same = _is(place, file)
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise OutsideError("bundle.not-there", name=place, why=why) from error
    if not same:
        raise OutsideError("bundle.wrong-file", name=place.name, url=place)
    return place
