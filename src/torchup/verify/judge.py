"""Judging what the payload told: pure, from lines of text to a report."""

from __future__ import annotations

import signal
from contextlib import suppress
from shlex import quote
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from torchup.model import Check, CheckStatus, VerifyReport
from torchup.verify.expected import COMPILE, NEEDED

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from torchup.host import Completed
    from torchup.verify.expected import Expected

WINDOWS_FAULT = 0xC0000000
"""Exit statuses from here on are Windows' own error codes (NTSTATUS severity "error")."""
DETAIL_LIMIT = 300


class Line(Struct, frozen=True):
    """One line of the payload; every kind of line fills other fields."""

    start: str = ""
    code: str = ""
    status: CheckStatus | None = None
    detail: str = ""
    took_s: float = 0.0
    end: bool = False
    packages: dict[str, str] = {}
    python: str = ""

    @property
    def check(self) -> Check | None:
        """The result in this line, None where it holds none."""
        if not self.code or self.status is None:
            return None
        return Check(
            code=self.code, status=self.status, detail=self.detail, took_s=max(0.0, self.took_s)
        )


def read_line(text: str) -> Line | None:
    """Read one line; None for whatever the payload did not write."""
    try:
        return msgspec.json.decode(text, type=Line)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None


class Told(Struct, frozen=True, kw_only=True):
    """What one process told before it ended."""

    checks: tuple[Check, ...]
    packages: dict[str, str]
    python: str


def judge_process(lines: Iterable[str], completed: Completed, codes: Sequence[str]) -> Told:
    """Judge one process.

    A crash, a time-out or an early end fails the check that was running; the checks of ``codes``
    that it did not reach are skipped with the reason ``not-reached``.
    """
    checks: list[Check] = []
    running = ""
    last: Line | None = None
    for line in filter(None, map(read_line, lines)):
        running = line.start or running
        if line.check is not None:
            checks.append(line.check)
            running = "" if line.code == running else running
        if line.end:
            last = line
    if last is None or running or completed.code != 0:
        checks.append(Check(code=running or "start", status="fail", detail=_cause(completed)))
    told = {check.code for check in checks}
    checks += [
        Check(code=code, status="skip", detail="not-reached") for code in codes if code not in told
    ]
    return Told(
        checks=tuple(checks),
        packages=last.packages if last else {},
        python=last.python if last else "",
    )


def _cause(completed: Completed) -> str:
    """Say how a process ended before its work did."""
    if completed.timed_out:
        return "timeout"
    noise = [line for line in (completed.err + "\n" + completed.out).splitlines() if line.strip()]
    last = next((line for line in reversed(noise) if read_line(line) is None), "")
    said = f" last={quote(last.strip()[:DETAIL_LIMIT])}" if last else ""
    if completed.code < 0:
        name = str(-completed.code)
        with suppress(ValueError):
            name = signal.Signals(-completed.code).name
        return f"crash signal={name}{said}"
    if completed.code >= WINDOWS_FAULT:
        return f"crash signal=0x{completed.code:08X}{said}"
    return f"stopped exit={completed.code}{said}"


def judge(
    lines: Iterable[str],
    completed: Completed,
    expected: Expected,
    *,
    compiled: Sequence[Check] = (),
    at: str = "",
) -> VerifyReport:
    """Judge a verification.

    Args:
        lines: what the first process wrote.
        completed: how it ended.
        expected: what was asked for.
        compiled: the result of the ``compile`` check, which has a process of its own.
        at: the time of the verification, ISO 8601.

    Returns:
        The report. It is ok if no check failed, and import, version and a matrix product passed.
    """
    told = judge_process(lines, completed, expected.codes)
    checks = (*told.checks, *compiled)
    passed = {check.code for check in checks if check.status == "pass"}
    failed = any(check.status == "fail" for check in checks)
    reached = all(check.detail != "not-reached" for check in checks)
    return VerifyReport(
        ok=not failed and reached and passed >= NEEDED,
        device=expected.device,
        packages=told.packages,
        checks=checks,
        python=told.python,
        at=at,
    )


def judge_compile(lines: Iterable[str], completed: Completed) -> tuple[Check, ...]:
    """Judge the process of the ``compile`` check; whatever went wrong there is its failure."""
    checks = judge_process(lines, completed, (COMPILE,)).checks
    worst = next((check for check in checks if check.status == "fail"), checks[0])
    return (msgspec.structs.replace(worst, code=COMPILE),)
