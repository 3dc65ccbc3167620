"""The hosts as one HTML page: sortable, without anything from elsewhere."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

_STYLE: Final = (
    "body{font:15px/1.5 system-ui,sans-serif;margin:2rem;color:#1b1f24;background:#fff}"
    "table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.35rem .7rem;"
    "border-bottom:1px solid #d8dde3;vertical-align:top}th button{all:unset;cursor:pointer;"
    "font-weight:600}th button:focus-visible{outline:2px solid #2563eb}"
    ".good{color:#116329}.stops{color:#a40e26}"
    "@media(prefers-color-scheme:dark){body{color:#e6e9ed;background:#14171a}th,td{border-color:"
    "#343a41}.good{color:#6fdd8b}.stops{color:#ff8182}}"
)
_SORT: Final = (
    "document.querySelectorAll('th button').forEach((b,i)=>b.onclick=()=>{"
    "const t=document.querySelector('tbody'),h=b.parentNode,"
    "d=h.getAttribute('aria-sort')==='ascending'?-1:1;"
    "document.querySelectorAll('th').forEach(o=>o.removeAttribute('aria-sort'));"
    "h.setAttribute('aria-sort',d>0?'ascending':'descending');"
    "[...t.rows].sort((x,y)=>d*x.cells[i].innerText.localeCompare("
    "y.cells[i].innerText,undefined,{numeric:true}))"
    ".forEach(r=>t.append(r))})"
)


def page(
    title: str, heads: Sequence[str], rows: Sequence[tuple[Sequence[str], bool]], *, lang: str
) -> str:
    """Write the page.

    Args:
        title: above the table.
        heads: the columns.
        rows: the cells of each host, and whether all is well there; every text is escaped.
        lang: the language's tag.
    """
    head = "".join(f'<th scope="col"><button>{escape(one)}</button></th>' for one in heads)
    body = "\n".join(
        f'<tr class="{"good" if good else "stops"}">{"".join(_cell(one) for one in cells)}</tr>'
        for cells, good in rows
    )
    return (
        f'<!doctype html>\n<html lang="{escape(lang)}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head>\n"
        f"<body><h1>{escape(title)}</h1>\n<table><thead><tr>{head}</tr></thead>\n"
        f"<tbody>\n{body}\n</tbody></table>\n<script>{_SORT}</script></body></html>\n"
    )


def _cell(text: str) -> str:
    return f"<td>{escape(text)}</td>"
