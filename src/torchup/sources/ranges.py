"""A file on a server, read piece by piece (HTTP range requests, RFC 9110 section 14)."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Final, cast

if TYPE_CHECKING:
    from typing import BinaryIO

    from torchup.host import Host

_DONE: Final = 200
_PARTIAL: Final = 206
_EXACT: Final = {"Accept-Encoding": "identity"}
# A wheel's METADATA and a short table of contents lie within its last bytes.
_TAIL: Final = 64 * 2**10
_PIECE: Final = 16 * 2**10
# torch's table of contents is 1.3 MB; a server that makes us read more than this is not trusted.
_MOST: Final = 32 * 2**20


def open_remote(host: Host, url: str) -> BinaryIO | None:
    """Open a file on a server for reading and seeking.

    None where the server doesn't say that it serves ranges: it would send the whole file instead.

    Raises:
        OutsideError: the server can't be reached.
    """
    answer = host.fetch(url, method="HEAD", headers=_EXACT)
    length = answer.headers.get("content-length", "")
    if answer.status != _DONE or not (length.isascii() and length.isdigit()):
        return None
    if answer.headers.get("accept-ranges", "").strip().lower() != "bytes":
        return None
    return cast("BinaryIO", io.BufferedReader(_Remote(host, answer.url, int(length)), _PIECE))


class _Remote(io.RawIOBase):
    """Raw reads become range requests; the file's tail is asked for once."""

    def __init__(self, host: Host, url: str, size: int) -> None:
        super().__init__()
        self._host = host
        self._url = url
        self._size = size
        self._position = 0
        self._spent = 0
        self._start = size
        self._tail = b""

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def seekable(self) -> bool:
        """Say that it can be sought in."""
        return True

    def tell(self) -> int:
        """Return the position in bytes."""
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Move to a position."""
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._size}[whence]
        if start + offset < 0:
            raise ValueError(offset)
        self._position = start + offset
        return self._position

    def readinto(self, buffer: memoryview | bytearray) -> int:  # type: ignore[override]
        """Fill ``buffer`` from the position on; raises ``OSError`` where the server falls short."""
        wanted = max(0, min(len(buffer), self._size - self._position))
        if wanted:
            buffer[:wanted] = self._bytes(self._position, wanted)
            self._position += wanted
        return wanted

    def _bytes(self, start: int, count: int) -> bytes:
        if not self._tail and start + count > self._size - _TAIL:
            self._start = max(0, self._size - _TAIL)
            self._tail = self._ask(self._start, self._size)
        if start >= self._start:
            return self._tail[start - self._start : start - self._start + count]
        return self._ask(start, start + count)

    def _ask(self, start: int, end: int) -> bytes:
        self._spent += end - start
        if self._spent > _MOST:
            raise OSError(self._spent)
        answer = self._host.fetch(
            self._url, headers={**_EXACT, "Range": f"bytes={start}-{end - 1}"}
        )
        if answer.status != _PARTIAL or len(answer.body) != end - start:
            raise OSError(answer.status)
        return answer.body
