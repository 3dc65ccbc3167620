"""Folding a long line under its own column, wide characters and colours counted rightly."""

from __future__ import annotations

import re
from typing import Final

from torchup.cli.screen import LABEL, width

_COLOUR: Final = re.compile(r"\x1b\[[0-9;]*m")
_PIECES: Final = re.compile(r"( +|[\u2e80-\u9fff\uff00-\uffef]|[^ \u2e80-\u9fff\uff00-\uffef]+)")
"""Spaces, Chinese characters and punctuation one by one, and words."""
_NEVER_FIRST: Final = "\u3001\u3002\u300b\u201d\uff01\uff09\uff0c\uff1a\uff1b\uff1f"
"""Chinese punctuation that no line starts with."""
_MOST_INDENT: Final = 24


def fold(text: str, columns: int) -> list[str]:
    """Fold a line at spaces, and between Chinese characters, so that each part fits.

    The parts after the first begin under the column in which the text begins. A word that is
    longer than a line (an address, a command's argument) stays whole.

    Args:
        text: one line; colours take no room.
        columns: the room.
    """
    plain = _COLOUR.sub("", text)
    if width(plain) <= columns or "\n" in text:
        return [text]
    indent = " " * _column(plain)
    lines, line, used, empty = [], "", 0, True
    for piece in _PIECES.findall(text):
        wide = width(_COLOUR.sub("", piece))
        full = used + wide > columns and not empty
        if full and piece.isspace():
            continue
        if full and piece not in _NEVER_FIRST:
            lines.append(line.rstrip())
            line, used = indent, len(indent)
        line += piece
        used += wide
        empty = line.isspace()
    return [*lines, line]


def _column(text: str) -> int:
    """Where the text of a line begins: after its label, its number, or its indent."""
    start = len(text) - len(text.lstrip(" "))
    if start == 0 and "  " in text[:LABEL]:
        label = text[:LABEL].partition("  ")[0]
        return width(label) + len(text[len(label) :]) - len(text[len(label) :].lstrip(" "))
    after = text[start:]
    if after[:1].isdigit() and after[1:3] == "  ":
        return start + 3
    return min(start, _MOST_INDENT)
