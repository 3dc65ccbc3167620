"""Processes that don't outlive the one that started them.

A worker on Linux gets a session of its own, so that it can be ended with everything that it
started. Who ends the supervisor by its group no longer reaches it then: so the system ends it with
its parent (prctl(2), PR_SET_PDEATHSIG, which outlasts execve). It is asked for before Python's
startup files run, for they may hang.
"""

import os
import signal
import sys

POSSIBLE = sys.platform.startswith("linux")
PDEATHSIG = 1


def command(argv: "list[str]") -> "list[str]":
    """Word a command line that runs ``argv`` and ends with this process."""
    if not POSSIBLE:
        return argv
    main = os.path.join(os.path.dirname(os.path.abspath(__file__)), "main.py")
    flags = ["-I", "-S"] + (["-B"] if sys.dont_write_bytecode else [])
    return [sys.executable] + flags + [main, "--held=" + str(os.getpid())] + argv


def become(parent: int, argv: "list[str]") -> None:
    """Run ``argv`` in this process, which ends with its parent; never returns."""
    try:
        import ctypes

        ctypes.CDLL(None).prctl(PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)
    except (ImportError, OSError, AttributeError):  # a Python without it: it is not held then
        pass
    if os.getppid() != parent:  # it ended meanwhile
        os._exit(1)
    os.execv(argv[0], argv)  # noqa: S606 - the same interpreter, without a shell
