"""Wraps a host and collects what it answers, with everything private taken out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from torchup.host.capture import Capture, Ran, portable
from torchup.host.privacy import redactor_for

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from torchup.host import Completed, Host, Response, Room
    from torchup.model import System

_KERNEL_LOG: Final = "dmesg"
_OF_DRIVER: Final = "NVRM"
_HEADER_KEPT: Final = 1 << 16  # bytes


class RecordingHost:
    """A host that passes every question on and keeps the answers; see :meth:`capture`."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._env: dict[str, str] = {}
        self._read: dict[str, bytes] = {}
        self._folders: dict[str, tuple[str, ...]] = {}
        self._executables: dict[str, None] = {}
        self._writable: dict[str, None] = {}
        self._links: dict[str, str] = {}
        self._programs: dict[str, str] = {}
        self._modified: dict[str, tuple[int, int]] = {}
        self._rooms: dict[str, Room] = {}
        self._ran: dict[tuple[str, ...], Completed] = {}

    @property
    def system(self) -> System:
        """The operating system."""
        return self._host.system

    @property
    def machine(self) -> str:
        """The processor architecture as the operating system names it."""
        return self._host.machine

    def libc(self) -> str | None:
        """Return the C library."""
        return self._host.libc()

    def env(self, name: str) -> str | None:
        """Return an environment variable."""
        value = self._host.env(name)
        if value is not None:
            self._env[name] = value
        return value

    def read(self, path: str) -> bytes | None:
        """Return a file's bytes."""
        content = self._host.read(path)
        if content is not None:
            # CUDA's headers take a megabyte each, and tell their version near the top.
            self._read[path] = content[:_HEADER_KEPT] if path.endswith(".h") else content
        return content

    def listdir(self, path: str) -> tuple[str, ...]:
        """Return the sorted names in a folder."""
        names = self._host.listdir(path)
        if names:
            self._folders[path] = names
        return names

    def is_dir(self, path: str) -> bool:
        """Tell whether ``path`` is a folder."""
        answer = self._host.is_dir(path)
        if answer:
            self._folders.setdefault(path, ())
        return answer

    def is_executable(self, path: str) -> bool:
        """Tell whether ``path`` is a file that may be run."""
        answer = self._host.is_executable(path)
        if answer:
            self._executables[path] = None
        return answer

    def may_write(self, path: str) -> bool:
        """Tell whether this user may write to ``path``."""
        answer = self._host.may_write(path)
        if answer:
            self._writable[path] = None
        return answer

    def real_path(self, path: str) -> str:
        """Return ``path`` with links followed."""
        real = self._host.real_path(path)
        if real != path and path:
            self._links[path] = real
        return real

    def modified(self, path: str) -> tuple[int, int] | None:
        """Return a file's (modification time in ns, size in bytes)."""
        found = self._host.modified(path)
        if found is not None:
            self._modified[path] = found
        return found

    def room(self, path: str) -> Room | None:
        """Return the room on a disk."""
        found = self._host.room(path)
        if found is not None:
            self._rooms[path] = found
        return found

    def which(self, name: str) -> str | None:
        """Find a program on the search path."""
        found = self._host.which(name)
        if found is not None:
            self._programs[name] = found
        return found

    def now(self) -> datetime:
        """Return the time, in UTC."""
        return self._host.now()

    def within(self, start: float, end: float) -> bool:
        """Tell whether it is now between two times, in seconds since 1970."""
        return self._host.within(start, end)

    def today(self) -> str:
        """Return the day in UTC, in ISO form."""
        return self._host.today()

    def run(
        self,
        argv: Sequence[str],
        *,
        timeout: float = 30,
        env: Mapping[str, str | None] | None = None,
        cwd: str | None = None,
    ) -> Completed:
        """Run a command to its end."""
        done = self._host.run(argv, timeout=timeout, env=env, cwd=cwd)
        self._ran[portable(argv)] = done
        return done

    def stream(
        self,
        argv: Sequence[str],
        *,
        on_line: Callable[[str], None],
        env: Mapping[str, str | None] | None = None,
        cwd: str | None = None,
        timeout: float | None = None,
    ) -> Completed:
        """Run a long command, line by line."""
        done = self._host.stream(argv, on_line=on_line, env=env, cwd=cwd, timeout=timeout)
        self._ran[portable(argv)] = done
        return done

    def attach(self, argv: Sequence[str], *, env: Mapping[str, str | None] | None = None) -> int:
        """Give the terminal to a command; nothing of it is recorded."""
        return self._host.attach(argv, env=env)

    def fetch(
        self,
        url: str,
        *,
        method: str = "GET",
        headers: Mapping[str, str] | None = None,
        timeout: float = 15,
    ) -> Response:
        """Ask for a URL; nothing of it is recorded."""
        return self._host.fetch(url, method=method, headers=headers, timeout=timeout)

    def capture(self) -> Capture:
        """Return what was asked so far, cleaned of everything private.

        Files that are not text are left out: what is private in them can't be found.
        """
        redactor = redactor_for(self._host)
        clean = redactor.clean
        texts = {at: text for at, raw in self._read.items() if (text := _text(raw)) is not None}
        return Capture(
            system=self.system,
            machine=self.machine,
            libc=self.libc(),
            env={name: redactor.env(name, value) for name, value in self._env.items()},
            files={clean(at): clean(text) for at, text in texts.items()},
            folders={
                clean(at): tuple(redactor.inside(at, name) for name in names)
                for at, names in self._folders.items()
            },
            executables=tuple(map(clean, self._executables)),
            writable=tuple(map(clean, self._writable)),
            links={clean(at): clean(to) for at, to in self._links.items()},
            programs={name: clean(at) for name, at in self._programs.items()},
            modified={clean(at): found for at, found in self._modified.items()},
            rooms={clean(at): room for at, room in self._rooms.items()},
            ran=tuple(_cleaned(argv, done, clean) for argv, done in self._ran.items()),
            now=self.now().isoformat(),
        )


def _text(raw: bytes) -> str | None:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return None


def _cleaned(argv: tuple[str, ...], done: Completed, clean: Callable[[str], str]) -> Ran:
    if argv[0] == _KERNEL_LOG:  # it tells of everything that was ever plugged in
        kept = [line for line in done.out.splitlines() if _OF_DRIVER in line]
        done = replace(done, out="\n".join(kept))
    out, err = clean(done.out), clean(done.err)
    return Ran(argv=tuple(map(clean, argv)), done=replace(done, out=out, err=err))
