"""The page: ``docs/comparison.md``, from answers and verdicts."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from tools.peers.answers import Answer
from tools.peers.machines import Subject
from tools.peers.page_words import CELLS, CLASSES, HEAD, NOTES, TAIL, as_many_as_any, class_of
from tools.peers.verdict import Verdict
from torchup.facts.load import load_catalogue

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from tools.peers.answers import Record

HALF: Final = frozenset({"runs-on-some", "not-judged", "not-listed", "driver-missing"})
PAGE: Final = Path(__file__).parents[2] / "docs" / "comparison.md"
COLLECT_ENV: Final = Path(__file__).with_name("collect_env.md")
"""What PyTorch's own report has, field by field, written by hand."""


class Cell(Struct, frozen=True, kw_only=True):
    """One tool's answer on one machine, and what becomes of it."""

    tool: str
    answer: Answer
    verdict: Verdict


class Row(Struct, frozen=True, kw_only=True):
    """One machine, and every tool's answer."""

    subject: Subject
    cells: tuple[Cell, ...]


def page(rows: Sequence[Row], record: Record) -> str:
    """Write the page.

    Args:
        rows: the machines, each with the same tools in the same order.
        record: the peers' run, for its day and its versions.
    """
    tools = [cell.tool for cell in rows[0].cells]
    catalogue = load_catalogue()
    told = {
        "versions": ", ".join(f"{name} {number}" for name, number in record.versions.items()),
        "date": record.date,
        "facts": record.facts,
        "checked": catalogue.checked,
        "count": len(rows),
        "framework": catalogue.framework.name,
        "base": catalogue.framework.index_base,
    }
    parts = [HEAD.format_map(told), *_summary(rows, tools), "", "## Machine by machine", ""]
    parts += [*_table(rows, tools), "", "## Where they differ", "", *_notes(rows)]
    fields = COLLECT_ENV.read_text(encoding="utf-8")
    return "\n".join([*parts, "", fields, TAIL.format_map(told)])


def _summary(rows: Sequence[Row], tools: Sequence[str]) -> Iterator[str]:
    yield from _head(["", *tools])
    for name, words in CLASSES.items():
        counts = [
            sum(
                class_of(cell.verdict) == name
                for row in rows
                for cell in row.cells
                if cell.tool == t
            )
            for t in tools
        ]
        yield _line([words, *(str(count) for count in counts)])


def _table(rows: Sequence[Row], tools: Sequence[str]) -> Iterator[str]:
    yield from _head(["machine", *tools])
    for row in rows:
        yield _line([row.subject.name, *(_shown(cell) for cell in row.cells)])


def _shown(cell: Cell) -> str:
    """Word one cell of the table."""
    answer, verdict = cell.answer, cell.verdict
    mark = "✓" if verdict.good else "~" if verdict.code in HALF else "✗"
    star = "" if verdict.certain else "*"
    template = CELLS["as-many-as-any" if as_many_as_any(verdict) else verdict.code]
    words = template.format(served=verdict.served, cards=verdict.cards)
    old = f", Python {answer.python}" if answer.python else ""
    return f"{mark} {_build(answer)}{old} {words}{star}".replace("  ", " ")


def _build(answer: Answer) -> str:
    if answer.kind == "build":
        return f"`{answer.version}+{answer.build}`"
    return f"`{answer.said}`" if answer.kind == "outside" else ""


def _notes(rows: Sequence[Row]) -> Iterator[str]:
    """One line for each machine and verdict that is not the best possible."""
    for row in rows:
        worse = [cell for cell in row.cells if not cell.verdict.good or _posing(cell)]
        lines = [_note(list(cells)) for _, cells in groupby(sorted(worse, key=_code), key=_code)]
        if lines:
            yield f"- {row.subject.name}"
            yield from (f"  - {line}" for line in lines)


def _posing(cell: Cell) -> bool:
    return cell.verdict.code == "runs-posing"


def _code(cell: Cell) -> str:
    return cell.verdict.code


def _note(cells: Sequence[Cell]) -> str:
    """Word what becomes of the answers that share a verdict."""
    verdict = cells[0].verdict
    who = ", ".join(f"{cell.tool} {_build(cell.answer)}".strip() for cell in cells)
    return NOTES[verdict.code].format(
        who=who,
        card=verdict.card,
        arch=verdict.arch,
        has="; ".join(dict.fromkeys(cell.verdict.has for cell in cells if cell.verdict.has)),
        needs=verdict.needs,
        served=verdict.served,
        cards=verdict.cards,
        most=verdict.most,
        said="; ".join(dict.fromkeys(cell.answer.said for cell in cells if cell.answer.said)),
    )


def _head(names: Iterable[str]) -> Iterator[str]:
    named = list(names)
    yield _line(named)
    yield _line(["---"] * len(named))


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"
