"""Measurements: those that are kept, and two of them beside each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from torchup.model.record import SpeedChange

if TYPE_CHECKING:
    from torchup.model import VerifyReport


class BenchV1(Struct, frozen=True, kw_only=True):
    """What changed from ``before`` to ``after``, both by their packages; the largest loss first.

    ``ok`` if nothing became slower by more than noise. ``measured_on`` names the device before and
    after; where they differ, so do the machines, and no change is the upgrade's.
    """

    schema: Literal["torchup.bench/v1"] = "torchup.bench/v1"
    ok: bool
    before: dict[str, str]
    after: dict[str, str]
    measured_on: tuple[str, str]
    changes: tuple[SpeedChange, ...]


def bench(
    before: VerifyReport,
    after: VerifyReport,
    changes: tuple[SpeedChange, ...],
    *,
    devices: tuple[str, str],
) -> BenchV1:
    """Write a comparison of what was measured on these ``devices``."""
    return BenchV1(
        ok=not any(one.certain and one.change < 0 for one in changes),
        before=before.packages,
        after=after.packages,
        measured_on=devices,
        changes=changes,
    )


class MeasurementV1(Struct, frozen=True, kw_only=True):
    """One kept measurement; ``at`` is an ISO time, ``name`` the environment's."""

    id: str
    name: str
    at: str
    packages: dict[str, str]
    devices: tuple[str, ...]
    figures: int


class MeasurementsV1(Struct, frozen=True, kw_only=True):
    """``torchup.measurements/v1``: what ``bench list`` lists, the newest first."""

    schema: Literal["torchup.measurements/v1"] = "torchup.measurements/v1"
    measurements: tuple[MeasurementV1, ...]


def measurement(called: str, name: str, report: VerifyReport) -> MeasurementV1:
    """Write one kept measurement."""
    return MeasurementV1(
        id=called,
        name=name,
        at=report.at,
        packages=report.packages,
        devices=report.devices,
        figures=len(report.figures),
    )
