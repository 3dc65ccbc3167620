"""Judging what the payload told: pure, from lines of text to a report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchup.model import Check, VerifyReport
from torchup.verify.expected import NEEDED
from torchup.verify.told import Line, cause_of, read_line
from torchup.verify.wording import read_detail

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from torchup.host import Completed
    from torchup.verify.expected import Expected, Level

__all__ = ["judge", "read_line"]

UNTOLD = "not-reached"


def judge(
    lines: Iterable[str],
    completed: Completed,
    expected: Expected,
    *,
    level: Level = "standard",
    only: Sequence[str] = (),
    at: str = "",
) -> VerifyReport:
    """Judge a verification.

    A crash, a time-out or an early end of the payload itself fails the check that was running; the
    checks of the level that it did not reach are skipped with the reason ``not-reached``.

    Args:
        lines: what the payload wrote.
        completed: how it ended.
        expected: what was asked for.
        level: how much was asked for.
        only: the checks that were asked for; all of the level where none are named.
        at: the time of the verification, ISO 8601.

    Returns:
        The report. It is ok if no check failed, none was left unreached, and import, version and
        a matrix product passed.
    """
    found = [line for line in map(read_line, lines) if line is not None]
    checks, running = _checks(found, expected.cards)
    last = next((line for line in reversed(found) if line.end), None)
    if last is None or running or completed.code != 0:
        checks.append(Check(code=running or "start", status="fail", detail=cause_of(completed)))
    told = {check.code for check in checks}
    checks += [
        Check(code=code, status="skip", detail=UNTOLD)
        for code in expected.codes(level)
        if code not in told and (not only or code in only)
    ]
    passed = {check.code for check in checks if check.status == "pass"}
    failed = any(check.status == "fail" for check in checks)
    reached = all(check.detail != UNTOLD for check in checks)
    device, names = _devices(checks, expected.device)
    return VerifyReport(
        ok=not failed and reached and passed >= NEEDED,
        device=device,
        packages=last.packages if last else {},
        checks=tuple(checks),
        python=last.python if last else "",
        at=at,
        level=level,
        devices=names,
        libraries=tuple(one.path for line in found if line.facts for one in line.facts.loaded),
        figures=tuple(figure for line in found for figure in line.measured),
    )


def _checks(lines: list[Line], planned: Sequence[str]) -> tuple[list[Check], str]:
    """Return the results, and the check that was still running."""
    checks: list[Check] = []
    running = ""
    for line in lines:
        running = line.start or running
        check = line.check(planned)
        if check is not None:
            checks.append(check)
            running = "" if check.code in (running, "start") else running
    return checks, running


def _devices(checks: list[Check], planned: str) -> tuple[str, tuple[str, ...]]:
    """Return the device that was computed on, and what the devices call themselves."""
    for check in checks:
        if check.code == "device" and check.status == "pass":
            values = read_detail(check.detail)[1]
            names = [name.strip() for name in values.get("names", "").split(";")]
            device = values.get("device", planned) if planned == "auto" else planned
            return device, tuple(name for name in names if name)
    return planned, ()
