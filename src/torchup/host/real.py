"""This machine. What takes long to load is loaded at the first need.

Long: one door, a method a question; what takes more than a few lines lies beside it.
"""

from __future__ import annotations

import os
from _thread import RLock
from contextlib import contextmanager
from datetime import datetime, timezone
from typing import TYPE_CHECKING

from torchup import __version__
from torchup.early import EarlyHost
from torchup.host.finding import room_of, which

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from torchup.host import Completed, Response, Room
    from torchup.host.commands import Commands
    from torchup.host.following import Followed
    from torchup.host.lock import Lock
    from torchup.host.web import Incoming, Web


_NO_LOGIN = 401


class RealHost(EarlyHost):
    """The machine that torchup runs on; see :class:`torchup.host.Host`."""

    def __init__(self) -> None:
        self._web: Web | None = None
        self._locks: list[Lock] = []
        #: Settles the two below, before the first program or request; None when that is done.
        self.settle: Callable[[], None] | None = None
        self._settling = RLock()
        #: Variables that this run lays under the environment: of programs that are started too.
        self.told: dict[str, str] = {}
        #: A file of certificates that pip is set up to trust.
        self.certificates = ""
        #: Told the process number of each command as it starts.
        self.on_start: Callable[[int], None] | None = None
        self._cut_off = False
        #: What keyring gave, by what it was asked for and the user; empty where it has none.
        self._passwords: dict[tuple[str, str], str] = {}

    def cut_off(self) -> None:
        """Ask nobody on the network from now on; uv isn't let either."""
        self._cut_off = True

    @property
    def is_cut_off(self) -> bool:
        """Whether no network is to be asked."""
        return self._cut_off

    def env(self, name: str) -> str | None:
        """Return an environment variable; what this run was told counts where it is unset."""
        found = super().env(name)
        return self.told.get(name) if found is None else found

    def is_executable(self, path: str) -> bool:
        """Tell whether ``path`` is a file that may be run."""
        return os.path.isfile(path) and os.access(path, os.X_OK)

    def may_write(self, path: str) -> bool:
        """Tell whether this user may write to ``path``, which exists."""
        return os.access(path, os.W_OK)

    def modified(self, path: str) -> tuple[int, int] | None:
        """Return a file's (modification time in ns, size in bytes)."""
        try:
            found = os.stat(path)
        except (OSError, ValueError):
            return None
        return found.st_mtime_ns, found.st_size

    def room(self, path: str) -> Room | None:
        """Return the room on the disk that holds ``path``."""
        while path and not os.path.exists(path):
            parent = os.path.dirname(path)
            if parent == path:
                break
            path = parent
        try:
            return room_of(path)
        except OSError:
            return None

    def which(self, name: str) -> str | None:
        """Find a program on the search path."""
        return which(name)

    def now(self) -> datetime:
        """Return the time, in UTC."""
        return datetime.now(timezone.utc)

    def within(self, start: float, end: float) -> bool:
        """Tell whether it is now between two times, in seconds since 1970."""
        return start <= self.now().timestamp() < end

    def hold(self, lock: Lock) -> None:
        """Let every command started from now on inherit ``lock``."""
        self._locks.append(lock)

    def let_go(self, lock: Lock) -> None:
        """Start no more commands that inherit ``lock``."""
        self._locks.remove(lock)

    def run(
        self,
        argv: Sequence[str],
        *,
        timeout: float = 30,
        env: Mapping[str, str | None] | None = None,
        cwd: str | None = None,
    ) -> Completed:
        """Run a command to its end."""
        return self._commands().run(argv, timeout=timeout, env=self._laid(env), cwd=cwd)

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
        return self._commands().stream(
            argv, on_line=on_line, env=self._laid(env), cwd=cwd, timeout=timeout
        )

    def attach(self, argv: Sequence[str], *, env: Mapping[str, str | None] | None = None) -> int:
        """Give the terminal to a command."""
        return self._commands().attach(argv, env=env)

    def follow(
        self, argv: Sequence[str], *, env: Mapping[str, str | None] | None = None, keep: int
    ) -> Followed | None:
        """Run a command in the user's terminal, and keep the last of what it says.

        See :func:`torchup.host.following.follow`.
        """
        from torchup.host.commands import as_found, laid_over
        from torchup.host.following import follow

        as_found()
        self._settled()
        return follow(argv, laid_over(env, self.told), keep=keep)

    def fetch(
        self,
        url: str,
        *,
        method: str = "GET",
        headers: Mapping[str, str] | None = None,
        timeout: float = 15,
    ) -> Response:
        """Ask for a URL."""
        if url.startswith("file:"):
            from torchup.host.pages import read_page

            return read_page(url, method)
        used = self._with_login(url)
        answer = self._opened(used).fetch(used, method, headers or {}, timeout)
        whole = self._asked_keyring(url, used) if answer.status == _NO_LOGIN else None
        if whole:
            return self._opened(whole).fetch(whole, method, headers or {}, timeout)
        return answer

    @contextmanager
    def receive(
        self, url: str, *, headers: Mapping[str, str] | None = None, timeout: float = 30
    ) -> Iterator[Incoming]:
        """Begin to receive a file, piece by piece, as it is (not compressed on the way).

        Args:
            url: its address (http or https); redirects are followed.
            headers: such as ``Range``.
            timeout: seconds to wait for each piece.

        Raises:
            OutsideError: a ``network.*`` code, when no answer came.
        """
        used = self._with_login(url)
        with self._opened(used).open(used, headers or {}, timeout) as incoming:
            whole = self._asked_keyring(url, used) if incoming.status == _NO_LOGIN else None
            if not whole:
                yield incoming
                return
        with self._opened(whole).open(whole, headers or {}, timeout) as incoming:
            yield incoming

    def _with_login(self, url: str) -> str:
        """An address with what keyring gave before, for it or near it."""
        from torchup.host.logins import with_password

        return with_password(url, self._passwords) if self._passwords else url

    def _asked_keyring(self, url: str, used: str) -> str | None:
        """An address that was refused, with what keyring has for it."""
        from torchup.host.logins import with_keyring

        return with_keyring(url, used, self.run, self._passwords)

    def _settled(self) -> None:
        with self._settling:  # nobody goes on before what is told is told
            settle, self.settle = self.settle, None
            if settle is not None:
                settle()

    def _opened(self, url: str) -> Web:
        if self._cut_off:
            from torchup.errors import OutsideError
            from torchup.host.redact import redact_url

            raise OutsideError("network.unreachable", url=redact_url(url), why="@word.offline")
        self._settled()
        if self._web is None:
            from torchup.host.web import Web

            self._web = Web(f"torchup/{__version__}", self.certificates)
        return self._web

    def _laid(self, env: Mapping[str, str | None] | None) -> Mapping[str, str | None] | None:
        return {"UV_OFFLINE": "1", **(env or {})} if self._cut_off else env

    def _commands(self) -> Commands:
        from torchup.host.commands import Commands

        self._settled()
        return Commands(self._locks, self.on_start, self.told)
