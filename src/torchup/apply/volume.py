"""Whether two folders are on one volume, and whether a volume has room."""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING, Final

from torchup.errors import OutsideError
from torchup.host.linking import try_link

if TYPE_CHECKING:
    from pathlib import Path

    from torchup.host import Host

MIB: Final = 2**20


def nearest(path: Path) -> Path:
    """Return a folder, or the nearest one above it that is there."""
    return next((one for one in (path, *path.parents) if one.exists()), path)


def same_volume(one: Path, other: Path) -> bool:
    """Tell whether two places are on one volume, also where they are only to come.

    A folder that can't be looked at counts as elsewhere.
    """
    try:
        return nearest(one).stat().st_dev == nearest(other).stat().st_dev
    except OSError:
        return False


def can_link(folder: Path, other: Path, trying: Path) -> bool:
    """Tell whether what is in a folder can be linked into another one, which may yet come.

    Args:
        folder: the folder.
        other: the other one.
        trying: a folder on the first one's volume, in which it is tried whether that has links.
    """
    return same_volume(folder, other) and try_link(str(trying), str(trying)) != "filesystem"


def check_space(host: Host, folder: Path, size: int) -> None:
    """Stop before starting where a disk can't hold what is to be copied there.

    Raises:
        OutsideError: ``move.no-room``.
    """
    room = host.room(str(folder))
    if room is not None and room.free < size:
        raise OutsideError(
            "move.no-room", path=folder, needed=-(-size // MIB), free=room.free // MIB
        )


def refused(error: OSError, path: Path) -> OutsideError:
    """Return the error that a failed write to a new place means."""
    why = error.strerror or type(error).__name__
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return OutsideError("move.disk-full", path=path, why=why)
    return OutsideError("move.refused", path=path, why=why)
