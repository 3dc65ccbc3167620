"""As much of this machine as is needed before the program itself is loaded.

Nothing here imports more than ``os``, ``sys`` and ``time``: ``typing`` alone costs a short command
half of what a bare interpreter does.

Long: what is asked before anything is loaded, in one module, since each costs as much as its work.
"""

# Loading pathlib would take longer than all that is done here.
# ruff: noqa: PTH112, PTH116, PTH123, PTH208

from __future__ import annotations

import os
import stat
import sys
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from types import ModuleType
    from typing import Any

    from torchup.model import System


_HANDED_OVER = ("/dev/fd/", "/dev/stdin", "/proc/self/fd/")


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

    def within(self, start: float, end: float) -> bool:
        """Tell whether it is now between two times, in seconds since 1970."""
        return start <= time.time() < end

    @property
    def machine(self) -> str:
        """The processor architecture as the operating system names it."""
        if sys.platform == "win32":
            return os.environ.get("PROCESSOR_ARCHITEW6432") or os.environ.get(
                "PROCESSOR_ARCHITECTURE", ""
            )
        return os.uname().machine

    def libc(self) -> str | None:
        """Return the running C library and its version, where it is glibc."""
        if sys.platform == "win32":
            return None
        try:
            return os.confstr("CS_GNU_LIBC_VERSION")
        except (OSError, ValueError):
            return None

    def read(self, path: str) -> bytes | None:
        """Return a file's bytes, None where there is no such file; see :func:`read_file`."""
        try:
            return read_file(path)
        except (OSError, ValueError):
            return None

    def is_dir(self, path: str) -> bool:
        """Tell whether ``path`` is a folder."""
        return os.path.isdir(path)

    def real_path(self, path: str) -> str:
        """Return ``path`` with links followed."""
        return os.path.realpath(path)

    def listdir(self, path: str) -> tuple[str, ...]:
        """Return the sorted names in a folder."""
        try:
            return tuple(sorted(os.listdir(path)))
        except (OSError, ValueError):
            return ()


def read_file(path: str | os.PathLike[str], most: int = -1) -> bytes:
    """Return a file's bytes, without waiting for a pipe or reading a device without end.

    The null device is an empty file: settings are linked to it to have none. What a shell hands
    over (``/dev/stdin``, ``/dev/fd/63``) is read to its end.

    Args:
        path: the file.
        most: no more bytes than these; all where it is negative.

    Raises:
        OSError: it isn't there, or can't be read; so is what is no file.
        ValueError: it can't be a path.
    """
    if os.fspath(path).startswith(_HANDED_OVER):
        with open(path, "rb") as stream:
            return stream.read(most)
    with open(path, "rb", opener=_at_once) as stream:
        found = os.fstat(stream.fileno())
        if stat.S_ISREG(found.st_mode):
            return stream.read(most)
        if os.path.samestat(found, os.stat(os.devnull)):
            return b""
    import errno  # of what hardly ever happens

    raise OSError(errno.EINVAL, os.strerror(errno.EINVAL), os.fspath(path))


def read_text(path: str | os.PathLike[str]) -> str:
    """Return a file's text; the ends of lines that Windows writes count as plain ones.

    Raises:
        OSError, ValueError: as :func:`read_file`; UnicodeDecodeError where it isn't UTF-8.
    """
    return read_file(path).decode("utf-8").replace("\r\n", "\n")


def _at_once(path: str, flags: int) -> int:
    """Open without waiting for somebody to write into a pipe."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


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


def unchanged(host: EarlyHost, notes: Mapping[str, Any]) -> bool:
    """Tell whether everything that was looked at is as it was.

    Args:
        host: this machine.
        notes: as :meth:`torchup.host.watching.WatchingHost.notes` has them, out of JSON.

    Raises:
        OSError: a file that was there isn't any more.
        LookupError: they are not such notes; so with ``TypeError``, ``ValueError`` and
            ``AttributeError``.
    """
    return (
        notes["day"] in {"", host.today()}
        and (not notes["during"] or host.within(*notes["during"]))
        and all(host.env(name) == was for name, was in notes["variables"].items())
        and stamps(notes["files"]) == notes["stamps"]
        and not any(map(os.path.exists, notes["missing"]))
        and all(
            ask_again(host, question, about) == was
            for question, answers in notes["again"].items()
            for about, was in answers.items()
        )
    )


def ask_again(host: EarlyHost, question: str, about: str) -> object:
    """Ask what no file's times tell; the answers are comparable with what JSON keeps of them.

    Args:
        host: this machine.
        question: ``content`` of a file that the system makes up when it is read, as far as it
            lasts (:func:`lasting`), ``names`` in a folder, whether there is a ``folder``, where a
            ``link`` leads, which ``libc`` runs, what the ``machine`` is called.
        about: the path; nothing for the last two.

    Raises:
        LookupError: there is no such question.
    """
    if question == "content":
        data = host.read(about)
        return None if data is None else lasting(about, data).decode("latin-1")
    if question == "names":
        return list(host.listdir(about))
    if question == "folder":
        return host.is_dir(about)
    if question == "link":
        return host.real_path(about)
    if question == "libc":
        return host.libc()
    if question == "machine":
        return host.machine
    raise LookupError(question)


_CLOCKS = (b"cpu MHz", b"clock")


def lasting(path: str, data: bytes) -> bytes:
    """Leave out of a file that the system makes up what is another at each look.

    Of ``/proc/cpuinfo`` a line for each processor is left and what the first of them says of
    itself but for its clock, of ``/proc/meminfo`` how much memory there is; others are whole.

    https://docs.kernel.org/filesystems/proc.html (checked 2026-11-30)
    """
    if path == "/proc/meminfo":
        return b"".join(one for one in data.splitlines(True) if one.startswith(b"MemTotal:"))
    if path != "/proc/cpuinfo":
        return data
    kept: list[bytes] = []
    seen: set[bytes] = set()
    for line in data.splitlines(True):
        key = line.partition(b":")[0]
        if key not in seen or key.startswith(b"processor"):
            seen.add(key)
            kept.append(line)
    return b"".join(one for one in kept if not one.startswith(_CLOCKS))


def user() -> int:
    """Return the number of the user who asks, whose permissions count; -1 where there is none."""
    return -1 if sys.platform == "win32" else os.geteuid()
