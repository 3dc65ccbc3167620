"""Making HTML so that everything which is not markup is escaped, by construction."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

_VOID: Final = frozenset({"meta", "link", "input", "img", "br"})
"""Elements that have no end tag, of those used here."""


class Html(str):
    """Markup; any other text is escaped when it becomes part of markup."""

    __slots__ = ()


def el(tag: str, /, *children: str, **attributes: str) -> Html:
    """Make an element.

    Args:
        tag: its name.
        children: markup, or text that is escaped.
        attributes: a trailing ``_`` is dropped (``class_``), others become ``-``.
    """
    said = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(value)}"'
        for key, value in attributes.items()
    )
    if tag in _VOID:
        return Html(f"<{tag}{said}>")
    return Html(f"<{tag}{said}>{joined(children)}</{tag}>")


def joined(children: Iterable[str], between: str = "") -> Html:
    """Put children after each other; what is between them is text."""
    separator = escape(between)
    return Html(separator.join(c if isinstance(c, Html) else escape(c) for c in children))


def link(text: str, href: str) -> Html:
    """Make a link."""
    return el("a", text, href=href)


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> Html:
    """Make a table that scrolls by itself where the screen is narrow."""
    titles = el("tr", *(el("th", one, scope="col") for one in head))
    lines = [el("tr", *(el("td", cell) for cell in row)) for row in rows]
    return el("div", el("table", el("thead", titles), el("tbody", *lines)), class_="scroll")


def facts(pairs: Iterable[tuple[str, str]]) -> Html:
    """Make a list of names and values; pairs without a value are left out."""
    shown = [(el("dt", name), el("dd", value)) for name, value in pairs if value]
    return el("dl", *(part for pair in shown for part in pair))
