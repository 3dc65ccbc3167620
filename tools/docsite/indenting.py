"""What stands inside a list's item, indented as the site's Markdown wants it.

CommonMark, and so GitHub, takes whatever stands below an item's first word as its content: two
spaces behind ``- ``, three behind ``1. ``. Python-Markdown wants four, whatever the marker; with
less, a list breaks off, and one inside another becomes flat. It also wants an empty line before a
list below a line of text, and before an item that follows a further paragraph of the one before.
"""

from __future__ import annotations

import re
from typing import Final

_WIDTH: Final = 4
_ITEM: Final = re.compile(r"(?:[-*+]|\d{1,9}[.)]) +(?=\S)")
_BEGINS: Final = re.compile(r"[-*+] |1[.)] ")
"""An item that may begin a list below a line of text."""
_FENCE: Final = re.compile(r"(`{3,}|~{3,})")


def indented(text: str) -> str:
    r"""Indent what stands inside of items by four spaces for each list that it is in.

    >>> print(indented("1. one\n   more\n   - inner\n     word\n\nout"))
    1. one
        more
    <BLANKLINE>
        - inner
            word
    <BLANKLINE>
    out
    """
    lines: list[str] = []
    inside: list[int] = []  # where the content of each item around begins, from the outermost
    fence = ""
    loose = False  # whether the item has a further paragraph
    for line in text.split("\n"):
        body = line.lstrip(" ")
        if not body:
            lines.append(line)
            loose = bool(inside)
            continue
        indent = len(line) - len(body)
        around = len(inside)
        if not fence:
            inside = [one for one in inside if one <= indent]
        before = inside[-1] if inside else 0
        item = None if fence or indent - before >= _WIDTH else _ITEM.match(body)  # more is code
        if item and lines and lines[-1].strip():
            begins = around == len(inside) and not _ITEM.match(lines[-1].lstrip(" "))
            if loose or (begins and _BEGINS.match(body)):
                lines.append("")
        lines.append(" " * (_WIDTH * len(inside) + max(indent - before, 0)) + body)
        marks = _FENCE.match(body)
        if fence:
            fence = "" if marks and marks[1].startswith(fence) else fence
        elif marks:
            fence = marks[1]
        elif item:
            inside.append(indent + item.end())
            loose = False
    return "\n".join(lines)
