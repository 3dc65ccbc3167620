"""Editing pip's configuration (``pip.conf``, ``pip.ini``) so that everything else stays as it is.

The file is read as Python's ``configparser`` reads it, which is what pip does: sections, ``key =
value`` or ``key: value``, further lines of a value indented, comments in lines of their own. What
isn't ASCII is carried along byte by byte, whatever its encoding.
"""

from __future__ import annotations

import re
from typing import Final

_SECTION: Final = re.compile(r"^\[(?P<name>[^\]]+)\]")
_KEY: Final = re.compile(r"^(?P<key>[^\s=:#;\[][^=:]*?)\s*(?P<sign>[=:])\s?(?P<value>.*)$")
_MARKS: Final = (b"\xff\xfe", b"\xfe\xff")
_BOM: Final = b"\xef\xbb\xbf"


class NotPlainError(Exception):
    """The file is UTF-16, or ``configparser`` can't read it; the reason is the first argument."""


class PipConf:
    """One file's text.

    Args:
        data: its bytes; none for a new file.

    Raises:
        NotPlainError: it can't be edited, because pip couldn't read it either.
    """

    def __init__(self, data: bytes) -> None:
        if data.startswith(_MARKS) or b"\0" in data:
            raise NotPlainError("UTF-16")
        self._mark = _BOM if data.startswith(_BOM) else b""
        text = data.removeprefix(_BOM).decode("utf-8", "surrogateescape")
        _check(text)
        self._return = "\r" if "\r\n" in text else ""
        # Each line keeps its own carriage return: some files have both kinds of line ends.
        self._lines = text.split("\n")

    def get(self, section: str, key: str) -> str | None:
        """Return a value, its lines joined; None where there is none."""
        found = self._find(section, key)
        if found is None:
            return None
        start, end = found
        match = _KEY.match(self._lines[start])
        first = match["value"] if match else ""
        more = (line.strip() for line in self._lines[start + 1 : end])
        kept = (line for line in (first.strip(), *more) if line and not line.startswith(("#", ";")))
        return "\n".join(kept)

    def sections(self) -> tuple[str, ...]:
        """Name the sections, in order."""
        found = (_SECTION.match(line) for line in self._lines)
        return tuple(match["name"] for match in found if match)

    def set(self, section: str, key: str, value: str) -> None:
        """Give a key its value: where it stands, else at the end of its section, else in a new one.

        Args:
            section: such as ``global``.
            key: in any of pip's spellings.
            value: one line, or several for a list.
        """
        first, *more = value.split("\n")
        lines = [f"{key} = {first}", *(f"    {line}" for line in more)]
        found = self._find(section, key)
        if found is not None:
            start, end = found
            match = _KEY.match(self._lines[start])
            written = match["key"] if match else key
            sign = " = " if match is None or match["sign"] == "=" else ": "
            self._put(start, end, [f"{written}{sign}{first}", *lines[1:]])
            return
        place = self._end_of(section)
        if place is None:
            self._append([f"[{section}]", *lines])
        else:
            self._put(place, place, lines)

    def unset(self, section: str, key: str) -> bool:
        """Take a key away; False where it isn't there."""
        found = self._find(section, key)
        if found is None:
            return False
        del self._lines[found[0] : found[1]]
        return True

    def data(self) -> bytes:
        """Return the whole file."""
        text = "\n".join(self._lines)
        return self._mark + text.encode("utf-8", "surrogateescape")

    def _find(self, section: str, key: str) -> tuple[int, int] | None:
        """The lines of a key: from its own to the one after its value."""
        inside, wanted = False, _plain(key)
        for at, line in enumerate(self._lines):
            head = _SECTION.match(line)
            if head:
                inside = head["name"] == section
                continue
            match = _KEY.match(line) if inside else None
            if match and _plain(match["key"]) == wanted:
                return at, self._end_of_value(at)
        return None

    def _end_of_value(self, start: int) -> int:
        """The line after a value: indented lines belong to it, blank ones only between those."""
        end = start + 1
        for at in range(start + 1, len(self._lines)):
            line = self._lines[at]
            if line[:1] in {" ", "\t"} and line.strip():
                end = at + 1
            elif line.strip():
                break
        return end

    def _end_of(self, section: str) -> int | None:
        """The line after the last one of a section that says something; None without a section.

        Comments behind an empty line are about what comes next.
        """
        place: int | None = None
        inside, apart = False, False
        for at, line in enumerate(self._lines):
            head = _SECTION.match(line)
            if head:
                if inside:
                    break
                inside = head["name"] == section
            said = line.strip()
            apart = not said or (apart and said.startswith(("#", ";")))
            if inside and not apart:
                place = at + 1
        return place

    def _append(self, lines: list[str]) -> None:
        while self._lines and not self._lines[-1].strip():
            self._lines.pop()
        place = len(self._lines)
        self._put(place, place, [*([""] if place else []), *lines])
        self._lines[-1] += self._return
        self._lines.append("")

    def _put(self, start: int, end: int, lines: list[str]) -> None:
        """Put lines in the place of some; only the file's last line has no end of its own."""
        last = end == len(self._lines)
        new = [line + self._return for line in lines]
        if last:
            new[-1] = lines[-1]
            if start and start == end and not self._lines[start - 1].endswith(self._return):
                self._lines[start - 1] += self._return
        self._lines[start:end] = new


def _plain(key: str) -> str:
    """A key as pip compares it."""
    return key.strip().lower().replace("_", "-").removeprefix("--")


def _check(text: str) -> None:
    from configparser import Error, RawConfigParser

    try:
        RawConfigParser().read_string(text)
    except Error as error:
        raise NotPlainError(" ".join(error.message.split())) from error
