"""Runs torchup until its n-th change of the disk, and does something bad there.

``python struck.py KIND N ARGUMENT…``: ``kill`` ends the process as ``kill -9`` does; the name of
an error number (``ENOSPC``) fails that change and every later one; ``before`` and ``after`` end it
at the n-th change of what is written down about changes; ``terminal`` makes standard output its
terminal; ``clock`` sets the clock forward and back by years, again and again; ``none`` does
nothing.
"""

from __future__ import annotations

import errno
import fcntl
import os
import pathlib
import signal
import sys
import termios
from datetime import datetime, timedelta
from itertools import cycle

READY = "CHAOS_READY"
"""Names the file that says that Python itself has started."""
_CHANGES = frozenset(
    {"os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.link", "os.symlink", "os.chmod"}
    | {"os.truncate", "os.utime"}
)
_CHECKPOINTS = ("/journal/", "/kept/", "/places/", "/.torchup/", "/config.toml")
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


def strike(kind: str, moment: int) -> None:
    """Wait for a change of the disk, by Python's own audit events."""
    seen = 0

    def hear(event: str, args: tuple[object, ...]) -> None:
        nonlocal seen
        if not _changes(event, args):
            return
        seen += 1
        if seen < moment:
            return
        if kind == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        number = getattr(errno, kind)
        raise OSError(number, os.strerror(number), _place(args))

    sys.addaudithook(hear)


def stop_at_checkpoint(side: str, moment: int) -> None:
    """Be killed right before the n-th change of a journal or a record, or right after it."""
    seen, due = 0, False

    def hear(event: str, args: tuple[object, ...]) -> None:
        nonlocal seen, due
        if not _changes(event, args):
            return
        if due:
            os.kill(os.getpid(), signal.SIGKILL)
        if any(part in str(one) for one in args[:2] for part in _CHECKPOINTS):
            seen += 1
            due = seen == moment
            if due and side == "before":
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hear)


def _changes(event: str, args: tuple[object, ...]) -> bool:
    if event == "open":
        path, _, flags = args
        return bool(flags and int(str(flags)) & _WRITING) and not str(path).startswith("/dev/")
    return event in _CHANGES


def _place(args: tuple[object, ...]) -> str:
    return args[0] if args and isinstance(args[0], str) else ""


def jump() -> None:
    """Let every other look at the clock be years away."""
    from torchup.host.real import RealHost

    real, years = RealHost.now, cycle((-3, 0, 3, 0))

    def jumping(host: RealHost) -> datetime:
        return real(host) + timedelta(days=365 * next(years))

    RealHost.now = jumping  # type: ignore[assignment,method-assign]


def main() -> int:
    """Run torchup in this process."""
    kind, moment, *arguments = sys.argv[1:]
    # What is started in the background finds these ignored, and so would all that it starts.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    sys.argv = ["torchup", *arguments]
    from torchup.__main__ import main as torchup

    if READY in os.environ:
        pathlib.Path(os.environ.pop(READY)).touch()

    if kind == "clock":
        jump()
    elif kind in {"before", "after"}:
        stop_at_checkpoint(kind, int(moment))
    elif kind == "terminal":
        fcntl.ioctl(1, termios.TIOCSCTTY, 0)
    elif kind != "none":
        strike(kind, int(moment))
    return torchup()


if __name__ == "__main__":
    sys.exit(main())
