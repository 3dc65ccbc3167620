"""What a change of a whole folder did to its files, and putting that back.

Files are told apart by kind, rights, size and time, not by their content: there may be tens of
thousands, and installers replace files instead of writing into them.
"""

# Strings throughout: there are tens of thousands of files.
# ruff: noqa: PTH101, PTH103, PTH105, PTH108, PTH115, PTH118, PTH120, PTH121, PTH123, PTH211

from __future__ import annotations

import errno
import os
import shutil
import stat
from contextlib import suppress
from typing import TYPE_CHECKING, Final

import msgspec

from torchup.state.undo.images import RIGHTS, discard

if TYPE_CHECKING:
    from pathlib import Path

_SMALL: Final = 1 << 16
"""Bytes up to which the content of files counts that were copied, with their time."""
LARGEST_COPY: Final = 1 << 28
"""Bytes of files to copy at the most, where they can't be linked; more is not kept."""
_FILE: Final = "file"
_LINK: Final = "link"
_FOLDER: Final = "folder"


class Seen(msgspec.Struct, frozen=True, array_like=True):
    """One name in a folder: what kind it is, its rights, size and time, where a link leads."""

    kind: str
    mode: int = 0
    size: int = 0
    modified: int = 0
    target: str = ""


class Differing(msgspec.Struct, frozen=True, kw_only=True):
    """What differs between a folder before and after a change.

    Attributes:
        before: path inside the folder → what was there; missing for nothing.
        after: the same of what is there.
        passing: paths that others write as they please: they are put back, and compared with
            nothing.
    """

    before: dict[str, Seen]
    after: dict[str, Seen]
    passing: tuple[str, ...] = ()

    @property
    def paths(self) -> tuple[str, ...]:
        """Every path that differs, folders before what they hold."""
        return tuple(sorted(self.before.keys() | self.after.keys()))


def look_through(folder: Path) -> dict[str, Seen]:
    """List everything in a folder.

    Raises:
        OSError: it can't be read.
    """
    found: dict[str, Seen] = {}
    root = str(folder)
    waiting = [""]
    while waiting:
        inside = waiting.pop()
        with os.scandir(os.path.join(root, inside)) as entries:
            for entry in entries:
                path = f"{inside}/{entry.name}" if inside else entry.name
                seen = _seen(entry.path, entry.stat(follow_symlinks=False))
                found[path] = seen
                if seen.kind == _FOLDER:
                    waiting.append(path)
    return found


def see(path: str) -> Seen | None:
    """Tell what is at a path, None for nothing."""
    try:
        return _seen(path, os.lstat(path))
    except (FileNotFoundError, NotADirectoryError):
        return None


def _seen(path: str, found: os.stat_result) -> Seen:
    mode = found.st_mode & RIGHTS
    if stat.S_ISLNK(found.st_mode):
        return Seen(_LINK, target=os.readlink(path))
    if stat.S_ISDIR(found.st_mode):
        return Seen(_FOLDER, mode)
    return Seen(_FILE, mode, found.st_size, found.st_mtime_ns)


def compare(before: Path, after: Path, passing: tuple[str, ...] = ()) -> Differing:
    """Compare what a folder was with what it is.

    Args:
        before: a copy that shares files with it, or has them with their times.
        after: the folder.
        passing: paths that count for nothing where somebody else changes them later.

    Raises:
        OSError: one can't be read.
    """
    was, now = look_through(before), look_through(after)
    same = {
        path
        for path, seen in was.items()
        if now.get(path) == seen and not _rewritten(f"{before}/{path}", f"{after}/{path}", seen)
    }
    return Differing(
        before={path: seen for path, seen in was.items() if path not in same},
        after={path: seen for path, seen in now.items() if path not in same},
        passing=passing,
    )


def _rewritten(before: str, after: str, seen: Seen) -> bool:
    """Tell whether a file has other content though its size and time are the same."""
    if seen.kind != _FILE or seen.size > _SMALL or os.path.samefile(before, after):
        return False
    with open(before, "rb") as one, open(after, "rb") as other:
        return one.read() != other.read()


def store(before: Path, differing: Differing, place: Path) -> None:
    """Keep what was, of all that differs: files are linked where the volume is the same.

    Raises:
        OSError: there is no room, or too much would have to be copied.
    """
    place.mkdir()
    copied = 0
    for path in sorted(differing.before):
        seen, target = differing.before[path], f"{place}/{path}"
        os.makedirs(os.path.dirname(target), exist_ok=True)
        if seen.kind == _FOLDER:
            os.makedirs(target, exist_ok=True)
        elif not _put(f"{before}/{path}", target, seen):
            copied += seen.size
            if copied > LARGEST_COPY:
                raise OSError(errno.EFBIG, os.strerror(errno.EFBIG), target)


def odd(folder: Path, differing: Differing) -> tuple[str, ...]:
    """Return the paths at which something else is than before and after the change."""
    passing = frozenset(differing.passing)
    found = []
    for path in differing.paths:
        if path in passing or path.endswith(".pyc") or "__pycache__" in path:
            continue
        now = see(f"{folder}/{path}")
        if now not in (differing.before.get(path), differing.after.get(path)):
            found.append(path)
    return tuple(found)


def missing(differing: Differing, place: Path) -> tuple[str, ...]:
    """Return the paths of files that were there before, and of which no whole copy is kept.

    Folders and links need none: what was written down of them is all that there is to know.

    Raises:
        OSError: a copy can't be looked at.
    """
    files = {path: was for path, was in differing.before.items() if was.kind == _FILE}
    kept = {path: see(f"{place}/{path}") for path in files}
    return tuple(
        path
        for path, was in sorted(files.items())
        if (copy := kept[path]) is None or (copy.kind, copy.size) != (_FILE, was.size)
    )


def restore(folder: Path, differing: Differing, place: Path) -> None:
    """Make a folder again what it was; what is right already stays, so that it can be repeated.

    Raises:
        OSError: something can't be written.
    """
    for path in reversed(differing.paths):
        _clear(folder / path, differing.before.get(path))
    for path in differing.paths:
        was, target = differing.before.get(path), f"{folder}/{path}"
        if was is None or (see(target) == was and not _rewritten(f"{place}/{path}", target, was)):
            continue
        os.makedirs(os.path.dirname(target), exist_ok=True)
        if was.kind == _FOLDER:
            os.makedirs(target, exist_ok=True)
            os.chmod(target, was.mode)
        else:
            _put(f"{place}/{path}", target, was)


def _clear(path: Path, was: Seen | None) -> None:
    """Take away what the change brought; a folder only where nothing else is left in it."""
    now = see(str(path))
    if now is None or now == was:
        return
    if now.kind != _FOLDER:
        discard(path)
    elif was is None:
        discard(path / "__pycache__")
        with suppress(OSError):  # somebody else put something there
            path.rmdir()
    elif was.kind != _FOLDER:
        discard(path)


def _put(source: str, target: str, seen: Seen) -> bool:
    """Put a file or link somewhere; tell whether that took no room of its own."""
    if seen.kind == _LINK:
        os.symlink(seen.target, target)
        return True
    beside = f"{target}.{os.getpid()}.tmp"
    with suppress(FileNotFoundError):
        os.unlink(beside)
    linked = True
    try:
        os.link(source, beside)
    except OSError:
        shutil.copy2(source, beside)
        linked = False
    os.replace(beside, target)
    return linked
