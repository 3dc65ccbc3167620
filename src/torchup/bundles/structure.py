"""What a bundle has to look like inside before anything in it is believed."""

from __future__ import annotations

import errno
import re
import stat
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final
from zipfile import ZIP_STORED, BadZipFile, ZipFile

import msgspec
from packaging.utils import InvalidWheelFilename, parse_wheel_filename

from torchup.errors import OutsideError, UsageError
from torchup.model.bundles import SCHEMA, Bundle
from torchup.model.no_archive import NO_ARCHIVE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
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


def begins(data: bytes) -> bool:
    """Tell whether a bundle may begin so: with the launcher or as a zip."""
    return data == HEAD or data.startswith(_ZIP)


def archive_of(path: Path, stream: IO[bytes]) -> ZipFile:
    """Open the zip in a file.

    Raises:
        UsageError: ``bundle.truncated``, ``bundle.not-one`` or ``bundle.damaged``.
    """
    try:
        return ZipFile(stream)
    except BadZipFile as error:
        stream.seek(0)
        head = stream.read(len(HEAD))
        code = "bundle.truncated" if begins(head) else "bundle.not-one"
        raise UsageError(code, file=path) from error
    except (*NO_ARCHIVE, OSError) as error:
        raise UsageError("bundle.damaged", file=path, name=path.name) from error


def check_names(path: Path, archive: ZipFile) -> None:
    """See that no name leads out of a folder, stands there twice, or is a link.

    Raises:
        UsageError: ``bundle.unsafe-name`` or ``bundle.damaged``.
    """
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


def read_index(path: Path, archive: ZipFile) -> Bundle:
    """Read the index, and see that it belongs to the files beside it.

    Raises:
        UsageError: ``bundle.not-one``, ``bundle.newer``, ``bundle.unsafe-name`` or
            ``bundle.damaged``.
    """
    if INDEX not in archive.namelist():
        raise UsageError("bundle.not-one", file=path)
    with damage_is_told(path, INDEX):
        data = text_of(archive, INDEX)
        said: Any = msgspec.json.decode(data)
        schema = str(said.get("schema", "")) if isinstance(said, dict) else ""
    version = _SCHEMA.match(schema)
    if version and schema != SCHEMA:
        raise UsageError("bundle.newer", file=path, torchup=str(said.get("torchup", "?")))
    try:
        found = msgspec.convert(said, Bundle)
    except msgspec.ValidationError as error:
        raise UsageError("bundle.damaged", file=path, name=f"{INDEX} ({error})") from error
    _checkread_index(path, archive, found)
    return found


def _checkread_index(path: Path, archive: ZipFile, index: Bundle) -> None:
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


def text_of(archive: ZipFile, name: str) -> bytes:
    """Read an index or a lock.

    Raises:
        BadZipFile: it is larger than a text is, or packed.
    """
    info = archive.getinfo(name)
    if info.file_size > _LARGEST_TEXT or info.compress_type != ZIP_STORED:
        raise BadZipFile(name)
    return archive.read(name)


@contextmanager
def damage_is_told(path: Path, name: str) -> Iterator[None]:
    """Say which file of a bundle can't be read.

    Raises:
        UsageError: ``bundle.damaged``.
    """
    try:
        yield
    except (UsageError, OutsideError):
        raise
    except NO_ARCHIVE as error:
        raise UsageError("bundle.damaged", file=path, name=name) from error
    except OSError as error:
        if error.errno != errno.EINVAL:  # a place before the beginning of the file
            raise
        raise UsageError("bundle.damaged", file=path, name=name) from error
