"""This machine. The only module that starts processes."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Final

from torchup import __version__
from torchup.host import Completed, Response, Room
from torchup.host.children import close, drain, kill_group

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from torchup.host.lock import Lock
    from torchup.host.web import Web
    from torchup.model import System

NOT_STARTED: Final = 127
#: Seconds to wait for the rest of a killed command's output: a runaway may hold the pipe open.
_LAST_WORDS: Final = 1.0


class RealHost:
    """The machine that torchup runs on; see :class:`torchup.host.Host`."""

    def __init__(self) -> None:
        self._web: Web | None = None
        self._locks: list[Lock] = []
        #: Told the process number of each command as it starts.
        self.on_start: Callable[[int], None] | None = None

    @property
    def system(self) -> System:
        """The operating system."""
        if sys.platform == "win32":
            return "windows"
        return "macos" if sys.platform == "darwin" else "linux"

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

    def env(self, name: str) -> str | None:
        """Return an environment variable."""
        return os.environ.get(name)

    def read(self, path: str) -> bytes | None:
        """Return a file's bytes."""
        try:
            with open(path, "rb") as stream:
                return stream.read()
        except (OSError, ValueError):
            return None

    def listdir(self, path: str) -> tuple[str, ...]:
        """Return the sorted names in a folder."""
        try:
            return tuple(sorted(os.listdir(path)))
        except (OSError, ValueError):
            return ()

    def is_dir(self, path: str) -> bool:
        """Tell whether ``path`` is a folder."""
        return os.path.isdir(path)

    def is_executable(self, path: str) -> bool:
        """Tell whether ``path`` is a file that may be run."""
        return os.path.isfile(path) and os.access(path, os.X_OK)

    def real_path(self, path: str) -> str:
        """Return ``path`` with links followed."""
        return os.path.realpath(path)

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
            found = shutil.disk_usage(path)
        except OSError:
            return None
        return Room(free=found.free, total=found.total)

    def which(self, name: str) -> str | None:
        """Find a program on the search path."""
        return shutil.which(name)

    def now(self) -> datetime:
        """Return the time, in UTC."""
        return datetime.now(timezone.utc)

    def hold(self, lock: Lock) -> None:
        """Let every command started from now on inherit ``lock``."""
        self._locks.append(lock)

    def run(
        self,
        argv: Sequence[str],
        *,
        timeout: float = 30,
        env: Mapping[str, str | None] | None = None,
        cwd: str | None = None,
    ) -> Completed:
        """Run a command to its end."""
        try:
            child = self._start(argv, env, cwd)
        except (OSError, ValueError) as error:
            return Completed(code=NOT_STARTED, err=str(error))
        try:
            out, err = child.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            kill_group(child)
            close(child)
            return Completed(code=-signal.SIGTERM, timed_out=True)
        except BaseException:
            kill_group(child)
            close(child)
            raise
        return Completed(code=child.returncode, out=_decode(out), err=_decode(err))

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
        try:
            child = self._start(argv, env, cwd)
        except (OSError, ValueError) as error:
            return Completed(code=NOT_STARTED, err=str(error))
        out: list[bytes] = []
        err: list[str] = []
        reader = threading.Thread(target=drain, args=(child, out), daemon=True)
        timed_out = threading.Event()

        def expire() -> None:
            timed_out.set()
            kill_group(child)

        alarm = threading.Timer(timeout or 0, expire)
        alarm.daemon = True
        try:
            reader.start()
            if timeout is not None:
                alarm.start()
            if child.stderr is not None:
                for raw in child.stderr:
                    line = _decode(raw).rstrip("\r\n")
                    err.append(line)
                    on_line(line)
            code = child.wait()
            reader.join()
        except BaseException:
            kill_group(child)
            raise
        finally:
            alarm.cancel()
            if alarm.ident is not None:
                alarm.join()
            reader.join(_LAST_WORDS)
            if not reader.is_alive():
                close(child)
        return Completed(
            code=code, out=_decode(b"".join(out)), err="\n".join(err), timed_out=timed_out.is_set()
        )

    def attach(self, argv: Sequence[str], *, env: Mapping[str, str | None] | None = None) -> int:
        """Give the terminal to a command."""
        laid = _laid_over(env)
        try:
            if sys.platform == "win32":
                return subprocess.run(list(argv), env=laid, check=False).returncode
            os.execvpe(argv[0], list(argv), laid)
        except OSError:
            return NOT_STARTED

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
        if self._web is None:
            from torchup.host.web import Web

            self._web = Web(f"torchup/{__version__}")
        return self._web.fetch(url, method, headers or {}, timeout)

    def _start(
        self, argv: Sequence[str], env: Mapping[str, str | None] | None, cwd: str | None
    ) -> subprocess.Popen[bytes]:
        held = tuple(lock.descriptor for lock in self._locks if lock.descriptor >= 0)
        child = subprocess.Popen(
            list(argv),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=_laid_over(env),
            cwd=cwd,
            pass_fds=held if sys.platform != "win32" else (),
            start_new_session=sys.platform != "win32",
        )
        if self.on_start is not None:
            try:
                self.on_start(child.pid)
            except BaseException:
                kill_group(child)
                close(child)
                raise
        return child


def _laid_over(extra: Mapping[str, str | None] | None) -> dict[str, str]:
    merged: dict[str, str | None] = {**os.environ, **(extra or {})}
    return {name: value for name, value in merged.items() if value is not None}


def _decode(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")
