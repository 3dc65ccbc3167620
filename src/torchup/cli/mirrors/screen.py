"""Mirrors on a screen: rows in columns, and a table that fills while they are measured."""

from __future__ import annotations

import sys
from threading import Lock
from typing import TYPE_CHECKING, Any

from torchup.cli.columns import print_columns
from torchup.cli.screen import size_of
from torchup.model import shown_url

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from typing_extensions import Self

    from torchup.api.mirrors.status import InUse
    from torchup.cli.screen import Tone
    from torchup.cli.session import Session
    from torchup.model.mirror import Mirror, MirrorKind
    from torchup.model.mirror_speed import Measured, Wanted

_TONES: dict[str, Tone] = {
    "retired": "quiet",
    "absent": "quiet",
    "frozen": "quiet",
    "distrusted": "costs",
    "unsure": "costs",
}

_NOTHING = ("", "", "")
"""The cells of a place that has not answered yet."""


def print_list(mirrors: Sequence[Mirror], session: Session) -> None:
    """Print every place, kind by kind."""
    rows = []
    for one in mirrors:
        state = session.say(f"mirror.state-{one.state}")
        if one.seen:
            state = session.say("mirror.since", what=state, seen=one.seen)
        rows.append((one.kind, one.id, shown_url(one.url), state))
    print_columns(rows, session, [_TONES.get(one.state, "plain") for one in mirrors])


def print_in_use(one: InUse, session: Session) -> None:
    """Print what one kind comes from, who says so, and what stands by."""
    default = one.origin == "catalogue"
    said = session.say(
        "mirror.from-default" if default else "mirror.from", url=one.url, origin=one.origin
    )
    session.out.row(session.say(f"mirror.kind-{one.kind}"), said)
    if one.mirror is not None and one.mirror.state not in {"official", "alive"}:
        state = session.say(f"mirror.state-{one.mirror.state}")
        session.out.row("", f"{one.mirror.name}: {state}", "costs")
    if not default and one.standby:
        session.out.row(
            "", f"{session.say('cli.label.standby')}: {', '.join(one.standby)}", "quiet"
        )


def cells(one: Measured, session: Session) -> tuple[str, str, str, str, str]:
    """What a row says of one place."""
    took = "" if one.latency_ms is None else session.say("mirror.latency", ms=one.latency_ms)
    rate = session.say("mirror.rate", size=size_of(round(one.rate))) if one.rate else ""
    holds = session.say(f"mirror.holds-{one.holds}")
    why = one.why.args.get("why", "") if one.why is not None and one.holds == "unknown" else ""
    if why:
        holds = session.say("mirror.why", what=holds, why=why)
    return one.mirror.id, took, rate, one.fresh, holds


def tone_of(one: Measured, best: Measured | None) -> Tone:
    """How a row is shown: the best of its kind, one that can't be used, any other."""
    if one is best:
        return "good"
    return "plain" if one.usable else "quiet"


def print_measured(
    found: Sequence[Measured],
    wanted: Mapping[MirrorKind, Wanted],
    best: Mapping[MirrorKind, Measured],
    session: Session,
) -> None:
    """Print how places did, kind by kind, the best first."""
    columns = ("mirror", "latency", "rate", "fresh", "holds")
    head = tuple(session.say(f"mirror.column-{name}") for name in columns)
    for kind, file in wanted.items():
        ours = [one for one in found if one.wanted.kind == kind]
        if not ours:
            continue
        ours.sort(key=lambda one: (not one.usable, -(one.rate or 0), one.latency_ms or 10**9))
        said = session.say("mirror.head", kind=session.say(f"mirror.kind-{kind}"), file=file.shown)
        session.out.line(session.out.paint(said, "strong"))
        tones: list[Tone] = ["quiet", *(tone_of(one, best.get(kind)) for one in ours)]
        print_columns([head, *(cells(one, session) for one in ours)], session, tones)


class LiveTable:
    """A table on a terminal that fills while places are measured, and is gone afterwards.

    Elsewhere, and with ``--json``, nothing is shown before the end.
    """

    def __init__(self, session: Session, mirrors: Sequence[Mirror], *, progress: str) -> None:
        self._session = session
        terminal = sys.stderr.isatty() and session.host.env("TERM") != "dumb"
        self._shown = terminal and not session.json and progress == "auto"
        asking = session.say("mirror.asking") if self._shown else ""
        self._rows: dict[tuple[str, str], tuple[str, ...]] = {
            (one.kind, one.url): (
                session.say(f"mirror.kind-{one.kind}"),
                one.id,
                *_NOTHING,
                asking,
            )
            for one in (mirrors if self._shown else ())
        }
        self._lock = Lock()
        self._live: Any = None

    def __enter__(self) -> Self:
        if self._shown:
            from rich.console import Console
            from rich.live import Live

            console = Console(stderr=True)
            self._live = Live(self._table(), console=console, transient=True, refresh_per_second=8)
            self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._live is not None:
            self._live.stop()

    def __call__(self, measured: Measured, *, final: bool) -> None:
        """Take in how one place did so far."""
        if self._live is None:
            return
        name, took, rate, *others = cells(measured, self._session)
        if not final:
            rate = self._session.say("mirror.measuring")
        kind = self._session.say(f"mirror.kind-{measured.wanted.kind}")
        with self._lock:
            self._rows[measured.wanted.kind, measured.mirror.url] = (
                kind,
                name,
                took,
                rate,
                *others,
            )
            self._live.update(self._table())

    def _table(self) -> Any:  # noqa: ANN401 - rich is loaded late, its types with it
        from rich.table import Table

        table = Table(box=None, show_header=False, pad_edge=False)
        for _ in range(6):
            table.add_column(no_wrap=True)
        for row in self._rows.values():
            table.add_row(*row)
        return table
