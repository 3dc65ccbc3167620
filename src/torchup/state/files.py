"""Writing files so that they are whole or not there."""

# Loading pathlib would take longer than writing a file.
# ruff: noqa: PTH101, PTH103, PTH105, PTH108, PTH118, PTH123

from __future__ import annotations

import errno
import os
from contextlib import suppress


def write_atomic(
    path: str | os.PathLike[str],
    data: bytes,
    *,
    durable: bool = False,
    mode: int | None = None,
    into_new: bool = True,
) -> None:
    """Write a file through a neighbour and a rename.

    Args:
        path: the file.
        data: the whole content.
        durable: wait until the disk has it, for records that must survive a power cut.
        mode: who may read and write it, where that is not left to the system.
        into_new: make its folder where that is missing. A note about what is in the folder must
            not: another process may just have removed it.

    Raises:
        OSError: it can't be written; the old file, if any, is untouched.
    """
    folder, name = os.path.split(path)
    if not name:  # the root of a disk
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), os.fspath(path))
    if folder and into_new:
        os.makedirs(folder, exist_ok=True)
    beside = os.path.join(folder, f".{name}.{os.getpid()}.tmp")
    try:
        with open(beside, "wb") as stream:
            stream.write(data)
            if durable:
                stream.flush()
                os.fsync(stream.fileno())
        if mode is not None:
            os.chmod(beside, mode)
        os.replace(beside, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(beside)
        raise
