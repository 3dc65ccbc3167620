"""As much of this machine as is needed before the program itself is loaded.

Nothing here imports more than ``os``, ``sys`` and ``time``: ``typing`` alone costs a short command
half of what a bare interpreter does.
"""

# Loading pathlib would take longer than all that is done here.
# ruff: noqa: PTH116, PTH208

from __future__ import annotations

import os
import sys
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from types import ModuleType

    from torchup.model import System


class EarlyHost:
    """The part of :class:`torchup.host.Host` that finds the home and sees whether files changed."""

    @property
    def system(self) -> System:
        """The operating system."""
        if sys.platform == "win32":
            return "windows"
        return "macos" if sys.platform == "darwin" else "linux"

    def env(self, name: str) -> str | None:
        """Return an environment variable."""
        return os.environ.get(name)

    def today(self) -> str:
        """Return the day in UTC, in ISO form."""
        return time.strftime("%Y-%m-%d", time.gmtime())

    def listdir(self, path: str) -> tuple[str, ...]:
        """Return the sorted names in a folder."""
        try:
            return tuple(sorted(os.listdir(path)))
        except (OSError, ValueError):
            return ()


def module(name: str) -> ModuleType:
    """Import a module whose name is worked out.

    What :mod:`importlib` has for it loads more (``warnings``) than most modules are.
    """
    __import__(name)
    return sys.modules[name]


def later(package: str, names: Mapping[str, Sequence[str]]) -> Callable[[str], object]:
    """Return what loads parts of a package when they are first asked for: its ``__getattr__``.

    Args:
        package: its name.
        names: module of it → the names that are taken from there.
    """

    def load(name: str) -> object:
        for place, known in names.items():
            if name in known:
                found: object = getattr(module(f"{package}.{place}"), name)
                setattr(sys.modules[package], name, found)
                return found
        raise AttributeError(f"module {package!r} has no attribute {name!r}")

    return load


def checksum(*words: str) -> int:
    """Return a number of 32 bits (FNV-1a): Python's checksums are in libraries to be loaded.

    It names what is kept, and protects nothing: whoever reads what has such a name sees whether
    it is what was meant.

    http://www.isthe.com/chongo/tech/comp/fnv/ (checked 2026-11-30)
    """
    number = 0x811C9DC5
    for byte in "\0".join(words).encode("utf-8", "replace"):
        number = (number ^ byte) * 0x01000193 & 0xFFFFFFFF
    return number


def stamps(paths: Iterable[str]) -> list[int]:
    """Return what of files and folders differs after they were changed or replaced, in one row.

    Four numbers of each: the time of its content, the time of what the system knows of it
    (permissions; on Windows the time of its making), its own number, and its size.

    Raises:
        OSError: one of them isn't there, or can't be reached.
        ValueError: one of them can't be a path.
    """
    row: list[int] = []
    for path in paths:
        found = os.stat(path)
        row += (found.st_mtime_ns, found.st_ctime_ns, found.st_ino, found.st_size)
    return row


def user() -> int:
    """Return the number of the user who asks, whose permissions count; -1 where there is none."""
    return -1 if sys.platform == "win32" else os.geteuid()
