"""The one door to the outside: commands, files, environment variables, the network.

Rooms take a :class:`Host` and never look around by themselves, so that every one of them can be
replayed from a capture. :mod:`torchup.host.real` is the machine itself,
:mod:`torchup.host.capture` records and replays.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from torchup.model import System

NOT_STARTED: Final = 127
"""The exit status of a command that could not be started, as a shell has it."""


class Completed(Struct, frozen=True, kw_only=True):
    """A finished command. ``code`` is its exit status, negative for a signal."""

    code: int
    out: str = ""
    err: str = ""
    timed_out: bool = False


class Response(Struct, frozen=True, kw_only=True):
    """An answered request. Header names are lower-case; ``url`` is the one that answered.

    ``proxy`` is what it went through, empty for none.
    """

    status: int
    url: str
    headers: dict[str, str]
    body: bytes
    proxy: str = ""


class Room(Struct, frozen=True, kw_only=True):
    """Free and total space of a disk, in bytes."""

    free: int
    total: int


class Host(Protocol):
    """What a machine lets one ask of it."""

    @property
    def system(self) -> System:
        """The operating system."""

    @property
    def machine(self) -> str:
        """The processor architecture as the operating system names it (``x86_64``, ``AMD64``)."""

    def libc(self) -> str | None:
        """Return the running C library and its version (``glibc 2.35``), None where it can't tell.

        Only glibc says so itself; musl, macOS and Windows give None.
        """

    def env(self, name: str) -> str | None:
        """Return an environment variable, None where it is unset."""

    def read(self, path: str) -> bytes | None:
        """Return a file's bytes, None where it can't be read."""

    def listdir(self, path: str) -> tuple[str, ...]:
        """Return the sorted names in a folder, none where it can't be listed."""

    def is_dir(self, path: str) -> bool:
        """Tell whether ``path`` is a folder."""

    def is_executable(self, path: str) -> bool:
        """Tell whether ``path`` is a file that may be run."""

    def may_write(self, path: str) -> bool:
        """Tell whether this user may write to ``path``, which exists."""

    def real_path(self, path: str) -> str:
        """Return ``path`` with links followed."""

    def modified(self, path: str) -> tuple[int, int] | None:
        """Return a file's (modification time in ns, size in bytes), None where it is missing."""

    def room(self, path: str) -> Room | None:
        """Return the room on the disk that holds ``path`` or its nearest existing parent."""

    def which(self, name: str) -> str | None:
        """Find a program on the search path."""

    def now(self) -> datetime:
        """Return the time, in UTC."""

    def within(self, start: float, end: float) -> bool:
        """Tell whether it is now between two times, in seconds since 1970."""

    def today(self) -> str:
        """Return the day in UTC, in ISO form."""

    def run(
        self,
        argv: Sequence[str],
        *,
        timeout: float = 30,
        env: Mapping[str, str | None] | None = None,
        cwd: str | None = None,
    ) -> Completed:
        """Run a command to its end, standard input empty.

        ``env`` is laid over the environment; None removes a variable. A command that can't be
        started has code 127; one that runs past ``timeout`` seconds is killed with its children.
        """

    def stream(
        self,
        argv: Sequence[str],
        *,
        on_line: Callable[[str], None],
        env: Mapping[str, str | None] | None = None,
        cwd: str | None = None,
        timeout: float | None = None,
    ) -> Completed:
        """Run a long command; ``on_line`` gets each line of its standard error as it comes.

        The child inherits every lock held. On any exception, Ctrl-C included, the child and its
        children are killed before the exception goes on.
        """

    def attach(self, argv: Sequence[str], *, env: Mapping[str, str | None] | None = None) -> int:
        """Give the terminal to a command and return its exit status (may not return on POSIX)."""

    def fetch(
        self,
        url: str,
        *,
        method: str = "GET",
        headers: Mapping[str, str] | None = None,
        timeout: float = 15,
    ) -> Response:
        """Ask for a URL (http, https or file); redirects are followed.

        Raises:
            OutsideError: ``network.unreachable``, ``network.timeout`` or ``network.tls``, when no
                answer came. An answer of any status is a :class:`Response`.
        """
