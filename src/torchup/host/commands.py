"""Starting other programs. The only module that does."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from typing import TYPE_CHECKING, Final

from torchup.host import NOT_STARTED, Completed
from torchup.host.children import close, drain, kill_group

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from torchup.host.lock import Lock

#: Seconds to wait for the rest of a killed command's output: a runaway may hold the pipe open.
_LAST_WORDS: Final = 1.0


class Commands:
    """Starts programs that inherit locks; see :class:`torchup.host.Host` for what each one does.

    Args:
        locks: those that a command holds as long as it runs.
        on_start: told the process number of each command as it starts.
    """

    def __init__(self, locks: Sequence[Lock], on_start: Callable[[int], None] | None) -> None:
        self._locks = locks
        self._on_start = on_start

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
        laid = laid_over(env)
        try:
            as_found()
            if sys.platform == "win32":
                return subprocess.run(list(argv), env=laid, check=False).returncode
            os.execvpe(argv[0], list(argv), laid)
        except OSError:
            return NOT_STARTED

    def _start(
        self, argv: Sequence[str], env: Mapping[str, str | None] | None, cwd: str | None
    ) -> subprocess.Popen[bytes]:
        held = tuple(lock.descriptor for lock in self._locks if lock.descriptor >= 0)
        child = subprocess.Popen(
            list(argv),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=laid_over(env),
            cwd=cwd,
            pass_fds=held if sys.platform != "win32" else (),
            start_new_session=sys.platform != "win32",
        )
        if self._on_start is not None:
            try:
                self._on_start(child.pid)
            except BaseException:
                kill_group(child)
                close(child)
                raise
        return child


def as_found() -> None:
    """Undo what Python changed about signals at its start: a program that replaces it inherits it.

    ``head`` ends what it reads from by SIGPIPE.
    """
    for name in ("SIGPIPE", "SIGXFSZ"):
        number = getattr(signal, name, None)
        if number is not None:
            signal.signal(number, signal.SIG_DFL)


def laid_over(extra: Mapping[str, str | None] | None) -> dict[str, str]:
    """Return this process's variables with others laid over them; None takes one away."""
    merged: dict[str, str | None] = {**os.environ, **(extra or {})}
    return {name: value for name, value in merged.items() if value is not None}


def _decode(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")
