"""What makers say that devices reach at most; read only where a speed was measured."""

from __future__ import annotations

from typing import Annotated, Final

from msgspec import Meta, Struct

from torchup.facts.schema import File, Sources
from torchup.facts.seldom import read_seldom

PEAKS_FILE: Final = "peaks.toml"
_Positive = Annotated[float, Meta(gt=0)]


class PeakRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A device's peaks: TFLOP/s by type (dense), GB/s of its memory."""

    names: Annotated[tuple[str, ...], Meta(min_length=1)]
    tflops: dict[str, _Positive]
    memory_gbs: _Positive
    source: Sources


class PeaksFile(File, frozen=True, kw_only=True):
    """``peaks.toml``."""

    peaks: tuple[PeakRow, ...]


def peak_of(name: str) -> PeakRow | None:
    """Return the peaks of a device by the name that it gives itself; None for unknown ones.

    Raises:
        ValueError: the facts in force are damaged.
    """
    rows = read_seldom(PEAKS_FILE, PeaksFile).peaks
    return next((row for row in rows if name in row.names), None)
