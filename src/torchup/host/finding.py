"""Programs on the search path and the room on disks.

What :mod:`shutil` has for both, which takes longer to load than most commands look for: it brings
every way of compressing along.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from torchup.host import Room

if TYPE_CHECKING:
    from collections.abc import Iterator


def which(name: str) -> str | None:
    """Find a program on the search path, as :func:`shutil.which` does."""
    if sys.platform == "win32":  # there the endings of names count, and the folder one is in
        import shutil

        return shutil.which(name)
    return next(filter(_runs, looked_at(name)), None)


def looked_at(name: str) -> Iterator[str]:
    """Name the paths that may be a program, in the order in which they count; not for Windows."""
    if os.path.dirname(name):
        yield name
        return
    folders = os.environ.get("PATH", os.defpath)
    for folder in dict.fromkeys(folders.split(os.pathsep) if folders else ()):
        yield os.path.join(folder, name)


def _runs(path: str) -> bool:
    try:
        return os.access(path, os.F_OK | os.X_OK) and not os.path.isdir(path)
    except ValueError:  # a null byte is in no name
        return False


def room_of(path: str) -> Room:
    """Return the room on the disk that holds ``path``, as :func:`shutil.disk_usage` does.

    Raises:
        OSError: it isn't there, or can't be asked.
    """
    if sys.platform == "win32":
        import shutil

        found = shutil.disk_usage(path)
        return Room(free=found.free, total=found.total)
    told = os.statvfs(path)
    return Room(free=told.f_bavail * told.f_frsize, total=told.f_blocks * told.f_frsize)
