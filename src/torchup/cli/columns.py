"""Rows of text in columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchup.cli.screen import pad, width

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torchup.cli.screen import Tone
    from torchup.cli.session import Session


def print_columns(
    rows: Sequence[Sequence[str]], session: Session, tones: Sequence[Tone] | None = None
) -> None:
    """Print rows of equal length in columns; each in its tone."""
    if not rows:
        return
    widths = [max(width(row[column]) for row in rows) for column in range(len(rows[0]))]
    for number, row in enumerate(rows):
        cells = (pad(cell, wide) for cell, wide in zip(row, widths, strict=True))
        line = "  ".join(cells).rstrip()
        session.out.line(session.out.paint(line, tones[number] if tones else "plain"))
