"""What is at a path, told by its content, and copies of it that can be put back."""

from __future__ import annotations

import glob
import hashlib
import os
import shutil
import stat
import sys
from contextlib import suppress
from pathlib import Path
from typing import Final, Literal

from msgspec import Struct

from torchup.state.digests import file_digest

RIGHTS: Final = 0o200 if sys.platform == "win32" else 0o7777
"""The permission bits that a file has; Windows knows only whether it may be written."""


class Image(Struct, frozen=True, kw_only=True):
    """What is at a path.

    Attributes:
        kind: nothing, a file, a symbolic link, or a folder.
        digest: SHA-256 of a file's bytes, of a folder's names, rights and contents; where a link
            leads to.
        mode: the permission bits.
        modified: the time of the last change, in nanoseconds; it is given back, and not compared.
    """

    kind: Literal["absent", "file", "link", "folder"] = "absent"
    digest: str = ""
    mode: int = 0
    modified: int = 0

    def same(self, other: Image) -> bool:
        """Whether two are byte for byte the same, with the same rights."""
        mine, theirs = (self.kind, self.digest, self.mode), (other.kind, other.digest, other.mode)
        return mine == theirs


ABSENT: Final = Image()


def look(path: Path) -> Image:
    """Tell what is at a path.

    Raises:
        OSError: it can't be read, or is neither a file, a link nor a folder.
    """
    try:
        found = path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return ABSENT
    mode, modified = found.st_mode & RIGHTS, found.st_mtime_ns
    if stat.S_ISLNK(found.st_mode):
        return Image(kind="link", digest=str(path.readlink()), modified=modified)
    if stat.S_ISDIR(found.st_mode):
        return Image(kind="folder", digest=_of_folder(path), mode=mode, modified=modified)
    if not stat.S_ISREG(found.st_mode):
        raise OSError(0, "not a plain file", str(path))
    return Image(kind="file", digest=file_digest(path), mode=mode, modified=modified)


def digest_of(data: bytes) -> str:
    """The digest that a file with this content has."""
    return hashlib.sha256(data).hexdigest()


def _of_folder(path: Path) -> str:
    digest = hashlib.sha256()
    for one in sorted(path.iterdir()):
        inside = look(one)
        line = f"{one.name}\0{inside.kind}\0{inside.mode:o}\0{inside.digest}\0"
        digest.update(line.encode("utf-8", "surrogateescape"))
    return digest.hexdigest()


def keep(path: Path, copy: Path, *, linked: bool = False) -> None:
    """Copy what is at a path, with its rights and times.

    Args:
        path: a file, a link or a folder.
        copy: where nothing is yet.
        linked: share the files themselves where the volume is the same, since their names go.

    Raises:
        OSError: it can't be read, or there is no room.
    """
    found = path.lstat()
    if stat.S_ISDIR(found.st_mode):
        copy.mkdir()
        for one in path.iterdir():
            keep(one, copy / one.name, linked=linked)
        shutil.copystat(path, copy)
        return
    if linked and stat.S_ISREG(found.st_mode):
        with suppress(OSError):
            os.link(path, copy)
            return
    shutil.copy2(path, copy, follow_symlinks=False)


def put(copy: Path, path: Path, image: Image) -> None:
    """Put a copy back; nothing is at the path, or a file that is replaced.

    Raises:
        OSError: it can't be written.
    """
    beside = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    discard(beside)
    try:
        keep(copy, beside, linked=image.kind == "folder")
        if image.kind == "file":
            beside.chmod(image.mode)
            os.utime(beside, ns=(image.modified, image.modified))
        beside.replace(path)
    except BaseException:
        with suppress(OSError):
            discard(beside)
        raise


def is_folder(path: Path) -> bool:
    """Tell whether a path is a folder, and no link to one."""
    return path.is_dir() and not path.is_symlink()


def discard(path: Path) -> None:
    """Remove whatever is at a path: a folder first out of its name, then off the disk.

    Raises:
        OSError: it can't be removed.
    """
    if not is_folder(path):
        path.unlink(missing_ok=True)
        return
    away = path.with_name(f".{path.name}.{os.getpid()}.gone")
    path.replace(away)
    for folder, _, _ in os.walk(away):
        Path(folder).chmod(stat.S_IRWXU)
    shutil.rmtree(away)


def sweep(path: Path) -> None:
    """Remove what a killed torchup left beside a path, while it was writing or removing it."""
    with suppress(OSError):
        for one in path.parent.glob(f".{glob.escape(path.name)}.*"):
            _, number, ending = one.name.rsplit(".", 2)
            if number.isdigit() and ending in ("tmp", "gone"):
                discard(one)
