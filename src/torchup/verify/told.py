"""The payload's lines as values."""

from __future__ import annotations

import signal
from contextlib import suppress
from shlex import quote
from typing import TYPE_CHECKING, Final

import msgspec
from msgspec import Struct

from torchup.model import Check, CheckStatus, Figure
from torchup.model.no_document import NO_DOCUMENT
from torchup.verify.facts import Facts, judge_facts
from torchup.verify.payload.codes import device_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torchup.host import Completed

WINDOWS_FAULT: Final = 0xC0000000
"""Exit statuses from here on are Windows' own error codes (NTSTATUS severity "error")."""
DETAIL_LIMIT: Final = 300


class Measured(Struct, frozen=True):
    """A figure as the payload tells it."""

    name: str
    type: str
    size: int
    unit: str
    samples: tuple[float, ...]


class Line(Struct, frozen=True):
    """One line of the payload; every kind of line fills other fields.

    ``died`` is the check during which a worker ended, with its exit status and last words.
    """

    start: str = ""
    code: str = ""
    status: CheckStatus | None = None
    detail: str = ""
    took_s: float = 0.0
    facts: Facts | None = None
    figures: tuple[Measured, ...] = ()
    died: str = ""
    exit: int = 0
    timeout: bool = False
    last: str = ""
    end: bool = False
    packages: dict[str, str] = {}
    python: str = ""

    def check(self, planned: Sequence[str] = ()) -> Check | None:
        """The result in this line, None where it holds none.

        Args:
            planned: the architectures of the cards that were planned for, empty where unknown.
        """
        took = max(0.0, self.took_s)
        if self.died:
            why = cause(self.exit, timed_out=self.timeout, last=self.last)
            return Check(code=self.died, status="fail", detail=why, took_s=took)
        if not self.code or self.status is None:
            return None
        if self.facts is not None and self.status == "pass":
            status, detail = judge_facts(self.facts, planned)
            return Check(code=self.code, status=status, detail=detail, took_s=took)
        return Check(code=self.code, status=self.status, detail=self.detail, took_s=took)

    @property
    def measured(self) -> tuple[Figure, ...]:
        """The figures in this line, with the device that they are of."""
        return tuple(
            Figure(
                name=one.name,
                kind=one.type,
                size=one.size,
                unit=one.unit,
                samples=one.samples,
                device=device_of(self.code),
            )
            for one in self.figures
        )


def read_line(text: str) -> Line | None:
    """Read one line; None for whatever the payload did not write."""
    try:
        return msgspec.json.decode(text, type=Line)
    except (ValueError, *NO_DOCUMENT):
        return None


def cause_of(completed: Completed) -> str:
    """Say how the payload ended before its work did."""
    noise = [line for line in (completed.err + "\n" + completed.out).splitlines() if line.strip()]
    last = next((line for line in reversed(noise) if read_line(line) is None), "")
    return cause(completed.code, timed_out=completed.timed_out, last=last)


def cause(code: int, *, timed_out: bool, last: str) -> str:
    """Word the end of a process as a detail."""
    if timed_out:
        return "timeout"
    said = f" last={quote(last.strip()[:DETAIL_LIMIT])}" if last.strip() else ""
    if code < 0:
        name = str(-code)
        with suppress(ValueError):
            name = signal.Signals(-code).name
        # Nobody else sends this one: the kernel, when there is no memory left (Linux, oom_kill).
        return f"{'killed' if name == 'SIGKILL' else 'crash'} signal={name}{said}"
    if code >= WINDOWS_FAULT:
        return f"crash signal=0x{code:08X}{said}"
    return f"stopped exit={code}{said}"
