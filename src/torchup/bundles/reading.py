"""Opening a bundle that somebody brought along: nothing in it is believed before it was checked."""

from __future__ import annotations

import errno
import hashlib
import os
import re
import stat
import struct
import zlib
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from zipfile import ZIP_STORED, BadZipFile, ZipFile

import msgspec
from packaging.utils import InvalidWheelFilename, parse_wheel_filename

from torchup.bundles.section import Section
from torchup.errors import OutsideError, UsageError
from torchup.model.bundles import SCHEMA, Bundle

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import IO

    from torchup.model.bundles import BundleTarget, BundleTool

INDEX: Final = "bundle.json"
LOCK: Final = "pylock.toml"
HEAD: Final = b"#!/bin/sh\n"
"""How a bundle begins that a shell can run."""
BLOCK: Final = 1 << 20
_ZIP: Final = b"PK\x03\x04"
_LARGEST_TEXT: Final = 64 << 20
"""Bytes above which an index or a lock is not read: these are texts."""
_SCHEMA: Final = re.compile(r"^torchup\.bundle/v(\d+)$")
_PLACE: Final = re.compile(
    r"^(?:(?:wheels|python|tools)|conda/[A-Za-z0-9_][A-Za-z0-9._-]*/[a-z0-9]+(?:-[a-z0-9]+)*)"
    r"/[A-Za-z0-9_][A-Za-z0-9._+!-]*$"
)
_DAMAGES: Final = (
    *(BadZipFile, struct.error, zlib.error, EOFError, NotImplementedError),
    *(RuntimeError, ValueError, OverflowError, KeyError),
)
"""What reading a zip that isn't whole may raise."""


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
        with _damage_is_told(self.path, name):
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
    with stream, _archive(path, stream) as archive:
        _check_names(path, archive)
        index = _index(path, archive)
        with _damage_is_told(path, LOCK):
            lock = _text(archive, LOCK)
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
            return _begins(stream.read(len(HEAD)))
    except OSError:
        return False


def _begins(data: bytes) -> bool:
    """Tell whether a bundle may begin so: with the launcher or as a zip."""
    return data == HEAD or data.startswith(_ZIP)


def _archive(path: Path, stream: IO[bytes]) -> ZipFile:
    try:
        return ZipFile(stream)
    except BadZipFile as error:
        stream.seek(0)
        begins = stream.read(len(HEAD))
        code = "bundle.truncated" if _begins(begins) else "bundle.not-one"
        raise UsageError(code, file=path) from error
    except (*_DAMAGES, OSError) as error:
        raise UsageError("bundle.damaged", file=path, name=path.name) from error


def _check_names(path: Path, archive: ZipFile) -> None:
    """See that no name leads out of a folder, stands there twice, or is a link."""
    seen: set[str] = set()
    for one in archive.infolist():
        name = one.orig_filename
        parts = name.replace("\\", "/").split("/")
        outside = name.startswith(("/", "\\")) or ".." in parts or ":" in parts[0]
        if outside or "\0" in name or stat.S_ISLNK(one.external_attr >> 16):
            raise UsageError("bundle.unsafe-name", file=path, name=ascii(name)[1:-1])
        if name in seen:
            raise UsageError("bundle.damaged", file=path, name=name)
        seen.add(name)


def _index(path: Path, archive: ZipFile) -> Bundle:
    if INDEX not in archive.namelist():
        raise UsageError("bundle.not-one", file=path)
    with _damage_is_told(path, INDEX):
        data = _text(archive, INDEX)
        said: Any = msgspec.json.decode(data)
        schema = str(said.get("schema", "")) if isinstance(said, dict) else ""
    version = _SCHEMA.match(schema)
    if version and schema != SCHEMA:
        raise UsageError("bundle.newer", file=path, torchup=str(said.get("torchup", "?")))
    try:
        found = msgspec.convert(said, Bundle)
    except msgspec.ValidationError as error:
        raise UsageError("bundle.damaged", file=path, name=f"{INDEX} ({error})") from error
    _check_index(path, archive, found)
    return found


def _check_index(path: Path, archive: ZipFile, index: Bundle) -> None:
    """See that every file of the index is there, is stored as it is, and lies where files lie.

    It is for some machine, and its wheels are called as wheels are, whoever wrote it.
    """
    there = {one.filename: one for one in archive.infolist()}
    for file in index.files:
        if not _PLACE.match(file.path):
            raise UsageError("bundle.unsafe-name", file=path, name=ascii(file.path)[1:-1])
        info = there.get(file.path)
        if info is None or info.compress_type != ZIP_STORED or info.file_size != file.size:
            raise UsageError("bundle.damaged", file=path, name=file.path)
        if not _is_named_well(file.path):
            raise UsageError("bundle.damaged", file=path, name=file.path)
    if not index.targets:
        raise UsageError("bundle.damaged", file=path, name=f"{INDEX} (targets)")
    known = {one.path for one in index.files}
    keys = {one.key for one in index.pythons} | {""}
    users: list[BundleTarget | BundleTool] = [*index.targets, *index.tools]
    named = [name for one in users for name in one.wheels]
    named += [one.path for one in index.pythons]
    named += [name for one in index.targets for name in one.conda]
    named += [one.engine for one in index.targets if one.engine]
    lacking = [name for name in named if name not in known]
    lacking += [one.interpreter for one in users if one.interpreter not in keys]
    if lacking:
        raise UsageError("bundle.damaged", file=path, name=lacking[0])


def _is_named_well(name: str) -> bool:
    """Tell whether a file is called as one has to be where it lies."""
    if name.startswith("conda/"):
        return name.endswith((".conda", ".tar.bz2"))
    if not name.endswith(".whl"):
        return not name.startswith("wheels/")
    try:
        parse_wheel_filename(name.rpartition("/")[2])
    except InvalidWheelFilename:
        return False
    return True


def _text(archive: ZipFile, name: str) -> bytes:
    info = archive.getinfo(name)
    if info.file_size > _LARGEST_TEXT or info.compress_type != ZIP_STORED:
        raise BadZipFile(name)
    return archive.read(name)


@contextmanager
def _damage_is_told(path: Path, name: str) -> Iterator[None]:
    try:
        yield
    except (UsageError, OutsideError):
        raise
    except _DAMAGES as error:
        raise UsageError("bundle.damaged", file=path, name=name) from error
    except OSError as error:
        if error.errno != errno.EINVAL:  # a place before the beginning of the file
            raise
        raise UsageError("bundle.damaged", file=path, name=name) from error
