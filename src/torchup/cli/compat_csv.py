"""The matrix as comma-separated values, for spreadsheets and scripts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from torchup.compat.cards import Card
    from torchup.compat.filters import Judged

HEAD: Final = (
    "release",
    "date",
    "platform",
    "build",
    "device",
    "runtime",
    "pythons",
    "archs",
    "ptx",
    "driver_floor",
    "driver_native",
    "companions",
    "channels",
    "certainty",
    "runs",
    "against",
)


def csv_lines(rows: Sequence[Judged], cards: Sequence[Card]) -> Iterator[str]:
    """Write a line of names, then a line for each row.

    Lists are separated by spaces (companions by ``;``). ``archs`` is ``?`` where it is unknown.
    Every card that was asked for has a column, headed ``card:NAME:ARCH``.
    """
    import csv
    from io import StringIO

    stream = StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow([*HEAD, *(f"card:{card.asked}:{card.arch}" for card in cards)])
    for judged in rows:
        writer.writerow([*_fields(judged), *judged.covers])
    yield from stream.getvalue().splitlines()


def _fields(judged: Judged) -> list[str]:
    row = judged.row
    build = row.build
    return [
        row.release.version,
        row.release.date,
        row.platform,
        build.name,
        build.device,
        build.runtime,
        " ".join(row.pythons),
        "?" if build.archs is None else " ".join(build.archs),
        " ".join(build.ptx),
        row.driver_floor,
        row.driver_native,
        "; ".join(row.companions),
        " ".join(build.channels),
        build.certainty,
        "yes" if judged.runs else "no",
        " ".join(reason.code for reason in judged.against),
    ]
