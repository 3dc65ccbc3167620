"""A host whose commands are watched: one that hangs or crashes is told of, not passed over."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

from torchup.model import Problem

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from torchup.host import Completed, Host

_JUDGED: Final = ("payload_nvml.py", "payload_cuda.py", "nvidia-smi", "nvidia-smi.exe")
"""What a vendor starts and judges itself, in words of its own."""
_WINDOWS_FAULT: Final = 0xC0000000
"""Exit statuses from here on are exceptions that ended a program (NTSTATUS, severity error)."""
_SHOWN: Final = 120  # letters of a command


class Watched:
    """Passes every question on, notes how commands ended, and asks none of them twice."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._answers: dict[tuple[object, ...], Completed] = {}
        self._problems: dict[str, Problem] = {}

    def __getattr__(self, name: str) -> object:
        """Everything but commands is the host's own."""
        return getattr(self._host, name)

    def run(
        self,
        argv: Sequence[str],
        *,
        timeout: float = 30,
        env: Mapping[str, str | None] | None = None,
        cwd: str | None = None,
    ) -> Completed:
        """Run a command to its end, once."""
        key = (tuple(argv), tuple((env or {}).items()), cwd)
        if key not in self._answers:
            done = self._host.run(argv, timeout=timeout, env=env, cwd=cwd)
            self._answers[key] = done
            self._note(argv, done, timeout)
        return self._answers[key]

    def _note(self, argv: Sequence[str], done: Completed, timeout: float) -> None:
        if any(part.endswith(_JUDGED) for part in argv):
            return
        command = " ".join(argv)
        shown = command if len(command) <= _SHOWN else f"{command[:_SHOWN]} …"
        if done.timed_out:
            args = {"command": shown, "seconds": f"{timeout:.0f}"}
            self._problems[command] = Problem(code="command-hung", args=args)
        elif done.code < 0 or done.code >= _WINDOWS_FAULT:
            why = f"{done.code} {done.err.strip().rpartition(chr(10))[2][:_SHOWN]}".strip()
            args = {"command": shown, "why": why}
            self._problems[command] = Problem(code="command-crashed", args=args)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """The commands that hung or crashed, with how long each was waited for, or how it ended."""
        return tuple(self._problems.values())


def watched(host: Host) -> tuple[Host, Watched]:
    """Return a host to ask through, and what notes its commands."""
    watch = Watched(host)
    return cast("Host", watch), watch
