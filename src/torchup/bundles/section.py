"""A part of a file, read as if it were a file: what lies in a bundle is stored as it is."""

from __future__ import annotations

import io
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from _typeshed import WriteableBuffer


class Section(io.RawIOBase):
    """Some bytes of a file.

    Args:
        path: the file.
        start: where they begin.
        size: how many they are.
    """

    def __init__(self, path: Path, start: int, size: int) -> None:
        super().__init__()
        self._stream = path.open("rb", buffering=0)
        self._start = start
        self._size = size
        self._at = 0

    def readable(self) -> bool:
        """It can be read."""
        return True

    def seekable(self) -> bool:
        """It can be read from any place on."""
        return True

    def tell(self) -> int:
        """Return where the next byte is read."""
        return self._at

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Go elsewhere; before the beginning is an error, beyond the end there is nothing."""
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._size}[whence]
        if base + offset < 0:
            raise ValueError(offset)
        self._at = base + offset
        return self._at

    def readinto(self, buffer: WriteableBuffer) -> int:
        """Read what is there, at most as much as fits."""
        view = memoryview(buffer).cast("B")
        left = max(0, min(len(view), self._size - self._at))
        if not left:
            return 0
        self._stream.seek(self._start + self._at)
        count = self._stream.readinto(view[:left]) or 0
        self._at += count
        return count

    def close(self) -> None:
        """Let the file go."""
        self._stream.close()
        super().close()
