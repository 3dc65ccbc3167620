"""Texts as people paste them: cut off, doubled, with other line ends, with things in between."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import strategies as st

if TYPE_CHECKING:
    from hypothesis.strategies import DrawFn, SearchStrategy

_BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"
_WAYS = ("cut", "behead", "leave out", "double", "insert", "crlf", "bom", "flat", "swap", "empty")


def spoiled(*good: str) -> SearchStrategy[str]:
    """Good texts with up to four things done to them."""
    return _spoiled(good)


@st.composite
def _spoiled(draw: DrawFn, good: tuple[str, ...]) -> str:
    text = draw(st.sampled_from(good))
    for way in draw(st.lists(st.sampled_from(_WAYS), max_size=4)):
        begin = draw(st.integers(0, len(text)))
        end = min(len(text), begin + draw(st.integers(0, 60)))
        text = _spoil(text, way, begin, end, draw(st.text(max_size=8)))
    return text


def _spoil(text: str, way: str, begin: int, end: int, other: str) -> str:
    part = text[begin:end]
    return {
        "cut": text[:begin],
        "behead": text[begin:],
        "leave out": text[:begin] + text[end:],
        "double": text[:end] + part + text[end:],
        "insert": text[:begin] + other + text[begin:],
        "crlf": text.replace("\n", "\r\n"),
        "bom": _BOM + text,
        "flat": "\n".join(line.strip() for line in text.split("\n")),
        "swap": text[:begin] + part.swapcase()[::-1] + text[end:],
        "empty": text.replace(part, "") if part else text,
    }[way]
