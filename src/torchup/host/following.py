"""Running a command in the user's terminal and keeping the last of what it says.

The command keeps its standard input, its process group and its controlling terminal, so keys,
job control and signals reach it as they always do. Only what it writes goes through here: standard
error, and standard output too where both lead to the same place, since their order would suffer
otherwise. Where that is a terminal they lead to another one of the same size and settings, and
what a program changes about it (``curses`` does) is changed about the real one.

Long: one loop over three streams, whose states belong together.
"""

from __future__ import annotations

import os
import signal
import sys
from contextlib import suppress
from time import monotonic
from typing import TYPE_CHECKING, Final, NamedTuple, NoReturn

from torchup.host import NOT_STARTED

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

_BLOCK: Final = 1 << 16
_LAST_WORDS: Final = 1.0
"""Seconds for what was written before the end; others may go on writing for ever."""
_SILENCE: Final = 0.02
"""Seconds without anything new after which the end has been read."""
_DEATH_SIGNAL: Final = 1
"""``PR_SET_PDEATHSIG`` (prctl(2))."""


class Followed(NamedTuple):
    """How a command ended (negative for a signal), the last of what it wrote, whether it began."""

    status: int
    tail: bytes
    started: bool = True


class _Tail:
    """The last bytes of a stream."""

    def __init__(self, keep: int) -> None:
        self._keep = keep
        self._held = bytearray()

    def add(self, data: bytes) -> None:
        self._held += data
        if len(self._held) > 2 * self._keep:
            del self._held[: -self._keep]

    def bytes(self) -> bytes:
        return bytes(self._held[-self._keep :])


if sys.platform == "win32":

    def follow(_argv: Sequence[str], _env: Mapping[str, str], *, keep: int) -> Followed | None:
        """Windows' consoles can't be stood in for: nothing is followed there."""
        _ = keep
        return None

    def die_by(_number: int) -> None:
        """Not reached: Windows has no signals."""

else:
    import select
    import subprocess

    from torchup.host.standin import StandIn, in_front, written

    def follow(argv: Sequence[str], env: Mapping[str, str], *, keep: int) -> Followed | None:
        """Run a command; None, and nothing was started, where it can't be followed.

        Args:
            argv: the command.
            env: all of its environment variables.
            keep: how many bytes of what it writes are kept, the last ones.
        """
        try:
            channel = StandIn()
        except OSError:  # standard error is closed, or there are no terminals left
            return None
        return _Following(channel, _Tail(keep)).run(argv, env)

    def die_by(number: int) -> None:
        """End as the command ended: by its signal, without another core dump."""
        import resource

        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        with suppress(OSError):  # nobody can take SIGKILL
            signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)

    _TYPED: Final = frozenset({signal.SIGTSTP, signal.SIGTTIN, signal.SIGTTOU})
    """Signals of a terminal that stop everybody in it."""

    class _Following:
        def __init__(self, channel: StandIn, tail: _Tail) -> None:
            self._channel = channel
            self._tail = tail
            self._open = True
            self._pid = 0

        def run(self, argv: Sequence[str], env: Mapping[str, str]) -> Followed:
            woken, wake = os.pipe()
            for end in (woken, wake):
                os.set_blocking(end, False)
            before = signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
            held = {
                number: signal.signal(number, take)
                for number, take in self._handlers()
                if number == signal.SIGCHLD or signal.getsignal(number) != signal.SIG_IGN
            }  # what is ignored (nohup, trap '') stays so for the command: exec resets handlers
            try:
                child = self._start(argv, env)
                if child is None:
                    return Followed(NOT_STARTED, b"", started=False)
                child.returncode = self._relay(woken)
                return Followed(child.returncode, self._tail.bytes())
            finally:
                for number, handler in held.items():
                    signal.signal(number, handler)
                signal.set_wakeup_fd(before)
                os.close(woken)
                os.close(wake)

        def _start(
            self, argv: Sequence[str], env: Mapping[str, str]
        ) -> subprocess.Popen[bytes] | None:
            channel = self._channel
            try:
                child = subprocess.Popen(
                    list(argv),
                    env=dict(env),
                    stdout=channel.sink if channel.both else None,
                    stderr=channel.sink,
                    preexec_fn=_with_its_parent(),  # noqa: PLW1509 - there is one thread
                )
            except OSError:
                channel.close()
                return None
            finally:
                channel.started()
            self._pid = child.pid
            return child

        def _handlers(self) -> list[tuple[int, Callable[[int, object], None]]]:
            """What reaches this process alone is handed on; a terminal sends to both."""

            def hand_on(number: int, _frame: object) -> None:
                self._send(number)

            def unless_typed(number: int, _frame: object) -> None:
                if not in_front():
                    self._send(number)

            def resized(number: int, _frame: object) -> None:
                self._channel.resize()
                self._send(number)

            def noted(_number: int, _frame: object) -> None:
                """Only wake up."""

            handed = (signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1, signal.SIGUSR2)
            return [
                *((number, hand_on) for number in handed),
                *((number, unless_typed) for number in (signal.SIGINT, signal.SIGQUIT)),
                (signal.SIGWINCH, resized),
                (signal.SIGCHLD, noted),
                (signal.SIGTSTP, noted),
            ]

        def _send(self, number: int) -> None:
            if self._pid:
                with suppress(OSError):
                    os.kill(self._pid, number)

        def _relay(self, woken: int) -> int:
            """Pass on what is written until the command ends, and tell how."""
            while True:
                sources = [woken, *([self._channel.source] if self._open else [])]
                ready, _, _ = select.select(sources, [], [])
                if woken in ready:
                    with suppress(OSError):
                        os.read(woken, _BLOCK)
                if self._channel.source in ready and self._open:
                    self._pass_on()
                elif woken not in ready:
                    continue
                found, status = os.waitpid(self._pid, os.WNOHANG | os.WUNTRACED)
                if not found:
                    continue
                if os.WIFSTOPPED(status):
                    self._stop_too(os.WSTOPSIG(status))
                    continue
                self._finish()
                return os.waitstatus_to_exitcode(status)

        def _pass_on(self) -> None:
            try:
                data = os.read(self._channel.source, _BLOCK)
            except OSError:  # a terminal that nobody holds any more
                data = b""
            self._channel.mirror()
            self._tail.add(data)
            if not data or not written(data):
                self._open = False
                self._channel.close()

        def _stop_too(self, number: int) -> None:
            """Be suspended with the command (Ctrl-Z), and go on with it.

            Whoever stops the command alone with SIGSTOP continues it alone, too.
            """
            if number not in _TYPED and not (number == signal.SIGSTOP and in_front()):
                return
            self._drain(_SILENCE)
            os.kill(os.getpid(), signal.SIGSTOP)
            self._channel.resize()
            self._send(signal.SIGCONT)

        def _finish(self) -> None:
            """Pass on the rest; where somebody else still writes, leave a process to do so."""
            self._drain(_LAST_WORDS)
            self._channel.restore()
            if not self._open:
                return
            if os.fork() == 0:
                self._write_on()
            self._channel.close()

        def _write_on(self) -> NoReturn:
            """Pass on what others write, and nothing else; the command's end is told elsewhere."""
            try:
                self._pid = 0
                for number, _ in self._handlers():
                    if signal.getsignal(number) != signal.SIG_IGN:
                        signal.signal(number, signal.SIG_DFL)
                signal.set_wakeup_fd(-1)
                while self._open:
                    self._pass_on()
            finally:
                os._exit(0)

        def _drain(self, seconds: float) -> None:
            until = monotonic() + seconds
            while self._open and monotonic() < until:
                ready, _, _ = select.select([self._channel.source], [], [], _SILENCE)
                if not ready:
                    return
                self._pass_on()

    def _with_its_parent() -> Callable[[], None] | None:
        """Let the command die where torchup is killed: it would have been in its place."""
        if sys.platform != "linux":
            return None
        import ctypes

        control = ctypes.CDLL(None).prctl

        def ask() -> None:
            control(_DEATH_SIGNAL, signal.SIGKILL)

        return ask
