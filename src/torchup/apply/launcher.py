"""The programs (``.exe``) that installers put into an environment's ``Scripts`` on Windows.

Each holds the path of the interpreter that it starts, in one of three ways:

- pip's (distlib, https://github.com/pypa/distlib, ``distlib/scripts.py``): the stub, then a line
  ``#!PATH``, then a zip file with ``__main__.py``; a path with blanks stands in quotes;
- uv's since its launchers are resources (https://github.com/astral-sh/uv,
  ``crates/uv-trampoline/README.md``): the binary resource ``UV_PYTHON_PATH``;
- uv's before that: the stub, a zip file, the path, its length (4 bytes, little-endian), and the
  mark ``UVSC`` (a script) or ``UVPY`` (an interpreter).

uv's launchers take a path that isn't absolute from their own folder. Such a one is never longer
than the old one, so that it fits where that was.
"""

from __future__ import annotations

import errno
import ntpath
import os
import struct
from contextlib import suppress
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

_DOS: Final = b"MZ"
_END_OF_ZIP: Final = struct.Struct("<4s4H2LH")
"""The record at a zip file's end (PKWARE's APPNOTE, 4.3.16)."""
_END_MARK: Final = b"PK\5\6"
_LENGTH: Final = struct.Struct("<L")
_UV_MARKS: Final = (b"UVSC", b"UVPY")
_SHEBANG: Final = b"#!"
_LONGEST_LINE: Final = 4096


def repointed(data: bytes, folder: str, moved: Callable[[str], str]) -> bytes:
    """Return a launcher that starts the interpreter at its new place; anything else as it is.

    Args:
        data: the file.
        folder: where the launcher will lie.
        moved: tells where a path leads to now.

    Raises:
        OSError: the new path doesn't fit into the file.
    """
    if not data.startswith(_DOS):
        return data
    for way in (_tail, _resource, _line):
        with suppress(struct.error, ValueError):  # none of this kind, or a damaged one
            changed = way(data, folder, moved)
            if changed is not None:
                return changed
    return data


def _tail(data: bytes, folder: str, moved: Callable[[str], str]) -> bytes | None:
    """The path at the end of the file, before its length and uv's mark."""
    mark = data[-len(_UV_MARKS[0]) :]
    if mark not in _UV_MARKS:
        return None
    before = len(data) - len(mark) - _LENGTH.size
    (length,) = _LENGTH.unpack_from(data, before)
    if length > before:
        return None
    was = data[before - length : before].decode()
    now = moved(was)
    if now == was:
        return data
    path = _from_folder(now, folder).encode()
    return data[: before - length] + path + _LENGTH.pack(len(path)) + mark


def _resource(data: bytes, folder: str, moved: Callable[[str], str]) -> bytes | None:
    """The path among the resources of the program."""
    from torchup.apply.resources import find_resource

    found = find_resource(data, "UV_PYTHON_PATH")
    if found is None:
        return None
    was = data[found.start : found.start + found.length].decode()
    now = moved(was)
    if now == was:
        return data
    path = min(_from_folder(now, folder), now, key=len).encode()
    if len(path) > found.length:
        raise OSError(errno.ENAMETOOLONG, os.strerror(errno.ENAMETOOLONG), now)
    changed = bytearray(data)
    changed[found.start : found.start + found.length] = path.ljust(found.length, b"\0")
    _LENGTH.pack_into(changed, found.length_at, len(path))
    return bytes(changed)


def _line(data: bytes, _folder: str, moved: Callable[[str], str]) -> bytes | None:
    """The line before the zip file: the zip's own numbers count from its own start."""
    start = _start_of_zip(data)
    if start is None:
        return None
    at = data.rfind(_SHEBANG, max(0, start - _LONGEST_LINE), start)
    if at < 0:
        return None
    line = data[at + len(_SHEBANG) : start]
    text = line.decode().rstrip()
    end = line.decode()[len(text) :]
    was, after = _program(text)
    now = moved(was)
    if now == was:
        return data
    named = f'"{now}"' if text.startswith('"') or " " in now else now
    return data[:at] + _SHEBANG + f"{named}{after}{end}".encode() + data[start:]


def _program(text: str) -> tuple[str, str]:
    """The interpreter of a line, and what follows it: options, which start with a blank."""
    if text.startswith('"'):
        was, _, after = text[1:].partition('"')
        return was, after
    was, blank, options = text.partition(" -")
    return was, blank + options


def _start_of_zip(data: bytes) -> int | None:
    at = data.rfind(_END_MARK)
    if at < 0:
        return None
    *_, size, offset, _comment = _END_OF_ZIP.unpack_from(data, at)
    start = at - size - offset
    return start if start > 0 else None


def _from_folder(path: str, folder: str) -> str:
    """The path as seen from a folder; itself where they are on two drives."""
    try:
        return ntpath.relpath(path, folder)
    except ValueError:
        return path
