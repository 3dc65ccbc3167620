"""A host that notes what it was asked about, so that one can tell later whether it would differ.

Long: a method for each question that a host is asked, and for notes that are joined.
"""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Any, Final

from torchup.early import EarlyHost, lasting, stamps
from torchup.host.finding import looked_at
from torchup.host.real import RealHost

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from torchup.host import Response

_SETTLED: Final = 2_000_000_000
"""Nanoseconds after which a change shows in a file's times: FAT counts them in two seconds.

https://learn.microsoft.com/windows/win32/sysinfo/file-times (checked 2026-11-30)
"""


_NUMBERS: Final = 4
"""Of each file; see :func:`torchup.early.stamps`."""
_MADE_UP: Final = ("/proc/", "/sys/")
"""Where Linux makes up files when they are read, and the times of all that lies there."""


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
        again: question → what it is about → answer, where no file's times tell that another would
            be given now; see :func:`torchup.early.ask_again`.
        day: the day, in ISO form; empty where nobody asked for it.
        during: from when to when the answers hold, in seconds since 1970; empty where no answer
            rests on the time.
    """

    def __init__(self) -> None:
        super().__init__()
        self.variables: dict[str, str | None] = {}
        self.files: dict[str, list[int]] = {}
        self.again: dict[str, dict[str, object]] = {}
        self.day = ""
        self.during: tuple[float, float] | tuple[()] = ()
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

    def notes(self) -> dict[str, object]:
        """Return what was noted, for JSON; :func:`torchup.early.unchanged` compares it."""
        return {
            "day": self.day,
            "during": self.during,
            "variables": self.variables,
            "files": [path for path, found in self.files.items() if found],
            "stamps": [number for found in self.files.values() for number in found],
            "missing": [path for path, found in self.files.items() if not found],
            "again": self.again,
        }

    def apart(self) -> WatchingHost:
        """Return the same host with notes of its own: for one of many things that are looked at."""
        other = WatchingHost.__new__(WatchingHost)
        other.__dict__ |= self.__dict__
        other.variables, other.files, other.again, other.day = {}, {}, {}, ""
        other.during = ()
        other._beyond = False  # noqa: SLF001 - it is one of us
        return other

    def add(self, notes: Mapping[str, Any]) -> None:
        """Note what was noted apart, and still is as it was."""
        numbers = notes["stamps"]
        for at, path in enumerate(notes["files"]):
            if path not in self.files:
                self.files[path] = numbers[_NUMBERS * at : _NUMBERS * (at + 1)]
        for path in notes["missing"]:
            self.files.setdefault(path, [])
        self._add_answers(notes["day"], notes["variables"], notes["again"])
        self._hold(*notes["during"])

    def join(self, other: WatchingHost) -> None:
        """Note what another noted apart, settled or not."""
        self.files |= {one: at for one, at in other.files.items() if one not in self.files}
        self._add_answers(other.day, other.variables, other.again)
        self._hold(*other.during)
        self._beyond = self._beyond or other._beyond

    def _add_answers(
        self,
        day: str,
        variables: Mapping[str, str | None],
        again: Mapping[str, Mapping[str, object]],
    ) -> None:
        self.day = day or self.day
        self.variables |= variables
        for question, answers in again.items():
            for about, answer in answers.items():
                self._note(question, about, answer)

    def _hold(self, *during: float) -> None:
        """Let the answers hold no longer than between two times; for ever where none are given."""
        if during:
            start, end = self.during or during
            self.during = max(start, during[0]), min(end, during[1])

    def watch(self, path: str) -> None:
        """Note a file or folder as it is before the first look at it; any change shows later."""
        if path in self.files:
            return
        if path.startswith(_MADE_UP) and os.path.exists(path):
            self._beyond = True  # its times say nothing
        try:
            self.files[path] = stamps([path])
        except (OSError, ValueError):
            self.files[path] = []

    def _note(self, question: str, about: str, answer: object) -> None:
        """Note an answer; where it changes meanwhile there is none to be said again."""
        known = self.again.setdefault(question, {})
        self._beyond = self._beyond or known.setdefault(about, answer) != answer

    def env(self, name: str) -> str | None:
        """Return an environment variable."""
        value = super().env(name)
        self.variables[name] = value
        return value

    def today(self) -> str:
        """Return the day in UTC, in ISO form."""
        self.day = super().today()
        return self.day

    def within(self, start: float, end: float) -> bool:
        """Tell whether it is now between two times; what rests on that holds between them."""
        found = EarlyHost.within(self, start, end)
        if found:
            self._hold(start, end)
        else:
            self._beyond = True
        return found

    def read(self, path: str) -> bytes | None:
        """Return a file's bytes; of one that the system makes up, what of it lasts."""
        if not path.startswith(_MADE_UP):
            self.watch(path)
            return super().read(path)
        data = super().read(path)
        data = None if data is None else lasting(path, data)
        self._note("content", path, None if data is None else data.decode("latin-1"))
        return data

    def listdir(self, path: str) -> tuple[str, ...]:
        """Return the sorted names in a folder."""
        made_up = path.startswith(_MADE_UP)
        if not made_up:
            self.watch(path)
        names = super().listdir(path)
        if made_up or self.system == "windows":  # nor does FAT change a folder's time
            self._note("names", path, list(names))
        return names

    def is_dir(self, path: str) -> bool:
        """Tell whether ``path`` is a folder."""
        if not path.startswith(_MADE_UP):
            self.watch(path)
            return super().is_dir(path)
        found = super().is_dir(path)
        self._note("folder", path, found)
        return found

    def is_executable(self, path: str) -> bool:
        """Tell whether ``path`` is a file that may be run."""
        self.watch(path)
        return super().is_executable(path)

    def real_path(self, path: str) -> str:
        """Return the path with links followed."""
        found = super().real_path(path)
        self._note("link", path, found)
        return found

    def libc(self) -> str | None:
        """Return the running C library and its version, where it is glibc."""
        found = super().libc()
        self._note("libc", "", found)
        return found

    @property
    def machine(self) -> str:
        """The processor architecture as the operating system names it."""
        found = super().machine
        self._note("machine", "", found)
        return found

    def which(self, name: str) -> str | None:
        """Find a program on the search path."""
        if self.system == "windows":
            self._beyond = True
            return super().which(name)
        self.env("PATH")
        for path in looked_at(name):
            self.watch(path)
        return super().which(name)

    def fetch(
        self,
        url: str,
        *,
        method: str = "GET",
        headers: Mapping[str, str] | None = None,
        timeout: float = 15,
    ) -> Response:
        """Ask for a URL; only a page on a disk is the same while nothing changes."""
        if url.startswith("file:"):
            from torchup.host.pages import places_of

            for path in places_of(url):
                self.watch(path)
        else:
            self._beyond = True
        return super().fetch(url, method=method, headers=headers, timeout=timeout)

    def modified(self, path: str) -> tuple[int, int] | None:
        """Return a file's (modification time in ns, size in bytes)."""
        if path in self.files:
            return super().modified(path)
        self.watch(path)
        found = self.files[path]
        return (found[0], found[3]) if found else None

    may_write = _beyond("may_write")
    room = _beyond("room")
    now = _beyond("now")
    run = _beyond("run")
    stream = _beyond("stream")
    attach = _beyond("attach")
    receive = _beyond("receive")
    follow = _beyond("follow")
