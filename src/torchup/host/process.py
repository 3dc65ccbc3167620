"""Other processes of this machine: who is alive, who holds a file, how to stop them.

A process number alone is no identity, since numbers are used again: it is kept together with the
time that the process started.
"""

from __future__ import annotations

import os
import signal
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from torchup.host import Host

_PROC: Final = "/proc"
#: Where a process's state and start time stand in /proc/PID/stat, after the name (proc(5)).
_STATE: Final = 0
_START: Final = 19


def identity(host: Host, pid: int) -> str:
    """Return what tells a live process from a later one of the same number; empty if it is gone.

    A process that has ended and only waits for its parent counts as gone.
    """
    if pid <= 0:
        return ""
    if host.system == "windows":
        return _windows_start(pid)
    if host.is_dir(f"{_PROC}/self"):
        raw = (host.read(f"{_PROC}/{pid}/stat") or b"").rpartition(b")")[2].split()
        if len(raw) <= _START or raw[_STATE] in {b"Z", b"X"}:
            return ""
        boot = host.read(f"{_PROC}/sys/kernel/random/boot_id") or b""
        return f"{boot.decode().strip()}:{raw[_START].decode()}"
    answer = host.run(["ps", "-o", "stat=,lstart=", "-p", str(pid)], env={"LC_ALL": "C"})
    state, _, start = answer.out.strip().partition(" ")
    return "" if answer.code or state.startswith("Z") else start.strip()


def holders(path: str) -> tuple[int, ...]:
    """Return the other processes that hold a lock on ``path``; none where /proc doesn't tell.

    Having the file open is not enough: whoever tries for the lock opens it for a moment.
    """
    try:
        wanted = os.stat(path)
        running = [int(name) for name in os.listdir(_PROC) if name.isdigit()]
    except OSError:
        return ()
    return tuple(pid for pid in running if pid != os.getpid() and _locks(pid, wanted))


def _locks(pid: int, wanted: os.stat_result) -> bool:
    folder = f"{_PROC}/{pid}/fd"
    try:
        names = os.listdir(folder)
    except OSError:
        return False  # gone, or another user's
    for name in names:
        with suppress(OSError):
            found = os.stat(f"{folder}/{name}")
            if (found.st_ino, found.st_dev) != (wanted.st_ino, wanted.st_dev):
                continue
            with open(f"{_PROC}/{pid}/fdinfo/{name}", encoding="ascii", errors="replace") as info:
                if "FLOCK" in info.read():
                    return True
    return False


def stop(host: Host, pids: Iterable[int], *, force: bool) -> None:
    """Ask processes to end, or end them with ``force``; one that leads a group goes with it."""
    for pid in pids:
        if host.system == "windows":
            host.run(["taskkill", "/T", "/PID", str(pid), *(["/F"] if force else [])])
        else:
            _signal(pid, force=force)


if sys.platform == "win32":

    def _signal(pid: int, *, force: bool) -> None:
        """Not reached: Windows has taskkill."""

    def _windows_start(pid: int) -> str:
        import ctypes
        from ctypes import wintypes

        limited_information = 0x1000
        kernel = ctypes.windll.kernel32
        process = kernel.OpenProcess(limited_information, False, pid)
        if not process:
            return ""
        times = [wintypes.FILETIME() for _ in range(4)]
        told = kernel.GetProcessTimes(process, *(ctypes.byref(time) for time in times))
        kernel.CloseHandle(process)
        created, ended = times[0], times[1]
        if not told or ended.dwLowDateTime or ended.dwHighDateTime:
            return ""
        return f"{created.dwHighDateTime}:{created.dwLowDateTime}"

else:

    def _signal(pid: int, *, force: bool) -> None:
        number = signal.SIGKILL if force else signal.SIGTERM
        with suppress(OSError):
            if os.getpgid(pid) == pid:
                os.killpg(pid, number)
            else:
                os.kill(pid, number)

    def _windows_start(_pid: int) -> str:
        """Not reached: other systems have /proc or ps."""
        return ""
