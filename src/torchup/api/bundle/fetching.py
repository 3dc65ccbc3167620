"""Bringing a bundle's files together: what is verified already is never fetched again."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from msgspec.structs import replace

from torchup.api.creation import teller
from torchup.apply.folders import worded
from torchup.backends.uv_archives import digest_of
from torchup.errors import OutsideError
from torchup.model import shown_url
from torchup.sources.address import path_of, with_login_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from contextlib import AbstractContextManager
    from typing import IO

    from torchup.api.context import Context
    from torchup.bundles.reading import OpenBundle
    from torchup.bundles.writing import Source
    from torchup.model import SourceSet
    from torchup.model.bundles import BundleFile

_TRIES: Final = 3


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
    total = sum(one.size for one in wanted if one.path not in places and one.sha256 not in known)
    fetching = _Fetching(context, logins, total)
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
            place = places.get(one.path) or fetching.fetch(one)
            size = place.stat().st_size
            sources[one.path] = _at(place)
        found.append(replace(one, size=size))
    return Gathered(files=tuple(found), sources=sources, fetched=fetching.done, reused=reused)


def folder_of(context: Context) -> Path:
    """Where files lie that were fetched for a bundle that isn't written yet."""
    return context.home.cache / "fetched"


def forget(context: Context, files: Iterable[BundleFile]) -> None:
    """Remove fetched files; the bundle has them."""
    for one in files:
        (folder_of(context) / one.sha256).unlink(missing_ok=True)


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
    digest, size = digest_of(place)
    return digest == file.sha256 and file.size in {0, size}


class _Fetching:
    def __init__(self, context: Context, logins: SourceSet, total: int) -> None:
        self._context = context
        self._total = total
        self._seen = 0
        self.done = 0
        places = (logins.primary, *logins.extras, *logins.links)
        self._owners = [*(one.url for one in places), logins.framework_base]

    def fetch(self, file: BundleFile) -> Path:
        """Fetch a file, or find that it was fetched before."""
        place = folder_of(self._context) / file.sha256
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            if place.is_file() and _is(place, file):
                self._seen += file.size
                return place
            local = path_of(file.url)
            if local is not None:
                return self._found(file, Path(local))
            draft = place.with_name(f"{place.name}.part")
            self._save(file, draft)
            draft.replace(place)
        except OSError as error:
            raise worded(error, place.parent) from error
        return place

    def _found(self, file: BundleFile, place: Path) -> Path:
        try:
            same = _is(place, file)
        except OSError as error:
            why = error.strerror or type(error).__name__
            raise OutsideError("bundle.not-there", name=place, why=why) from error
        if not same:
            raise OutsideError("bundle.wrong-file", name=place.name, url=place)
        self._seen += file.size
        return place

    def _save(self, file: BundleFile, draft: Path) -> None:
        """Fetch into a draft, from where the last try ended."""
        url = next(
            (
                found
                for owner in self._owners
                if (found := with_login_of(file.url, owner)) != file.url
            ),
            file.url,
        )
        for left in range(_TRIES - 1, -1, -1):
            try:
                self._once(file, draft, url)
            except OutsideError as error:
                if not left or error.code in {"network.tls", "network.proxy"}:
                    raise
                continue
            if _is(draft, file):
                return
            draft.unlink()
        name = file.path.rpartition("/")[2]
        raise OutsideError("bundle.wrong-file", name=name, url=shown_url(file.url))

    def _once(self, file: BundleFile, draft: Path, url: str) -> None:
        with draft.open("ab"):
            pass
        with draft.open("r+b") as into:
            start = into.seek(0, os.SEEK_END)
            if file.size and start >= file.size:
                start = into.seek(0)
                into.truncate()
            self._tell(file, start)
            self._context.host.save(
                url, into, start=start, tell=lambda count: self._tell(file, count)
            )

    def _tell(self, file: BundleFile, count: int) -> None:
        self._seen += count
        self.done += count
        name = file.path.rpartition("/")[2].partition("-")[0]
        teller(self._context)(name, self._seen, self._total)
