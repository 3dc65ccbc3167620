"""``torchup fleet report``: every host, what it is, what is on it."""

from __future__ import annotations

import csv
import io
import sys
from typing import TYPE_CHECKING

from torchup.cli.columns import print_columns
from torchup.cli.files import check_folders, write_file
from torchup.errors import EXIT_DONE, UsageError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from torchup.cli.session import Session
    from torchup.fleet.summary import Made, Row

_HEADS = (
    "fleet.head-host",
    "fleet.head-state",
    "fleet.head-system",
    "fleet.head-cards",
    "fleet.head-driver",
    "fleet.head-environments",
    "fleet.head-looked",
)
_STATES = {
    "ok": "fleet.state-ok",
    "failed": "fleet.state-failed",
    "unreachable": "fleet.state-unreachable",
}


def run(args: argparse.Namespace, session: Session) -> int:
    """Print a table, or write a page; no host is asked.

    Raises:
        UsageError: nothing is known of any host, or the page can't be written there.
    """
    from torchup.fleet.summary import rows_of

    rows = rows_of(session.context.home)
    if not rows:
        raise UsageError("fleet.nothing-probed")
    heads = [session.say(code) for code in _HEADS]
    cells = [_cells(one, session) for one in rows]
    if args.html:
        from torchup.cli.compat_files import TAGS
        from torchup.fleet.page import page

        check_folders([args.html])
        marked = [(row, _good(one)) for row, one in zip(cells, rows, strict=True)]
        lang = TAGS[session.words.language][0]
        write_file(args.html, page(session.say("fleet.title"), heads, marked, lang=lang).encode())
    if session.json:
        _emit(rows, session)
    elif args.csv:
        _csv(heads, cells)
    elif args.html:
        session.out.row(session.say("cli.label.saved"), args.html)
    else:
        tones = ["plain", *("plain" if _good(one) else "stops" for one in rows)]
        print_columns([heads, *cells], session, tones)  # type: ignore[arg-type]  # two tones
        session.out.row(session.say("cli.label.next"), "torchup fleet report --html fleet.html")
    return EXIT_DONE


def _good(row: Row) -> bool:
    return row.state == "ok" and all(one.ok for one in row.environments)


def _cells(row: Row, session: Session) -> list[str]:
    state = session.say(_STATES[row.state]) if row.state in _STATES else "?"
    made = ", ".join(_made(one, session) for one in row.environments)
    return [row.host, state, row.system, ", ".join(row.cards), row.driver, made, row.at[:16]]


def _made(one: Made, session: Session) -> str:
    from torchup.fleet.summary import frameworks_in

    there = frameworks_in(one.packages) or tuple(one.packages)[:1]
    if not one.ok or not there:
        return f"{one.name}: {session.say('fleet.state-done' if one.ok else 'fleet.state-failed')}"
    named = " · ".join(f"{name} {one.packages[name]}" for name in there)
    return f"{one.name}: {named} · Python {one.python}"


def _csv(heads: Sequence[str], cells: Sequence[Sequence[str]]) -> None:
    """Print it for a spreadsheet; what would be a formula there is not one."""
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    for row in (heads, *cells):
        writer.writerow([f"'{one}" if one[:1] in ("=", "+", "-", "@") else one for one in row])
    sys.stdout.write(written.getvalue())


def _emit(rows: Sequence[Row], session: Session) -> None:
    from msgspec.structs import asdict

    from torchup.wire.fleet import FleetMadeV1, FleetReportV1, FleetRowV1

    written = tuple(
        FleetRowV1(
            name=one.host,
            system=one.system,
            cards=one.cards,
            driver=one.driver,
            state=one.state,
            at=one.at,
            why=one.why,
            environments=tuple(FleetMadeV1(**asdict(made)) for made in one.environments),
        )
        for one in rows
    )
    session.emit(FleetReportV1(hosts=written))
