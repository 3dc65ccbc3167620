"""One ``.condarc``, read with lines and columns, and edited with its comments kept.

The library is the one that conda itself reads and writes this file with, so what is good here is
good there.
"""

from __future__ import annotations

import re
from io import StringIO
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct

if TYPE_CHECKING:
    from ruamel.yaml import YAML

_MARK: Final = re.compile(
    r"^(?:(?P<key>\w[\w-]*)\s*:|\s*-\s+(?P<item>\S.*?))(?:\s.*)?#!(?P<flag>final|top|bottom)\b"
)
_HEAD: Final = re.compile(r"^(\w[\w-]*)\s*:")
_WIDE: Final = 4096
"""Columns before a line is broken in two: never."""
_DEEPEST: Final = 50
"""Brackets in brackets: the library's time grows with their square, and no setting has two."""


class Fault(Struct, frozen=True, kw_only=True):
    """Where conda stops reading: line and column from 1, and the reader's own words."""

    line: int
    column: int
    why: str


class FaultError(Exception):
    """The text is not a mapping in YAML."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.why)
        self.fault = fault


class Condarc:
    """A file of settings.

    Args:
        text: all of it; empty for a file that is still to be made.

    Raises:
        FaultError: it can't be read.
    """

    def __init__(self, text: str) -> None:
        from ruamel.yaml.error import MarkedYAMLError, YAMLError

        self._yaml = _reader(text)
        try:
            found = self._yaml.load(text)
        except MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            raise FaultError(_fault(mark, error.problem or error.context or "")) from error
        # What the library stumbles over besides: dates that are none, keys that can be none.
        except (YAMLError, ValueError, RecursionError, LookupError, TypeError) as error:
            why = next(iter(str(error).splitlines()), type(error).__name__)
            raise FaultError(Fault(line=1, column=1, why=why)) from error
        if found is None:
            from ruamel.yaml.comments import CommentedMap

            self._head, found = text, CommentedMap()
        elif not hasattr(found, "items"):
            raise FaultError(Fault(line=1, column=1, why=_NOT_SETTINGS))
        else:
            self._head = ""
        self._settings: Any = found

    @property
    def settings(self) -> dict[str, Any]:
        """What it says, in plain lists and mappings."""
        return {str(key): _plain(value) for key, value in self._settings.items()}

    def line_of(self, key: str) -> int:
        """The line that a key stands on, from 1."""
        return int(self._settings.lc.key(key)[0]) + 1

    def set(self, key: str, value: object) -> None:
        """Give a key a value, in its place where it has one; ``a.b`` is ``b`` of mapping ``a``."""
        holds, leaf = self._holder(key, make=True)
        holds[leaf] = value

    def unset(self, key: str) -> bool:
        """Take a key out, and its mapping with the last one; False where it isn't there."""
        holds, leaf = self._holder(key)
        if holds is None or leaf not in holds:
            return False
        del holds[leaf]
        if holds is not self._settings and not holds:
            del self._settings[key.partition(".")[0]]
        return True

    def add(self, key: str, value: str, *, first: bool) -> None:
        """Put an item at one end of a list; one that is there already moves."""
        items = self._items(key)
        if value in items:
            if items.index(value) == (0 if first else len(items) - 1):
                return
            items.pop(items.index(value))
        items.insert(0 if first else len(items), value)

    def remove(self, key: str, value: str) -> bool:
        """Take an item out of a list, and the list with its last; False where it isn't there."""
        holds, leaf = self._holder(key)
        items = holds.get(leaf) if holds is not None else None
        if not isinstance(items, list) or value not in items:
            return False
        items.pop(items.index(value))
        return bool(items) or self.unset(key)

    def replace(self, key: str, value: str, new: str) -> bool:
        """Write an item or a value anew where it stands; False where it isn't there."""
        holds, leaf = self._holder(key)
        found = holds.get(leaf) if holds is not None else None
        if isinstance(found, list) and value in found:
            if new in found:
                return self.remove(key, value)
            found[found.index(value)] = new
            return True
        if holds is None or found != value:
            return False
        holds[leaf] = new
        return True

    def rename(self, key: str, new: str) -> bool:
        """Give a key another name in its place; lists of both names are joined."""
        if key not in self._settings:
            return False
        place = list(self._settings).index(key)
        value = self._settings.pop(key)
        if new in self._settings:
            held = self._settings[new]
            if isinstance(held, list) and isinstance(value, list):
                held.extend(one for one in value if one not in held)
        else:
            self._settings.insert(place, new, value)
        return True

    def text(self) -> str:
        """The whole file as it is now."""
        if not self._settings:
            return self._head
        out = StringIO()
        self._yaml.dump(self._settings, out)
        between = "" if not self._head or self._head.endswith("\n") else "\n"
        return f"{self._head}{between}{out.getvalue()}"

    def _holder(self, key: str, *, make: bool = False) -> tuple[Any, str]:
        """The mapping that a key stands in, None where there is none, and its name there."""
        from ruamel.yaml.comments import CommentedMap

        outer, _, inner = key.partition(".")
        if not inner:
            return self._settings, key
        if make and not hasattr(self._settings.get(outer), "items"):
            self._settings[outer] = CommentedMap()
        held = self._settings.get(outer)
        return (held if hasattr(held, "items") else None), inner

    def _items(self, key: str) -> Any:  # noqa: ANN401 - the library's own list
        from ruamel.yaml.comments import CommentedSeq

        holds, leaf = self._holder(key, make=True)
        held = holds.get(leaf)
        if not isinstance(held, list):
            holds[leaf] = CommentedSeq([] if held is None else [held])
        return holds[leaf]


def marks_of(text: str) -> dict[str, str]:
    """Find conda's own marks: by key, or by key and item (``channels defaults``)."""
    found: dict[str, str] = {}
    key = ""
    for line in text.splitlines():
        head, mark = _HEAD.match(line), _MARK.match(line)
        key = head[1] if head else key
        if mark:
            name = mark["key"] or f"{key} {mark['item'].strip()}"
            found[name] = mark["flag"]
    return found


_NOT_SETTINGS: Final = "expected settings of the form 'name: value'"


def _reader(text: str) -> YAML:
    from ruamel.yaml import YAML

    found = YAML()
    found.Scanner = _scanner()
    found.preserve_quotes = True
    found.width = _WIDE
    dash = next((one for one in text.splitlines() if one.lstrip(" ").startswith("- ")), "")
    indent = len(dash) - len(dash.lstrip(" "))
    if indent:  # lists stand as far in as the file's first one does
        found.indent(mapping=2, sequence=indent + 2, offset=indent)
    return found


def _scanner() -> type:
    """The library's scanner, which stops where brackets are nested too deeply."""
    from ruamel.yaml.scanner import RoundTripScanner, ScannerError

    class Scanner(RoundTripScanner):
        def fetch_flow_collection_start(self, *words: Any, **named: Any) -> None:  # noqa: ANN401
            if self.flow_level >= _DEEPEST:
                raise ScannerError(None, None, "nested too deeply", self.reader.get_mark())
            super().fetch_flow_collection_start(*words, **named)

    return Scanner


def _fault(mark: Any, why: str) -> Fault:  # noqa: ANN401 - the library's mark, or None
    line, column = (mark.line + 1, mark.column + 1) if mark is not None else (1, 1)
    return Fault(line=line, column=column, why=why.splitlines()[0] if why else "")


def _plain(value: Any) -> Any:  # noqa: ANN401 - YAML holds anything
    if isinstance(value, list):
        return [_plain(one) for one in value]
    if hasattr(value, "items"):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int):
        return int(value)
    return str(value)
