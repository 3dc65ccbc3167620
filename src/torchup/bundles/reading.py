"""Opening a bundle that somebody brought along: nothing in it is believed before it was checked."""

from __future__ import annotations

import hashlib
import os
import struct
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path
from typing import TYPE_CHECKING

from torchup.bundles.section import Section
from torchup.bundles.structure import (
    BLOCK,
    HEAD,
    INDEX,
    LOCK,
    archive_of,
    begins,
    check_names,
    damage_is_told,
    read_index,
    text_of,
)
from torchup.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import IO
    from zipfile import ZipFile

    from torchup.model.bundles import Bundle


class OpenBundle:
    """A bundle whose index and lock were read and belong together.

    Args:
        path: the file.
        stream: the file, opened.
        archive: the zip in it.
        index: its index.
        lock: its lock.
    """

    def __init__(
        self, path: Path, stream: IO[bytes], archive: ZipFile, index: Bundle, lock: bytes
    ) -> None:
        self._stream = stream
        self.path = path
        self.archive = archive
        self.index = index
        self.lock = lock
        self.files = {one.path: one for one in index.files}

    def close(self) -> None:
        """Let the file go, so that it can be replaced everywhere."""
        self.archive.close()
        self._stream.close()

    def digest(self) -> str:
        """The sha256 of the index, which names the hashes of everything else."""
        return hashlib.sha256(self.archive.read(INDEX)).hexdigest()

    def place(self, path: str) -> int:
        """Return at which byte of the bundle a file's content begins."""
        with self.damage_is_told(path), self.path.open("rb") as stream:
            stream.seek(self.archive.getinfo(path).header_offset + 26)
            name, extra = struct.unpack("<HH", stream.read(4))
            return self.archive.getinfo(path).header_offset + 30 + int(name) + int(extra)

    @contextmanager
    def section(self, path: str) -> Iterator[IO[bytes]]:
        """Open a file of the bundle to be read here and there; nothing of it is verified."""
        start = self.place(path)
        with self.damage_is_told(path), Section(self.path, start, self.files[path].size) as raw:
            yield BufferedReader(raw)

    @contextmanager
    def opened(self, path: str) -> Iterator[IO[bytes]]:
        """Open a file of the bundle, to be read from its beginning to its end."""
        with self.damage_is_told(path), self.archive.open(path) as stream:
            yield stream

    def copy(
        self, path: str, into: IO[bytes], tell: Callable[[int], None] = lambda _done: None
    ) -> None:
        """Write a file's content, and see that it is what the index says.

        Args:
            path: the file in the bundle.
            into: where to.
            tell: told how many bytes came since.

        Raises:
            UsageError: ``bundle.damaged`` or ``bundle.tampered``; what was written is worthless.
        """
        expected, digest, size = self.files[path], hashlib.sha256(), 0
        with self.opened(path) as stream:
            while block := stream.read(BLOCK):
                digest.update(block)
                size += len(block)
                into.write(block)
                tell(len(block))
        if (digest.hexdigest(), size) != (expected.sha256, expected.size):
            raise UsageError("bundle.tampered", file=self.path, name=path)

    def sound(self, path: str) -> bool:
        """Tell whether a file is what the index says."""
        try:
            with Path(os.devnull).open("wb") as nowhere:
                self.copy(path, nowhere)
        except UsageError:
            return False
        return True

    @contextmanager
    def damage_is_told(self, name: str) -> Iterator[None]:
        """Say which file can't be read.

        Raises:
            UsageError: ``bundle.damaged``.
        """
        with damage_is_told(self.path, name):
            yield


@contextmanager
def open_bundle(file: str | Path) -> Iterator[OpenBundle]:
    """Open a bundle.

    Args:
        file: its path.

    Raises:
        UsageError: ``bundle.unreadable``, ``bundle.not-one``, ``bundle.truncated``,
            ``bundle.damaged``, ``bundle.unsafe-name``, ``bundle.newer`` or ``bundle.tampered``.
    """
    path = Path(file).expanduser()
    try:
        stream = path.open("rb")
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise UsageError("bundle.unreadable", file=file, why=why) from error
    with stream, archive_of(path, stream) as archive:
        check_names(path, archive)
        index = read_index(path, archive)
        with damage_is_told(path, LOCK):
            lock = text_of(archive, LOCK)
        if hashlib.sha256(lock).hexdigest() != index.lock:
            raise UsageError("bundle.tampered", file=path, name=LOCK)
        yield OpenBundle(path, stream, archive, index, lock)


def is_bundle(file: str | Path) -> bool:
    """Tell whether a file is meant to be a bundle, by its name or by how it begins."""
    path = Path(file)
    if path.suffix == ".torchup":
        return True
    try:
        with path.open("rb") as stream:
            return begins(stream.read(len(HEAD)))
    except OSError:
        return False
