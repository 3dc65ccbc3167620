"""Settings in JSON with comments, as VS Code has them, changed one value at a time; pure.

Only the bytes of one value are replaced, or one member is added: comments, the order, indentation,
trailing commas and line ends stay as their owner wrote them.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterator

_SPACE: Final = re.compile(r"(?:[ \t\r\n\ufeff]|//[^\r\n]*|/\*.*?\*/)*", re.DOTALL)
_STRING: Final = re.compile(r'"(?:[^"\\\r\n]|\\.)*"')
_PLAIN: Final = re.compile(r"[^\s,\]}/]+")
_DEEPEST: Final = 200


class MalformedError(Exception):
    """The text is no object in JSON with comments; ``line`` counts from 1."""

    def __init__(self, line: int) -> None:
        super().__init__(str(line))
        self.line = line


class Member(Struct, frozen=True, kw_only=True):
    """A member of the outermost object: its value lies between ``start`` and ``end``."""

    key: str
    at: int
    start: int
    end: int


class _Object(Struct, frozen=True, kw_only=True):
    members: tuple[Member, ...]
    open: int
    close: int
    trailing: bool


def get(text: str, key: str) -> Any:  # noqa: ANN401 - JSON holds anything
    """Return a setting's value, None where there is none; of two with one name the last counts.

    Raises:
        MalformedError: the text can't be read.
    """
    found = [one for one in _read(text).members if one.key == key]
    if not found:
        return None
    try:  # control characters in strings are let pass, as VS Code does
        return json.loads(_bare(text[found[-1].start : found[-1].end]), strict=False)
    except (ValueError, RecursionError) as error:
        raise MalformedError(_line(text, found[-1].start)) from error


def put(text: str, key: str, value: object) -> str:
    """Return the text with a setting given a value; an empty text becomes an object.

    Raises:
        MalformedError: the text can't be read.
    """
    written = json.dumps(value, ensure_ascii=False)
    end = "\r\n" if "\r\n" in text else "\n"
    if not text[_space(text, 0) :]:
        before = f"{text}{end}" if text.strip("\ufeff \t\r\n") else text.rstrip(" \t\r\n")
        return f"{before}{{{end}    {json.dumps(key)}: {written}{end}}}{end}"
    found = _read(text)
    same = [one for one in found.members if one.key == key]
    if same:
        return text[: same[-1].start] + written + text[same[-1].end :]
    return _added(text, found, f"{json.dumps(key, ensure_ascii=False)}: {written}", end)


def _added(text: str, found: _Object, member: str, end: str) -> str:
    """The member goes last, on a line of its own where the others have lines of their own."""
    last = found.members[-1] if found.members else None
    comma = "," if last is not None and not found.trailing else ""
    after = "," if found.trailing else ""
    cut = last.end if last is not None else found.open + 1
    rest = text[cut : found.close]
    kept = rest.rstrip()
    gap = rest[len(kept) :]
    if "\n" not in gap:
        space = " " if last is not None else gap
        return f"{text[:cut]}{comma}{kept}{space}{member}{after}{gap}{text[found.close :]}"
    closing = gap[gap.rindex("\n") + 1 :]
    head = f"{kept}{gap[: gap.rindex(end)]}" if end in gap else kept
    indent = _indent(text, found) or f"{closing}    "
    line = f"{end}{indent}{member}{after}"
    return f"{text[:cut]}{comma}{head}{line}{rest[len(head) :]}{text[found.close :]}"


def _indent(text: str, found: _Object) -> str:
    """The white space before the first member that begins a line."""
    for one in found.members:
        before = text[text.rfind("\n", 0, one.at) + 1 : one.at]
        if before and not before.strip() and "\n" in text[: one.at]:
            return before
    return ""


def _read(text: str) -> _Object:
    at = _space(text, 0)
    if text[at : at + 1] != "{":
        raise MalformedError(_line(text, at))
    members: list[Member] = []
    opened = at
    at = _space(text, at + 1)
    trailing = False
    while text[at : at + 1] != "}":
        key = _STRING.match(text, at)
        if key is None or (members and not trailing):
            raise MalformedError(_line(text, at))
        colon = _space(text, key.end())
        if text[colon : colon + 1] != ":":
            raise MalformedError(_line(text, colon))
        start = _space(text, colon + 1)
        end = _value(text, start, 0)
        members.append(Member(key=_loaded(text, key), at=at, start=start, end=end))
        at = _space(text, end)
        trailing = text[at : at + 1] == ","
        if trailing:
            at = _space(text, at + 1)
    close = at
    if text[_space(text, at + 1) :]:
        raise MalformedError(_line(text, at))
    return _Object(members=tuple(members), open=opened, close=close, trailing=trailing)


def _value(text: str, at: int, depth: int) -> int:
    """Return where a value ends."""
    first = text[at : at + 1]
    if first == '"':
        string = _STRING.match(text, at)
        if string is None:
            raise MalformedError(_line(text, at))
        return string.end()
    if first in ("{", "["):
        return _nested(text, at, depth)
    plain = _PLAIN.match(text, at)
    if plain is None:
        raise MalformedError(_line(text, at))
    try:
        json.loads(plain[0])
    except ValueError as error:
        raise MalformedError(_line(text, at)) from error
    return plain.end()


def _nested(text: str, at: int, depth: int) -> int:
    """Return where an object or a list ends; what is in it is only walked through."""
    if depth > _DEEPEST:
        raise MalformedError(_line(text, at))
    closing = "}" if text[at] == "{" else "]"
    named = closing == "}"
    at = _space(text, at + 1)
    while text[at : at + 1] != closing:
        if named:
            key = _STRING.match(text, at)
            colon = _space(text, key.end()) if key else at
            if key is None or text[colon : colon + 1] != ":":
                raise MalformedError(_line(text, at))
            at = _space(text, colon + 1)
        at = _space(text, _value(text, at, depth + 1))
        if text[at : at + 1] == ",":
            at = _space(text, at + 1)
        elif text[at : at + 1] != closing:
            raise MalformedError(_line(text, at))
    return at + 1


def _bare(text: str) -> str:
    """A value without comments and trailing commas, as JSON has it."""
    return re.sub(r",(\s*[}\]])", r"\1", "".join(_pieces(text))) if text[:1] in "{[" else text


def _pieces(text: str) -> Iterator[str]:
    at = 0
    while at < len(text):
        string = _STRING.match(text, at)
        comment = re.compile(r"//[^\r\n]*|/\*.*?\*/", re.DOTALL).match(text, at)
        if string:
            yield string[0]
            at = string.end()
        elif comment:
            at = comment.end()
        else:
            yield text[at]
            at += 1


def _loaded(text: str, key: re.Match[str]) -> str:
    try:
        return str(json.loads(key[0]))
    except ValueError as error:
        raise MalformedError(_line(text, key.start())) from error


def _space(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at


def _line(text: str, at: int) -> int:
    return text.count("\n", 0, at) + 1
