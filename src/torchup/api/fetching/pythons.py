"""Fetching an interpreter's archive where uv had better not do it itself, or could not.

uv begins an archive anew after each break. What was fetched here is shown to it as a folder that is
laid out like its makers' place; it compares the archive with the hash that it carries itself.
"""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from torchup.api.fetching.folder import downloads_folder, remove
from torchup.api.fetching.health import is_healthy
from torchup.apply.folders import worded
from torchup.backends.uv_python import INSTALL_MIRROR, download_url, official_download_url
from torchup.errors import OutsideError
from torchup.model import text
from torchup.model.mirror import OFFICIAL
from torchup.sources.address import file_name, path_of, server_of
from torchup.sources.fetching import Fetching, WantedFile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from torchup.api.context import Context

_ASK_S: Final = 6.0
_DONE: Final = 200
_SUMS: Final = "SHA256SUMS"
"""What the makers' releases call the list of their hashes."""
_ANYWHERE: Final = "file:///torchup"  # a path of no drive has no address on Windows


class PythonArchive(Struct, frozen=True, kw_only=True):
    """The archive that uv would take for a release line.

    Attributes:
        line: the release line.
        place: where it lies below its makers' place or a mirror of it.
        urls: its addresses, the one that uv would ask first.
    """

    line: str
    place: str
    urls: tuple[str, ...]

    @property
    def name(self) -> str:
        """Its file name."""
        return file_name(self.place)


def archive_of(context: Context, line: str) -> PythonArchive | None:
    """Ask uv which archive it would take; None where no folder can stand in for its source.

    Args:
        context: the session; the mirrors that the user chose are among the addresses.
        line: the release line.
    """
    host = context.host
    stood_in = download_url(host, env={INSTALL_MIRROR: _ANYWHERE}, minor=line)
    place = stood_in.removeprefix(f"{_ANYWHERE}/")
    if not stood_in or place == stood_in:
        return None
    mirrors = [one.url for one in context.mirrors.python if one.id != OFFICIAL]
    urls = [
        download_url(host, minor=line),
        *(f"{one.rstrip('/')}/{place}" for one in mirrors),
        official_download_url(host, line),
    ]
    web = tuple(one for one in dict.fromkeys(urls) if one and path_of(one) is None)
    return PythonArchive(line=line, place=place, urls=web) if web else None


class PythonFetcher:
    """One interpreter.

    Args:
        context: the session.
        line: its release line.
        on_progress: told a name, the bytes that are here, and the bytes in all.
    """

    def __init__(
        self, context: Context, line: str, on_progress: Callable[[str, int, int], None]
    ) -> None:
        self._context = context
        self._progress = on_progress
        self._archive = archive_of(context, line)

    def before(self) -> WantedFile | None:
        """Fetch the archive where it would take long or has begun; else None: uv may do it.

        Raises:
            OutsideError: a ``download.*`` code.
        """
        if self._archive is None:
            return None
        archive = self._archive
        folder = downloads_folder(self._context)
        if next(folder.glob("*.part"), None) is not None:
            wanted = self._wanted(archive)
            if (folder / f"{wanted.key}.part").exists():
                return self._fetch(wanted)
        size = self._size(archive.urls[0])
        if not size or is_healthy(self._context.host, archive.urls[0], size):
            return None
        return self._fetch(self._wanted(archive, size))

    def after_failure(self) -> WantedFile | None:
        """Fetch the archive that uv could not; None where no place has it.

        Raises:
            OutsideError: a ``download.*`` code.
        """
        if self._archive is None:
            return None
        sizes = {url: size for url in self._archive.urls if (size := self._size(url))}
        if not sizes:
            return None
        there = replace(self._archive, urls=tuple(sizes))
        return self._fetch(self._wanted(there, max(sizes.values())))

    @contextmanager
    def laid_out(self, wanted: WantedFile) -> Iterator[Path]:
        """Lay a fetched archive out as its makers' place has it; afterwards it is removed.

        Raises:
            OutsideError: the disk refuses.
        """
        assert self._archive is not None, "it was fetched"  # noqa: S101
        context = self._context
        fetched = downloads_folder(context) / wanted.key / wanted.name
        work = context.home.cache / "work"
        try:
            work.mkdir(parents=True, exist_ok=True)
            with TemporaryDirectory(
                prefix=f"{os.getpid()}-", dir=work, ignore_cleanup_errors=True
            ) as made:
                place = Path(made) / self._archive.place.rpartition("/")[0] / wanted.name
                place.parent.mkdir(parents=True, exist_ok=True)
                _link(fetched, place)
                yield Path(made)
        except OSError as error:
            raise worded(error, work) from error
        finally:
            remove(downloads_folder(context), wanted.key)

    def _fetch(self, wanted: WantedFile) -> WantedFile:
        places = len({server_of(one) for one in wanted.urls})
        self._context.report.note(
            text("create.fetching"), text("download.ours", count=1, places=places)
        )
        folder = downloads_folder(self._context)
        Fetching(self._context.host, folder, self._progress).fetch([wanted])
        return wanted

    def _wanted(self, archive: PythonArchive, size: int | None = None) -> WantedFile:
        return WantedFile(
            name=archive.name,
            urls=archive.urls,
            sha256=self._hash(archive),
            size=size,
            package=f"python {archive.line}",
        )

    def _size(self, url: str) -> int | None:
        """Ask how large the archive is; None where nobody says."""
        try:
            answer = self._context.host.fetch(url, method="HEAD", timeout=_ASK_S)
        except OutsideError:
            return None
        said = answer.headers.get("content-length", "")
        return int(said) if answer.status == _DONE and said.isdigit() else None

    def _hash(self, archive: PythonArchive) -> str:
        """The hash that a place tells, for going on at another; uv has the last word."""
        for url in archive.urls:
            sums = f"{url.rpartition('/')[0]}/{_SUMS}"
            try:
                answer = self._context.host.fetch(sums, timeout=_ASK_S)
            except OutsideError:
                continue
            if answer.status == _DONE:
                return hash_in(answer.body.decode("utf-8", "replace"), archive.name)
        return ""


def hash_in(sums: str, name: str) -> str:
    """Return a file's hash in the list that ``sha256sum`` writes; empty where it isn't there."""
    for line in sums.splitlines():
        digest, _, named = line.partition(" ")
        if named.lstrip(" *") == name and len(digest) == 64:  # noqa: PLR2004 - in hex
            return digest.lower()
    return ""


def _link(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError:  # no hard links there
        shutil.copyfile(source, target)
