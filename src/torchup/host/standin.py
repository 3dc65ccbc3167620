"""A stand-in for the terminal, or for whatever else a command writes to: POSIX only."""

from __future__ import annotations

import os
import sys
from contextlib import suppress

if sys.platform != "win32":
    import fcntl
    import select
    import termios

    class StandIn:
        """What a command writes into instead, and where that goes on to: standard error.

        Attributes:
            source: where to read what it wrote.
            sink: what it writes into.
            both: whether standard output leads to the same place.

        Raises:
            OSError: standard error is closed, or there are no terminals left.
        """

        def __init__(self) -> None:
            os.fstat(2)  # raises where it is closed
            self.terminal = os.isatty(2)
            self.source, self.sink = os.openpty() if self.terminal else os.pipe()
            self.both = _same(1, 2)
            self._first = self._last = self._settings(2)
            if self.terminal:
                termios.tcsetattr(self.sink, termios.TCSANOW, self._first)
                self.resize()

        def resize(self) -> None:
            """Give the stand-in the size of the real terminal."""
            if self.terminal:
                with suppress(OSError):
                    size = fcntl.ioctl(2, termios.TIOCGWINSZ, b"\0" * 8)
                    fcntl.ioctl(
                        self.sink if self.sink >= 0 else self.source, termios.TIOCSWINSZ, size
                    )

        def mirror(self) -> None:
            """Change about the real terminal what the command changed about the stand-in."""
            if self.terminal:
                now = self._settings(self.source)
                if now and now != self._last:
                    self._last = now
                    self._set(now)

        def restore(self) -> None:
            """Leave the real terminal as it was."""
            if self._last != self._first:
                self._last = self._first
                self._set(self._first)

        def started(self) -> None:
            """The command has its own end now."""
            os.close(self.sink)
            self.sink = -1

        def close(self) -> None:
            """Take nothing more; who still writes is told."""
            with suppress(OSError):
                os.close(self.source)

        @staticmethod
        def _settings(terminal: int) -> list[int | list[bytes | int]]:
            with suppress(termios.error):
                return termios.tcgetattr(terminal)
            return []

        @staticmethod
        def _set(settings: list[int | list[bytes | int]]) -> None:
            if in_front():
                with suppress(termios.error):
                    termios.tcsetattr(2, termios.TCSANOW, settings)

    def in_front() -> bool:
        """Tell whether what is typed at the terminal reaches this process."""
        for descriptor in (0, 2, 1):
            with suppress(OSError):
                return os.tcgetpgrp(descriptor) == os.getpgrp()
        return False

    def _same(one: int, other: int) -> bool:
        with suppress(OSError):
            left, right = os.fstat(one), os.fstat(other)
            return (left.st_dev, left.st_ino) == (right.st_dev, right.st_ino)
        return False

    def written(data: bytes) -> bool:
        """Write all to standard error; tell whether it takes more."""
        while data:
            count = _write_some(data)
            if count < 0:
                return False
            data = data[count:]
        return True

    def _write_some(data: bytes) -> int:
        try:
            return os.write(2, data)
        except BlockingIOError:
            select.select([], [2], [])
            return 0
        except OSError:
            return -1
