"""A log as it was pasted, piped or written, cut into pieces of plain lines.

A log may be of any size: pieces are read one after the other, and nothing of one is kept but what
was found in it.
"""

from __future__ import annotations

import codecs
import re
from bisect import bisect_right
from collections import Counter
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

PIECE: Final = 1 << 20
"""Characters of a piece, about."""
_OVERLAP: Final = 64
"""Lines that the next piece begins with once more, for what is said on several lines."""
_COLOUR: Final = re.compile(r"\x1b(?:\[[0-9;?]{0,40}[A-Za-z]|\][^\x07\x1b]{0,300}(?:\x07|\x1b\\))")
_ESCAPED: Final = re.compile(
    r"\\(?:u(?!00[0-7]|d[89a-f])([0-9a-f]{4})|x([89a-f][0-9a-f]))", re.IGNORECASE
)
"""A letter as JSON or Python's ``repr`` writes it."""
_CONSOLES: Final = frozenset((80, 120))
"""Columns of a Windows console: text that is copied from it ends in the middle of a word there."""
_WORD: Final = re.compile(r"[^\s=+|\-#*]")
_QUOTES: Final = {
    **dict.fromkeys(map(ord, "\u2018\u2019\u201a\u201b\u00b4"), "'"),
    **dict.fromkeys(map(ord, "\u201c\u201d\u201e\u201f"), '"'),
}
"""What compilers in a UTF-8 locale and word processors put for plain quotes, each one letter."""
_LONGEST: Final = 4000
"""Characters of a line that are looked at: a longer one is data, not a message."""


def decode(blocks: Iterable[bytes]) -> Iterator[str]:
    """Turn bytes into text, whatever they were written in.

    UTF-16 is told by its mark (PowerShell redirects so); else UTF-8, else what Chinese Windows
    writes, else every byte is a letter.
    """
    decoder: codecs.IncrementalDecoder | None = None
    for block in blocks:
        if decoder is None:
            decoder = codecs.getincrementaldecoder(_coding(block))("replace")
        yield decoder.decode(block)
    if decoder is not None:
        yield decoder.decode(b"", final=True)


def _coding(first: bytes) -> str:
    if first.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    for coding in ("utf-8", "gb18030"):
        try:
            # the last letter may be cut in two
            codecs.getincrementaldecoder(coding)().decode(first)
        except UnicodeDecodeError:
            continue
        return "utf-8-sig" if coding == "utf-8" else coding
    return "utf-8"


class Piece:
    """Some lines of a log.

    Attributes:
        lines: without colours, each as far as it is looked at.
        first: the number of the first line in the log, from 1.
        fresh: where the lines begin that no piece before had.
        lower: those of them that are searched, in lower case: of lines that differ in their
            numbers alone the first ones and the last.
        found: the lines that hold a key, by the key, as far as it was looked for.
    """

    def __init__(self, lines: list[str], first: int, fresh: int) -> None:
        self.lines = lines
        self.first = first
        self.fresh = fresh
        self._numbers = _telling(lines)
        text = "\n".join(lines[number] for number in self._numbers)
        lower = text.lower()
        # a few letters are longer in lower case: places would no longer agree
        self.lower = lower if len(lower) == len(text) else text.translate(_ASCII)
        self.found: dict[str, list[int]] = {}
        self._starts: list[int] = []
        place = 0
        for number in self._numbers:
            self._starts.append(place)
            place += len(lines[number]) + 1

    def line_at(self, place: int) -> tuple[int, int]:
        """Return the number of the line at a place of ``lower``, and where the next one begins."""
        which = bisect_right(self._starts, place) - 1
        after = self._starts[which + 1] if which + 1 < len(self._starts) else len(self.lower)
        return self._numbers[which], after


_ASCII: Final = {upper: upper + 32 for upper in range(ord("A"), ord("Z") + 1)}


_DIGITS: Final = dict.fromkeys(range(ord("0"), ord("9") + 1))
_ALIKE: Final = 12
"""Lines that differ in their numbers alone, and are searched; and the last of them."""


def _telling(lines: list[str]) -> list[int]:
    shapes = [line.translate(_DIGITS) for line in lines]
    last = {shape: number for number, shape in enumerate(shapes)}
    if len(last) * _ALIKE > len(lines):
        return list(range(len(lines)))
    seen: Counter[str] = Counter()
    kept = []
    for number, shape in enumerate(shapes):
        seen[shape] += 1
        if seen[shape] <= _ALIKE or last[shape] == number:
            kept.append(number)
    return kept


def pieces(texts: Iterable[str]) -> Iterator[Piece]:
    """Cut a text into pieces at line ends, each beginning with the last lines of the one before."""
    rest, first = "", 1
    kept: list[str] = []
    for text in texts:
        rest += text
        if len(rest) < PIECE:
            continue
        body, _, rest = rest.rpartition("\n")
        if not body and len(rest) > PIECE:  # a line without an end
            body, rest = rest, ""
        if body:
            lines = [*kept, *_plain(body)]
            yield Piece(lines, first, len(kept))
            first += len(lines) - min(len(lines), _OVERLAP)
            kept = lines[-_OVERLAP:]
    lines = [*kept, *_plain(rest)]
    yield Piece(lines, first, len(kept))


def _plain(text: str) -> list[str]:
    if "\\u" in text or "\\x" in text:
        text = _ESCAPED.sub(_letter, text)
    if "\x1b" in text:
        text = _COLOUR.sub("", text)
    if "\r" in text:  # progress that is written over itself
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "%20" in text:  # copied from an address
        text = text.replace("%20", " ")
    if not text.isascii() and any(chr(quote) in text for quote in _QUOTES):
        text = text.translate(_QUOTES)
    if "\0" in text:
        text = text.replace("\0", "")
    return _unbroken([line[:_LONGEST] for line in text.split("\n")])


def _letter(match: re.Match[str]) -> str:
    return chr(int(match[1] or match[2], base=16))


def _unbroken(lines: list[str]) -> list[str]:
    """Mend what a console broke at its edge: such a line goes on with the next, which stays too."""
    for number in range(len(lines) - 2, -1, -1):
        if len(lines[number]) in _CONSOLES and _WORD.match(lines[number + 1]):
            lines[number] = (lines[number] + lines[number + 1])[:_LONGEST]
    return lines
