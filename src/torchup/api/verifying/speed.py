"""What was measured, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchup.verify.speed import LOW, Rated, measured_on, rate
from torchup.verify.wording import read_detail

if TYPE_CHECKING:
    from collections.abc import Iterable

    from torchup.model import VerifyReport


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
