"""XML of an IDE's, changed one element or attribute at a time; pure.

The parser tells where each element lies; only those bytes are replaced, everything else stays.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.parsers.expat import ExpatError, ParserCreate
from xml.sax.saxutils import quoteattr

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterator


class MalformedError(Exception):
    """The text is no XML, or has entities of its own; ``line`` counts from 1."""

    def __init__(self, line: int) -> None:
        super().__init__(str(line))
        self.line = line


class Element(Struct, kw_only=True, eq=False):
    """An element: its tag lies between ``start`` and ``inner``, all of it up to ``end``.

    ``close`` is where the end tag begins; ``inner`` where there is none.
    """

    tag: str
    attributes: dict[str, str]
    start: int
    inner: int
    close: int = 0
    end: int = 0
    children: list[Element] = []

    def of(self, tag: str, **attributes: str) -> Iterator[Element]:
        """Go through the children of a tag that have such attributes."""
        for one in self.children:
            has = all(one.attributes.get(name) == value for name, value in attributes.items())
            if one.tag == tag and has:
                yield one

    @property
    def empty(self) -> bool:
        """Whether it is written as one tag (``<a />``)."""
        return self.close == self.inner == self.end


def parse(data: bytes) -> Element:
    """Read where everything is.

    Raises:
        MalformedError: it can't be read.
    """
    parser = ParserCreate()
    stack: list[Element] = []
    roots: list[Element] = []

    def begin(tag: str, attributes: dict[str, str]) -> None:
        at = parser.CurrentByteIndex
        found = Element(
            tag=tag, attributes=attributes, start=at, inner=_tag_end(data, at), children=[]
        )
        (stack[-1].children if stack else roots).append(found)
        stack.append(found)

    def finish(_tag: str) -> None:
        found, at = stack.pop(), parser.CurrentByteIndex
        if data[found.inner - 2 : found.inner] == b"/>":
            found.close = found.end = found.inner
        else:
            found.close, found.end = at, _tag_end(data, at)

    def refuse(*_given: object) -> None:
        raise MalformedError(parser.CurrentLineNumber)

    parser.StartElementHandler = begin
    parser.EndElementHandler = finish
    parser.EntityDeclHandler = refuse
    try:
        parser.Parse(data, True)
    except ExpatError as error:
        raise MalformedError(error.lineno) from error
    except (LookupError, ValueError) as error:  # an encoding that nobody knows
        raise MalformedError(1) from error
    return roots[0]


def replaced(data: bytes, found: Element, text: str) -> bytes:
    """Return the file with another element in an element's place."""
    return data[: found.start] + text.encode() + data[found.end :]


def added(data: bytes, parent: Element, text: str) -> bytes:
    """Return the file with an element more at the end of another, indented by two more."""
    end = b"\r\n" if b"\r\n" in data else b"\n"
    margin = _margin(data, parent.start)
    lines = end.join(margin + b"  " + line.encode() for line in text.splitlines())
    if parent.empty:
        tag = data[parent.start : parent.inner - 2].rstrip()
        closed = b"</" + parent.tag.encode() + b">"
        new = tag + b">" + end + lines + end + margin + closed
        return data[: parent.start] + new + data[parent.end :]
    head = data[: parent.close]
    kept = head.rstrip(b" \t")
    if kept.endswith(b"\n"):
        return kept + lines + end + data[len(kept) :]
    return head + end + lines + end + margin + data[parent.close :]


def with_attribute(data: bytes, found: Element, name: str, value: str) -> bytes:
    """Return the file with an attribute of an element given a value."""
    at = found.start + 1 + len(found.tag.encode())
    written = quoteattr(value).encode()
    while True:
        at = _after_space(data, at)
        if data[at : at + 1] in (b">", b"/"):
            gap = b" " if data[at : at + 1] == b"/" and data[at - 1 : at] == b" " else b""
            before = data[:at].rstrip() if data[at : at + 1] == b"/" else data[:at]
            return before + b" " + name.encode() + b"=" + written + gap + data[at:]
        sign = data.index(b"=", at)
        own = data[at:sign].strip().decode()
        opened = _after_space(data, sign + 1)
        closed = data.index(data[opened : opened + 1], opened + 1) + 1
        if own == name:
            return data[:opened] + written + data[closed:]
        at = closed


def _after_space(data: bytes, at: int) -> int:
    while data[at : at + 1] in (b" ", b"\t", b"\r", b"\n"):
        at += 1
    return at


def _tag_end(data: bytes, at: int) -> int:
    """Where a tag ends; a ``>`` in an attribute's value does not end it."""
    quote = 0
    for place in range(at, len(data)):
        sign = data[place]
        if quote:
            quote = 0 if sign == quote else quote
        elif sign in b"\"'":
            quote = sign
        elif sign == ord(">"):
            return place + 1
    return len(data)


def _margin(data: bytes, at: int) -> bytes:
    line = data[data.rfind(b"\n", 0, at) + 1 : at]
    return line if not line.strip() else b""
