"""The part of YAML that settings are written in: mappings, lists, texts, comments.

Anchors, tags and several documents aren't read; a text with them counts as broken.

Long: one grammar, read line by line; its rules call each other.
"""

from __future__ import annotations

import re
from typing import Any, Final

_KEY: Final = re.compile(
    r"""^("(?:[^"\\]|\\.){0,300}"|'(?:[^']|''){0,300}'|[^\s#].{0,300}?) ?:(?:\s|$)"""
)
_DEEPEST: Final = 20
_NULLS: Final = frozenset({"", "~", "null", "Null", "NULL"})
_TRUE: Final = frozenset({"true", "True", "TRUE"})
_FALSE: Final = frozenset({"false", "False", "FALSE"})
_NUMBER: Final = re.compile(r"^[-+]?\d{1,15}$")
_NOT_FIRST: Final = frozenset("&*!|>%@`,]}")
_ESCAPE: Final = re.compile(r"\\(.)")
_ESCAPES: Final = {"n": "\n", "t": "\t", "r": "\r", "0": "\0"}
_BLOCK: Final = re.compile(r"^[|>][-+]?\d?[-+]?$")


class _BrokenError(Exception):
    """The text isn't YAML, or not of this part of it."""


def load(lines: list[str]) -> tuple[dict[str, Any], bool]:
    """Return the settings, and whether the text is good; of a broken one what comes before.

    Args:
        lines: of the file, without their ends.
    """
    settings: dict[str, Any] = {}
    try:
        reader = _Reader(lines)
        first = reader.peek()
        if first is not None:
            reader.mapping(first[0], settings, 0)
            reader.end()
    except _BrokenError:
        return settings, False
    return settings, True


class _Reader:
    """Lines with a place among them."""

    def __init__(self, lines: list[str]) -> None:
        self.rows: list[tuple[int, str]] = []
        self.place = 0
        for line in lines:
            plain = line.strip()
            if plain in {"---", "..."} and not line.startswith(" "):
                if self.rows and plain == "---":
                    break
                continue
            self.rows.append((len(line) - len(line.lstrip(" ")), plain))
        self.tabs = any(
            line.lstrip(" ").startswith("\t") and not _empty(line.strip()) for line in lines
        )

    def end(self) -> None:
        """Ask that everything was read."""
        if self.peek() is not None or self.tabs:
            raise _BrokenError

    def peek(self) -> tuple[int, str] | None:
        """Return the next row that says something."""
        while self.place < len(self.rows) and _empty(self.rows[self.place][1]):
            self.place += 1
        return self.rows[self.place] if self.place < len(self.rows) else None

    def mapping(self, indent: int, into: dict[str, Any], depth: int) -> None:
        """Read the keys that stand at one indentation."""
        if depth > _DEEPEST:
            raise _BrokenError
        twice = False
        while (row := self.peek()) is not None and row[0] >= indent:
            found = _KEY.match(row[1])
            if row[0] > indent or found is None or row[1].startswith(("- ", "? ", "[", "{")):
                raise _BrokenError
            key = str(_scalar(found[1].strip()))
            twice = twice or key in into
            self.place += 1
            into[key] = None
            into[key] = self.value(row[1][found.end() :].strip(), indent, depth, sequence=True)
        if twice:
            raise _BrokenError

    def sequence(self, indent: int, into: list[Any], depth: int) -> None:
        """Read the items that stand at one indentation."""
        if depth > _DEEPEST:
            raise _BrokenError
        while (row := self.peek()) is not None and row[0] == indent and _item(row[1]):
            rest = row[1][1:].lstrip()
            inner = indent + len(row[1]) - len(rest)
            if rest.startswith("- ") or (_KEY.match(rest) and not rest.startswith(("[", "{", "#"))):
                self.rows[self.place] = (inner, rest)
                into.append(self.nested(inner, depth))
            else:
                self.place += 1
                into.append(self.value(rest, indent, depth, sequence=False))

    def nested(self, indent: int, depth: int) -> Any:  # noqa: ANN401 - YAML holds anything
        """Read the mapping or list that begins here."""
        row = self.peek()
        if row is not None and _item(row[1]):
            items: list[Any] = []
            self.sequence(indent, items, depth + 1)
            return items
        keys: dict[str, Any] = {}
        self.mapping(indent, keys, depth + 1)
        return keys

    def value(self, rest: str, indent: int, depth: int, *, sequence: bool) -> Any:  # noqa: ANN401
        """Read what follows a key or a dash: here, or in deeper lines."""
        if _BLOCK.match(_uncommented(rest)):
            return self.block(indent, folded=rest.startswith(">"))
        if rest.startswith(("[", "{")):
            return self.flow(rest, depth)
        row = self.peek()
        deeper = row is not None and row[0] > indent
        if not _empty(rest):
            if not deeper or row is None:
                return _scalar(_uncommented(rest))
            # A plain text may go on in deeper lines; a key or an item there is a mistake.
            words = [_uncommented(rest)]
            while (row := self.peek()) is not None and row[0] > indent:
                if _KEY.match(row[1]) or rest.startswith(("'", '"')):
                    raise _BrokenError
                words.append(_uncommented(row[1]))
                self.place += 1
            return _scalar(" ".join(words))
        if row is None or not (deeper or (sequence and row[0] == indent and _item(row[1]))):
            return None
        if _item(row[1]) or _KEY.match(row[1]):
            return self.nested(row[0], depth)
        self.place += 1
        return self.value(row[1], indent, depth, sequence=False)

    def block(self, indent: int, *, folded: bool) -> str:
        """Read the deeper lines as one text."""
        words: list[str] = []
        while self.place < len(self.rows):
            deep, plain = self.rows[self.place]
            if plain and deep <= indent:
                break
            words.append(plain)
            self.place += 1
        return (" " if folded else "\n").join(words).strip()

    def flow(self, rest: str, depth: int) -> Any:  # noqa: ANN401 - YAML holds anything
        """Read ``[a, b]`` or ``{a: b}``, over as many lines as it takes."""
        parts = [_uncommented(rest)]
        level = _level(parts[0])
        while level > 0 and self.place < len(self.rows):
            parts.append(_uncommented(self.rows[self.place][1]))
            level += _level(parts[-1])
            self.place += 1
        flow = _Flow(" ".join(parts))
        found = flow.value(depth)
        flow.end()
        return found


class _Flow:
    """One text in brackets."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.place = 0

    def skip(self) -> str:
        """Go to the next character that isn't a space, and return it."""
        while self.place < len(self.text) and self.text[self.place] in " \t":
            self.place += 1
        return self.text[self.place : self.place + 1]

    def end(self) -> None:
        """Ask that nothing follows."""
        if self.skip():
            raise _BrokenError

    def value(self, depth: int) -> Any:  # noqa: ANN401 - YAML holds anything
        """Read one value."""
        if depth > _DEEPEST:
            raise _BrokenError
        first = self.skip()
        if first == "[":
            items: list[Any] = []
            while self.next("]"):
                items.append(self.value(depth + 1))
            return items
        if first == "{":
            keys: dict[str, Any] = {}
            while self.next("}"):
                key = str(_scalar(self.word(":,}")))
                keys[key] = None
                if self.skip() == ":":
                    self.place += 1
                    keys[key] = self.value(depth + 1)
            return keys
        return _scalar(self.word(",]}"))

    def next(self, close: str) -> bool:
        """Step over a bracket or comma; False at the end of the list."""
        before = self.skip()
        if before == close:
            self.place += 1
            return False
        if before not in {"[", "{", ","}:
            raise _BrokenError
        self.place += 1
        if self.skip() == close:
            self.place += 1
            return False
        return True

    def word(self, ends: str) -> str:
        """Read up to one of the ends, or to the closing quote."""
        first = self.skip()
        begin = self.place
        place = begin + 1
        if first in {"'", '"'}:
            while place < len(self.text) and self.text[place] != first:
                place += 2 if self.text[place] == "\\" and first == '"' else 1
            self.place = place + 1
            return self.text[begin : self.place]
        place = begin
        while place < len(self.text) and not self._stops(place, ends):
            place += 1
        if place == begin:
            raise _BrokenError
        self.place = place
        return self.text[begin:place].strip()

    def _stops(self, place: int, ends: str) -> bool:
        here = self.text[place]
        # A colon inside a URL is no separator: only one before a space is.
        return here in ends and (here != ":" or self.text[place + 1 : place + 2] in {" ", ""})


def _empty(plain: str) -> bool:
    return not plain or plain.startswith("#")


def _item(plain: str) -> bool:
    return plain == "-" or plain.startswith(("- ", "-\t"))


def _level(text: str) -> int:
    return text.count("[") + text.count("{") - text.count("]") - text.count("}")


def _uncommented(text: str) -> str:
    """Cut a comment off, but not inside quotes."""
    if text.startswith(("'", '"')):
        end = _closing(text)
        rest = text[end + 1 :].strip()
        return text[: end + 1] if end > 0 and (not rest or rest.startswith("#")) else text
    cut = text.find(" #")
    tabbed = text.find("\t#")
    ends = [place for place in (cut, tabbed) if place >= 0]
    return text[: min(ends)].rstrip() if ends else text


def _closing(text: str) -> int:
    """Find the quote that ends a quoted text; -1 where there is none."""
    quote, place = text[0], 1
    while place < len(text):
        if text[place] == "\\" and quote == '"':
            place += 2
            continue
        if text[place] == quote:
            if quote == "'" and text[place + 1 : place + 2] == "'":
                place += 2
                continue
            return place
        place += 1
    return -1


def _scalar(text: str) -> Any:  # noqa: ANN401 - YAML holds anything
    """Read one value that is no list and no mapping."""
    if text.startswith(("'", '"')):
        end = _closing(text)
        if end != len(text) - 1:
            raise _BrokenError
        inner = text[1:-1]
        if text[0] == "'":
            return inner.replace("''", "'")
        return _ESCAPE.sub(lambda found: _ESCAPES.get(found[1], found[1]), inner)
    odd = text[:1] in _NOT_FIRST or text.startswith(("- ", "? ")) or text == "-"
    if odd or ": " in text or text.endswith(":"):
        raise _BrokenError
    if text in _NULLS:
        return None
    if text in _TRUE or text in _FALSE:
        return text in _TRUE
    return int(text) if _NUMBER.match(text) else text
