"""Compares what wheels were compiled for with the catalogue, one row per wheel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import msgspec
from msgspec import Struct

from tools.wheel_archs import Reading

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from torchup.facts.catalogue import Catalogue

Verdict = Literal["read", "same", "differs", "unknown", "without", "failed"]
BAD: frozenset[Verdict] = frozenset({"differs", "unknown", "failed"})


class Row(Struct, frozen=True, kw_only=True):
    """What became of one wheel.

    Attributes:
        release: such as ``2.14.1``, or the wheel that was named where it can't be read.
        platform: such as ``linux-x86_64``.
        verdict: ``read``; compared with the catalogue ``same``, ``differs`` or ``unknown`` (the
            catalogue has no such build); ``without`` for a build without machine code for GPUs;
            ``failed``.
        build: such as ``cu130``, empty where the wheel can't be read.
        what: the difference, or why it failed.
        certainty: what the catalogue says of its own list, empty where nothing was compared.
        reading: what was read, None where that failed.
    """

    release: str
    platform: str
    verdict: Verdict
    build: str = ""
    what: str = ""
    certainty: str = ""
    reading: Reading | None = None


def row_of(reading: Reading, platform: str, catalogue: Catalogue | None) -> Row:
    """Judge what was read, by the catalogue where one is given."""
    row = Row(
        release=reading.version,
        platform=platform,
        verdict="read",
        build=reading.build,
        reading=reading,
    )
    if not reading.library:
        return msgspec.structs.replace(row, verdict="without")
    if reading.flags is None:
        what = f"no list of architectures in {reading.library}"
        return msgspec.structs.replace(row, verdict="failed", what=what)
    if catalogue is None:
        return row
    known = catalogue.build(reading.version, reading.build, platform)
    if known is None or known.archs is None:
        what = f"the catalogue has no {'such build' if known is None else 'list for it'}"
        return msgspec.structs.replace(row, verdict="unknown", what=what)
    apart = [
        *_apart("code", known.archs, reading.flags.archs),
        *_apart("PTX", known.ptx, reading.flags.ptx),
    ]
    return msgspec.structs.replace(
        row,
        verdict="differs" if apart else "same",
        what="; ".join(apart),
        certainty=known.certainty,
    )


def _apart(what: str, known: Sequence[str], found: Sequence[str]) -> Iterator[str]:
    for one in found:
        if one not in known:
            yield f"{what} for {one} only in the wheel"
    for one in known:
        if one not in found:
            yield f"{what} for {one} only in the catalogue"


def line_of(row: Row) -> str:
    """Write a row for people: what it is, the verdict, what was fetched, the list and where."""
    cells = [f"{row.release:<7}", f"{row.platform:<15}", f"{row.build:<6}", f"{row.verdict:<7}"]
    reading = row.reading
    if reading is not None:
        cells.append(f"{reading.fetched / 1e6:6.2f} MB")
    if reading is not None and reading.flags is not None:
        cells.append(f"at {reading.flags.offset / reading.library_bytes:3.0%}")
        cells.append(" ".join([*reading.flags.archs, *(f"{x}+PTX" for x in reading.flags.ptx)]))
    if row.certainty not in {"", "measured"}:
        cells.append(f"(the catalogue's list is {row.certainty})")
    if row.what:
        cells.append(f"({row.what})")
    return "  ".join(cells).rstrip()
