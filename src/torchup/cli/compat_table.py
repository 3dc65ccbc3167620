"""The matrix as a table on a screen of a hundred columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from torchup.cli.screen import pad, width
from torchup.compat.fold import fold
from torchup.compat.short import short_archs, short_pythons
from torchup.words.reasons import reason_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torchup.cli.screen import Tone
    from torchup.cli.session import Session
    from torchup.compat.cards import Card
    from torchup.compat.cover import Cover
    from torchup.compat.filters import Judged

COLUMNS: Final = 100
_GAP: Final = "  "
_LEAST: Final = 14
"""Columns that the list of architectures gets, however wide the others are."""
_REPEATED: Final = 3
"""Leading cells that are left blank where they repeat: release, platform, Pythons."""


def print_table(rows: Sequence[Judged], cards: Sequence[Card], session: Session) -> None:
    """Print rows, newest release first; equal patch releases share their lines."""
    lines: list[tuple[list[str], Judged]] = [
        (_cells(block.label, one, cards, session), one)
        for block in fold(rows)
        for one in block.rows
    ]
    head = _head(cards, session)
    widths = [
        max(width(cells[at]) for cells in (head, *(cells for cells, _ in lines)))
        for at in range(len(head) - 1)
    ]
    left = sum(one + len(_GAP) for one in widths)
    room = max(_LEAST, COLUMNS - left)
    out = session.out
    out.line(out.paint(_line(head, widths), "strong"))
    before: list[str] = []
    for cells, judged in lines:
        shown = list(cells)
        for at in range(_REPEATED):
            if cells[: at + 1] == before[: at + 1]:
                shown[at] = ""
        first, *more = wrapped(shown[-1], room)
        out.line(out.paint(_line([*shown[:-1], first], widths), _tone(judged)))
        for rest in more:
            out.line(out.paint(" " * left + rest, _tone(judged)))
        for reason in judged.against:
            for said in wrapped(f"✗ {reason_text(reason, session.words)}", COLUMNS - 4):
                out.line(out.paint(f"    {said}", "quiet"))
        before = cells


def _tone(judged: Judged) -> Tone:
    return "plain" if judged.runs else "quiet"


def _head(cards: Sequence[Card], session: Session) -> list[str]:
    return [
        session.say("compat.column.release"),
        session.say("compat.column.platform"),
        session.say("compat.column.python"),
        session.say("compat.column.build"),
        session.say("compat.column.driver"),
        *dict.fromkeys(card.asked for card in cards),
        session.say("compat.column.archs"),
    ]


def _cells(label: str, judged: Judged, cards: Sequence[Card], session: Session) -> list[str]:
    row = judged.row
    return [
        label,
        row.platform,
        short_pythons(row.pythons),
        row.build.name,
        row.driver_floor,
        *_covers(judged, cards, session),
        _archs(judged, session),
    ]


def _covers(judged: Judged, cards: Sequence[Card], session: Session) -> list[str]:
    """A cell for each name: one word, or the chips with code where its chips differ."""
    groups: dict[str, list[tuple[Card, Cover]]] = {}
    for card, cover in zip(cards, judged.covers, strict=True):
        groups.setdefault(card.asked, []).append((card, cover))
    cells: list[str] = []
    for chips in groups.values():
        covers = {cover for _, cover in chips}
        running = [card.arch for card, cover in chips if cover == "code"]
        mixed = len(covers) > 1 and running
        cells.append(short_archs(running) if mixed else cover_text(chips[0][1], session))
    return cells


def _archs(judged: Judged, session: Session) -> str:
    build = judged.row.build
    if build.archs is None:
        return session.say("compat.cover.unknown")
    shown = short_archs(build.archs)
    if build.ptx:
        shown = f"{shown} +PTX {short_archs(build.ptx)}"
    return shown if judged.row.certain or not shown else f"~ {shown}"


def cover_text(cover: Cover, session: Session) -> str:
    """Word how a build covers a card."""
    if cover == "code":
        return session.say("compat.cover.code")
    if cover == "ptx":
        return session.say("compat.cover.ptx")
    return session.say("compat.cover.no" if cover == "no" else "compat.cover.unknown")


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    filled = [pad(cell, wide) for cell, wide in zip(cells, widths, strict=False)]
    return _GAP.join([*filled, cells[-1]]).rstrip()


def wrapped(text: str, columns: int) -> list[str]:
    """Break a text at spaces; what is longer than a line stands alone."""
    lines = [""]
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}" if lines[-1] else word
        if lines[-1] and width(longer) > columns:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def print_notes(
    rows: Sequence[Judged], session: Session, *, hidden: int, newest_only: bool
) -> None:
    """Print what a reader of the table must know: marks, what is left out, companions.

    Args:
        rows: the rows of the table.
        session: where to print.
        hidden: how many rows were left out because they don't run.
        newest_only: whether older patch releases were left out.
    """
    out = session.out
    releases = {one.row.release.version: one.row.release for one in rows}
    if len(releases) == 1:
        (release,) = releases.values()
        names = dict.fromkeys(name for one in rows for name in one.row.companions)
        code = "compat.one-release" if names else "compat.one-release-alone"
        with_names = {"release": release.version, "day": release.date}
        out.line(session.say(code, companions=", ".join(names), **with_names))
        for build, needs in {one.row.build.name: one.row.build.libraries for one in rows}.items():
            if needs:
                said = session.say("compat.libraries", build=build, needs=" ".join(needs))
                out.line(out.paint(said, "costs"))
    if any(not one.row.certain and one.row.build.archs for one in rows):
        out.line(out.paint(session.say("compat.unsure-mark"), "quiet"))
    if newest_only:
        out.line(out.paint(session.say("compat.newest-only"), "quiet"))
    if not rows:
        none = session.say("compat.none-runs", count=hidden)
        out.line(out.paint(none if hidden else session.say("compat.none"), "stops"))
        code = "compat.none.next" if hidden else "compat.none.next-all"
        out.row(session.say("cli.label.next"), session.say(code))
    elif hidden:
        out.line(out.paint(session.say("compat.hidden", count=hidden), "quiet"))
