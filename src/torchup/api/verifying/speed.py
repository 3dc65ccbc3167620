"""What was measured, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchup.verify.speed import Rated, rate
from torchup.verify.wording import read_detail

if TYPE_CHECKING:
    from torchup.model import VerifyReport


def rated(report: VerifyReport) -> tuple[Rated, ...]:
    """Say what was reached, beside what the device's maker says."""
    if not report.figures:
        return ()
    from torchup.facts.peaks import peak_of

    peak = peak_of(report.devices[0]) if report.devices else None
    return rate(report.figures, report.checks, lambda check: read_detail(check.detail)[1], peak)
