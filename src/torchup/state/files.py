"""Writing files so that they are whole or not there."""

from __future__ import annotations

import errno
import os
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def write_atomic(
    path: Path, data: bytes, *, durable: bool = False, mode: int | None = None
) -> None:
    """Write a file through a neighbour and a rename.

    Args:
        path: the file; its folder is made if missing.
        data: the whole content.
        durable: wait until the disk has it, for records that must survive a power cut.
        mode: who may read and write it, where that is not left to the system.

    Raises:
        OSError: it can't be written; the old file, if any, is untouched.
    """
    if not path.name:  # the root of a disk
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with beside.open("wb") as stream:
            stream.write(data)
            if durable:
                stream.flush()
                os.fsync(stream.fileno())
        if mode is not None:
            beside.chmod(mode)
        beside.replace(path)
    except BaseException:
        with suppress(OSError):
            beside.unlink()
        raise
