"""The home's folders, and what the system says when it won't let us write there."""

from __future__ import annotations

import errno
import os
import stat
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

from torchup.early import read_file
from torchup.errors import OutsideError
from torchup.state.files import write_atomic

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from torchup.host import Host
    from torchup.model import Artifact
    from torchup.state.home import Home

LEAST_GROWTH: Final = 1.3
"""How many times its size a wheel takes once unpacked, at the least: 1.3 (NVIDIA's libraries) to
5.7 (torch 2.4.1 for Windows), 1.9 for torch 2.9.1 with CUDA; read off the wheels on PyPI."""
_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT})
_REFUSED: Final = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})
_NOT_A_FOLDER: Final = frozenset({errno.ENOTDIR, errno.EEXIST})
_SLIP: Final = "-slip"
"""What the number of an entry of the trash ends with that only tells where something lies."""


def prepare_home(home: Home) -> None:
    """Make the folders that changes need.

    Raises:
        OutsideError: ``apply.home-not-a-folder``, ``apply.home-refused``, ``apply.disk-full`` or
            ``apply.home-failed``.
    """
    for folder in (home.environments, home.journal, home.locks, home.trash, home.uv_cache):
        _make(folder)


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise worded(error, folder) from error


def worded(error: OSError, path: Path) -> OutsideError:
    """Return the error that a failed write to ``path`` means."""
    why = error.strerror or type(error).__name__
    if error.errno in _FULL:
        return OutsideError("apply.disk-full", path=path, why=why)
    if error.errno in _REFUSED:
        return OutsideError("apply.home-refused", path=path, why=why)
    if error.errno in _NOT_A_FOLDER:
        return OutsideError("apply.home-not-a-folder", path=path, why=why)
    return OutsideError("apply.home-failed", path=path, why=why)


def check_room(host: Host, home: Home, artifacts: Iterable[Artifact]) -> None:
    """Stop before starting where the disk can't hold the files once they are unpacked.

    How much that will be is estimated, low: what is known before is the size of the files. Files
    that the cache has already take no room, so a well-filled cache gets the benefit of the doubt.

    Raises:
        OutsideError: ``apply.no-room``.
    """
    fetched = sum(artifact.size or 0 for artifact in artifacts)
    needed = int(fetched * LEAST_GROWTH)
    room = host.room(str(home.root))
    if room is None or needed <= room.free:
        return
    from torchup.apply.size import measure

    kept = measure(home.uv_cache)
    if needed - kept.own - kept.shared <= room.free:
        return
    mib = 2**20
    raise OutsideError(
        "apply.no-room",
        path=home.root,
        needed=-(-fetched // mib),
        unpacked=-(-needed // mib),
        free=room.free // mib,
    )


def discard(home: Home, path: Path, key: str) -> None:
    """Take a folder away: first out of sight in one move, then off the disk.

    Args:
        home: its trash is on the same volume.
        path: the folder, or a link, of which only the link goes.
        key: the name whose lock guards what lies in the trash.

    Raises:
        OSError: it can't be moved (files in use on Windows); nothing is gone then.
    """
    if path.is_symlink():
        path.unlink()
        return
    beside = out_of_sight(home, path, key)
    if beside is not None:
        empty(beside)


def out_of_sight(home: Home, path: Path, key: str) -> Path | None:
    """Move a folder into the trash, in one move; None where it isn't there.

    One on another volume only gets a hidden name beside it, and the trash a slip that tells where.

    Returns:
        What :func:`empty` takes off the disk.

    Raises:
        OSError: it can't be moved; nothing is gone then.
    """
    if not os.path.lexists(path):
        return None
    home.trash.mkdir(parents=True, exist_ok=True)
    number = uuid4().hex
    beside = home.trash / f"{number}.{key}"
    try:
        path.replace(beside)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
    else:
        return beside
    slip = home.trash / f"{number}{_SLIP}.{key}"
    hidden = path.with_name(f".{number}.{key}")
    write_atomic(slip, os.fsencode(hidden))
    try:
        path.replace(hidden)
    except OSError:
        slip.unlink()
        raise
    return slip


def empty(entry: Path) -> None:
    """Take something in the trash off the disk.

    What a slip tells of stays noted while its disk is away.

    Raises:
        OSError: it can't be removed.
    """
    number, dot, key = entry.name.partition(".")
    if not number.endswith(_SLIP):
        remove_tree(entry)
        return
    hidden = Path(os.fsdecode(read_file(entry)))
    if hidden.name == f".{number.removesuffix(_SLIP)}{dot}{key}" and os.path.lexists(hidden):
        remove_tree(hidden)
    if hidden.parent.is_dir():
        entry.unlink()


def trash_key(entry: Path) -> str:
    """Return the name whose lock guards something in the trash."""
    return entry.name.partition(".")[2]


def remove_tree(path: Path) -> None:
    """Remove a folder and all in it, folders without write permission too.

    Raises:
        OSError: something in it can't be removed.
    """
    if path.is_symlink():
        path.unlink()
        return
    import shutil

    if sys.version_info >= (3, 12):
        shutil.rmtree(path, onexc=_retry)
    else:
        shutil.rmtree(path, onerror=_retry)


def _retry(function: Callable[..., Any], path: str, _error: object) -> None:
    """Make a refused entry's folder writable and try once more."""
    with suppress(OSError):
        os.chmod(os.path.dirname(path), stat.S_IRWXU)  # noqa: PTH101, PTH120  # rmtree gives strings
    if sys.platform == "win32":
        with suppress(OSError):
            os.chmod(path, stat.S_IWRITE)  # noqa: PTH101  # read-only files can't be removed there
    if function in {os.unlink, os.rmdir}:
        with suppress(FileNotFoundError):
            function(path)
    else:
        import shutil

        os.chmod(path, stat.S_IRWXU)  # noqa: PTH101  # a folder that can't be listed
        shutil.rmtree(path)
