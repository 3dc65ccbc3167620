"""What was measured, in words; and two measurements beside each other."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from torchup.errors import OutsideError, UsageError
from torchup.verify.speed import LOW, Rated, compare, measured_on, rate
from torchup.verify.wording import read_detail

if TYPE_CHECKING:
    from collections.abc import Iterable

    from torchup.model import SpeedChange, VerifyReport


def rated(report: VerifyReport) -> tuple[Rated, ...]:
    """Say what was reached, beside what the device's maker says."""
    if not report.figures:
        return ()
    from torchup.facts.peaks import peak_of

    peak = peak_of(measured_on(report))
    return rate(report.figures, report.checks, lambda check: read_detail(check.detail)[1], peak)


def shares(judged: Iterable[Rated]) -> dict[str, float]:
    """Take out which part of the datasheet was reached: ``{"matmul bf16": 0.78}``."""
    return {
        f"{one.name} {one.kind}": one.share
        for one in judged
        if one.share is not None and one.name != LOW
    }


def compared(before: str, after: str) -> tuple[VerifyReport, VerifyReport, tuple[SpeedChange, ...]]:
    """Compare the figures of two verifications that were kept as JSON.

    Raises:
        UsageError: ``bench.not-a-verification``, ``bench.no-figures``, ``bench.nothing-in-common``.
        OutsideError: ``bench.unreadable``.
    """
    first, second = _read(before), _read(after)
    changes = compare(first.figures, second.figures)
    if not changes:
        raise UsageError("bench.nothing-in-common", before=before, after=after)
    return first, second, changes


def _read(path: str) -> VerifyReport:
    from torchup.verify.receipt import parse_receipt

    try:
        data = Path(path).expanduser().read_bytes()
    except OSError as error:
        raise OutsideError("bench.unreadable", path=path, why=error.strerror) from error
    report = parse_receipt(data)
    if report is None:
        raise UsageError("bench.not-a-verification", path=path)
    if not report.figures:
        raise UsageError("bench.no-figures", path=path)
    return report
