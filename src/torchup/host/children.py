"""Ending the commands that :mod:`torchup.host.real` started."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import suppress
from typing import Final

REAPED_WITHIN: Final = 5.0
"""Seconds a killed child gets to be gone; one that hangs inside the kernel never is."""


def drain(child: subprocess.Popen[bytes], into: list[bytes]) -> None:
    """Read a child's standard output to its end."""
    if child.stdout is not None:
        into.append(child.stdout.read())


def kill_group(child: subprocess.Popen[bytes]) -> None:
    """Kill a child and everything that it started."""
    with suppress(OSError):
        if sys.platform == "win32":
            subprocess.run(
                ["taskkill", "/F", "/T", "/PID", str(child.pid)], capture_output=True, check=False
            )
        else:
            os.killpg(child.pid, signal.SIGKILL)
    with suppress(OSError):
        child.kill()
    with suppress(subprocess.TimeoutExpired):
        child.wait(REAPED_WITHIN)


def close(child: subprocess.Popen[bytes]) -> None:
    """Close a child's pipes, once nobody reads them any more."""
    for stream in (child.stdout, child.stderr):
        if stream is not None:
            with suppress(OSError):
                stream.close()
