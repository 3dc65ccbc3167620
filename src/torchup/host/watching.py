"""A host that notes what it was asked about, so that one can tell later whether it would differ."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Final

from torchup.early import stamps
from torchup.host.real import RealHost

if TYPE_CHECKING:
    from collections.abc import Callable

_SETTLED: Final = 2_000_000_000
"""Nanoseconds after which a change shows in a file's times: FAT counts them in two seconds.

https://learn.microsoft.com/windows/win32/sysinfo/file-times (checked 2026-11-30)
"""


def _beyond(name: str) -> Callable[..., Any]:
    """A question whose answer may be another one though no file has changed."""

    def ask(self: WatchingHost, *args: object, **options: object) -> object:
        self._beyond = True
        return getattr(RealHost, name)(self, *args, **options)

    return ask


class WatchingHost(RealHost):
    """This machine; what its answers rest on is noted before each of them.

    Attributes:
        variables: environment variables and their values.
        files: paths and their stamps (:func:`torchup.early.stamps`), none for what isn't there.
        folders: paths and the names in them, where times don't tell that these have changed.
        day: the day, in ISO form; empty where nobody asked for it.
    """

    def __init__(self) -> None:
        super().__init__()
        self.variables: dict[str, str | None] = {}
        self.files: dict[str, list[int]] = {}
        self.folders: dict[str, list[str]] = {}
        self.day = ""
        self._beyond = False
        self._began = time.time_ns()

    @property
    def settled(self) -> bool:
        """Tell whether the same questions get the same answers while nothing noted changes.

        Not where something else than files and variables was asked for, or where anything changed
        meanwhile or so shortly before that another change might leave no trace.
        """
        times = (max(found[:2]) for found in self.files.values() if found)
        return not self._beyond and max(times, default=0) < self._began - _SETTLED

    def watch(self, path: str) -> None:
        """Note a file or folder as it is before the first look at it; any change shows later."""
        if path in self.files:
            return
        try:
            self.files[path] = stamps([path])
        except (OSError, ValueError):
            self.files[path] = []

    def env(self, name: str) -> str | None:
        """Return an environment variable."""
        value = super().env(name)
        self.variables[name] = value
        return value

    def today(self) -> str:
        """Return the day in UTC, in ISO form."""
        self.day = super().today()
        return self.day

    def read(self, path: str) -> bytes | None:
        """Return a file's bytes."""
        self.watch(path)
        return super().read(path)

    def listdir(self, path: str) -> tuple[str, ...]:
        """Return the sorted names in a folder."""
        self.watch(path)
        names = super().listdir(path)
        if self.system == "windows":  # FAT doesn't change a folder's time with what is in it
            self.folders.setdefault(path, list(names))
        return names

    def is_dir(self, path: str) -> bool:
        """Tell whether ``path`` is a folder."""
        self.watch(path)
        return super().is_dir(path)

    def is_executable(self, path: str) -> bool:
        """Tell whether ``path`` is a file that may be run."""
        self.watch(path)
        return super().is_executable(path)

    def real_path(self, path: str) -> str:
        """Return the path with links followed; where one stands is a part of every question."""
        self._beyond = self._beyond or path != "."
        return super().real_path(path)

    def modified(self, path: str) -> tuple[int, int] | None:
        """Return a file's (modification time in ns, size in bytes)."""
        if path in self.files:
            return super().modified(path)
        self.watch(path)
        found = self.files[path]
        return (found[0], found[3]) if found else None

    libc = _beyond("libc")
    may_write = _beyond("may_write")
    room = _beyond("room")
    which = _beyond("which")
    now = _beyond("now")
    run = _beyond("run")
    stream = _beyond("stream")
    attach = _beyond("attach")
    fetch = _beyond("fetch")
