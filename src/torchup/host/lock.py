"""File locks that child processes inherit.

A lock lives as long as any process that holds its descriptor: when torchup is killed, an
installer that it started still holds the environment, so nobody cleans up under its feet.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import TracebackType

    from typing_extensions import Self


class Lock:
    """An exclusive lock on a file; release it with :meth:`release` or a ``with`` block."""

    def __init__(self, path: str, descriptor: int) -> None:
        self.path = path
        self.descriptor = descriptor

    def release(self) -> None:
        """Give the lock up, for this process."""
        if self.descriptor >= 0:
            os.close(self.descriptor)
            self.descriptor = -1

    def remove(self) -> None:
        """Remove the file and give the lock up: whoever waits for it makes a file anew.

        Windows removes no file that is open, so it stays there where somebody has it open.

        Raises:
            OSError: it can't be removed; the lock was given up.
        """
        try:
            if sys.platform != "win32":  # while it is held: nobody else can have taken it
                os.unlink(self.path)
        finally:
            self.release()
        if sys.platform == "win32":
            os.unlink(self.path)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.release()


def try_lock(path: str) -> Lock | None:
    """Take the lock at once; None where another process holds it.

    A file that was removed between opening and taking it locks nothing any more: then it is
    another file that counts.

    Raises:
        OSError: the file can't be made.
    """
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        if not _take(descriptor):
            os.close(descriptor)
            return None
        if _is_there(path, descriptor):
            return Lock(path, descriptor)
        os.close(descriptor)


def _is_there(path: str, descriptor: int) -> bool:
    try:
        return os.path.samestat(os.stat(path), os.fstat(descriptor))
    except OSError:
        return False


if sys.platform == "win32":
    import msvcrt

    def _take(descriptor: int) -> bool:
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _take(descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
