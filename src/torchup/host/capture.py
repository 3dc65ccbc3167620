"""What a machine answered, as a document, and a host that replays it.

A capture is one JSON document (``torchup.capture/v1``). It is made for showing to others: names,
home folders, credentials and serial numbers are taken out by :mod:`torchup.host.recording`.

Long: a document and the host that replays it, a method a question.
"""

from __future__ import annotations

import sys
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Final, Literal

import msgspec
from msgspec import Struct

from torchup.errors import OutsideError, UsageError
from torchup.host import NOT_STARTED, Completed, Response, Room
from torchup.model import System
from torchup.model.no_document import NO_DOCUMENT

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

SCHEMA: Final = "torchup.capture/v1"
_PACKAGE: Final = __file__.replace("\\", "/").rpartition("/host/")[0]
_LINKS_FOLLOWED: Final = 16


class Ran(Struct, frozen=True, kw_only=True):
    """A command and how it ended. ``argv`` names this program's own files by ``{torchup}``."""

    argv: tuple[str, ...]
    done: Completed


class Capture(Struct, frozen=True, kw_only=True):
    """Everything a machine was asked, and its answers.

    ``files`` hold text; ``writable`` are those that the user may write to, where that was asked;
    ``folders`` map to the names in them; ``links`` to the real path; ``programs`` to what the
    search path gives for a name; ``modified`` to (time in ns, size in bytes); ``rooms`` to
    the disk's room in bytes.
    """

    schema: Literal["torchup.capture/v1"] = SCHEMA
    system: System
    machine: str
    libc: str | None = None
    env: dict[str, str] = {}
    files: dict[str, str] = {}
    folders: dict[str, tuple[str, ...]] = {}
    executables: tuple[str, ...] = ()
    writable: tuple[str, ...] = ()
    links: dict[str, str] = {}
    programs: dict[str, str] = {}
    modified: dict[str, tuple[int, int]] = {}
    rooms: dict[str, Room] = {}
    ran: tuple[Ran, ...] = ()
    now: str = "1970-01-01T00:00:00+00:00"


def read_capture(data: bytes | str, where: str = "") -> Capture:
    """Read a capture.

    Args:
        data: the document.
        where: the file's name, for the error.

    Raises:
        UsageError: ``capture.malformed``.
    """
    try:
        return msgspec.json.decode(data, type=Capture)
    except NO_DOCUMENT as error:
        raise UsageError("capture.malformed", where=where, why=error) from error


def write_capture(capture: Capture) -> bytes:
    """Write a capture, for people to read too."""
    return msgspec.json.format(msgspec.json.encode(capture, order="sorted"), indent=1) + b"\n"


def portable(argv: Sequence[str]) -> tuple[str, ...]:
    """Name this program's files and interpreter so that they are the same on every machine."""
    parts = [part.replace("\\", "/").replace(_PACKAGE, "{torchup}") for part in argv]
    if not any(part.startswith("{torchup}") for part in parts):
        return tuple(argv)
    return tuple(
        "{python}" if part == sys.executable else new for part, new in zip(argv, parts, strict=True)
    )


class CaptureHost:
    """A captured machine as a :class:`torchup.host.Host`; what was not captured is not there."""

    def __init__(self, capture: Capture) -> None:
        self._capture = capture
        self._ran = {one.argv: one.done for one in capture.ran}
        self._folders = _all_folders(capture)
        self.asked: list[tuple[str, ...]] = []

    @property
    def system(self) -> System:
        """The operating system."""
        return self._capture.system

    @property
    def machine(self) -> str:
        """The processor architecture as the operating system named it."""
        return self._capture.machine

    def libc(self) -> str | None:
        """Return the C library."""
        return self._capture.libc

    def env(self, name: str) -> str | None:
        """Return an environment variable."""
        return self._capture.env.get(name)

    def read(self, path: str) -> bytes | None:
        """Return a file's bytes."""
        files = self._capture.files
        # What was asked for through a link was recorded under the name that was asked for.
        text = files.get(path, files.get(self.real_path(path)))
        return None if text is None else text.encode()

    def listdir(self, path: str) -> tuple[str, ...]:
        """Return the sorted names in a folder."""
        asked = self._folders.get(path.rstrip("/"))
        found = self._folders.get(self.real_path(path).rstrip("/"), set())
        return tuple(sorted(found if asked is None else asked | found))

    def is_dir(self, path: str) -> bool:
        """Tell whether ``path`` is a folder."""
        return self.real_path(path).rstrip("/") in self._folders

    def is_executable(self, path: str) -> bool:
        """Tell whether ``path`` is a file that may be run."""
        return path in self._capture.executables or (
            self.real_path(path) in self._capture.executables
        )

    def may_write(self, path: str) -> bool:
        """Tell whether the user could write to ``path``."""
        return path in self._capture.writable

    def real_path(self, path: str) -> str:
        """Return ``path`` with links followed; links to folders count for what lies in them."""
        links = self._capture.links
        for _ in range(_LINKS_FOLLOWED):
            before = path
            if path in links:
                path = links[path]
            else:
                for link, target in links.items():
                    if path.startswith(f"{link}/"):
                        path = target + path[len(link) :]
                        break
            if path == before:
                break
        return path

    def modified(self, path: str) -> tuple[int, int] | None:
        """Return a file's (modification time in ns, size in bytes)."""
        real = self.real_path(path)
        known = self._capture.modified.get(path) or self._capture.modified.get(real)
        if known is not None:
            return known
        content = self.read(path)
        if content is not None:
            return 0, len(content)
        return (0, 1) if self.is_executable(path) or self.is_dir(path) else None

    def room(self, path: str) -> Room | None:
        """Return the room on a disk."""
        return self._capture.rooms.get(path)

    def which(self, name: str) -> str | None:
        """Find a program on the captured search path."""
        if name in self._capture.programs:
            return self._capture.programs[name]
        windows = self.system == "windows"
        between, names = (";", (name, f"{name}.exe")) if windows else (":", (name,))
        folders = (self.env("PATH") or "").split(between)
        places = (
            f"{folder}{slash}{one}"
            for folder in folders
            if folder
            for one in names
            for slash in ("/\\" if windows else "/")
        )
        return next((place for place in places if self.is_executable(place)), None)

    def now(self) -> datetime:
        """Return the time of the capture, in UTC."""
        return datetime.fromisoformat(self._capture.now).astimezone(timezone.utc)

    def within(self, start: float, end: float) -> bool:
        """Tell whether it was then between two times, in seconds since 1970."""
        return start <= self.now().timestamp() < end

    def today(self) -> str:
        """Return the day of the capture in UTC, in ISO form."""
        return self.now().date().isoformat()

    def run(
        self,
        argv: Sequence[str],
        *,
        timeout: float = 30,  # noqa: ARG002 - the captured run had its own limit
        env: Mapping[str, str | None] | None = None,  # noqa: ARG002 - as captured
        cwd: str | None = None,  # noqa: ARG002 - as captured
    ) -> Completed:
        """Answer a command as it was answered then."""
        self.asked.append(portable(argv))
        return self._ran.get(portable(argv), Completed(code=NOT_STARTED, err="not captured"))

    def stream(
        self,
        argv: Sequence[str],
        *,
        on_line: Callable[[str], None],
        env: Mapping[str, str | None] | None = None,
        cwd: str | None = None,
        timeout: float | None = None,
    ) -> Completed:
        """Answer a command line by line."""
        done = self.run(argv, env=env, cwd=cwd, timeout=timeout or 0)
        for line in done.err.splitlines():
            on_line(line)
        return done

    def attach(self, argv: Sequence[str], *, env: Mapping[str, str | None] | None = None) -> int:
        """Return the exit status that the command had then."""
        return self.run(argv, env=env).code

    def fetch(
        self,
        url: str,
        *,
        method: str = "GET",  # noqa: ARG002 - no network in a capture
        headers: Mapping[str, str] | None = None,  # noqa: ARG002 - as above
        timeout: float = 15,  # noqa: ARG002 - as above
    ) -> Response:
        """Refuse: a capture has no network.

        Raises:
            OutsideError: ``network.unreachable``, always.
        """
        raise OutsideError("network.unreachable", url=url, why="@capture.no-network")


def _all_folders(capture: Capture) -> dict[str, set[str]]:
    """List the folders: those captured, and those that captured paths imply."""
    found: dict[str, set[str]] = {at.rstrip("/"): set(n) for at, n in capture.folders.items()}
    paths = (capture.files, capture.executables, capture.links, capture.folders)
    for path in (path for group in paths for path in group):
        inner = path.rstrip("/")
        while "/" in inner:
            outer, _, name = inner.rpartition("/")
            names = found.setdefault(outer, set())
            # A folder that was listed shows what its listing said.
            if outer not in capture.folders:
                names.add(name)
            inner = outer
    return found
