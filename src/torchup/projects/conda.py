"""conda's environment files: ``environment.yml`` and what it is called elsewhere."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Final

from msgspec.structs import replace

from torchup.errors import UsageError
from torchup.model.names import name_of
from torchup.projects.gathering import Gathering
from torchup.projects.requirements import take_pip_line
from torchup.readers.plain_yaml import load

if TYPE_CHECKING:
    from torchup.projects.declared import Declared
    from torchup.projects.requirements import Nested

_KEYS: Final = ("dependencies", "channels", "name", "prefix", "variables", "platforms", "category")
_MAIN: Final = "dependencies"
_ITEM: Final = re.compile(r"^\s*-\s+(?P<item>[^#\s].*?)\s*(?:\s#.*)?$")


def read_conda_file(text: str, file: str, nested: Nested | None = None) -> Declared:
    """Read an environment file.

    Channels are not taken over: packages come from the indexes for pip, and torchup chooses where
    the framework comes from.

    Args:
        text: the file.
        file: its name.
        nested: told each list that its lines for pip include, as for lists.

    Raises:
        UsageError: ``projects.misspelt-key``, where a word that stands for ``dependencies`` is all
            there is; ``projects.no-dependencies``, where not even that is there.
    """
    lines = text.splitlines()
    document, whole = load(lines)
    found = Gathering(file)
    numbers, conda = _Numbers(lines), 0
    if not any(line.startswith(f"{_MAIN}:") for line in lines) and _MAIN not in document:
        _check_keys(document, file, numbers)
        raise UsageError("projects.no-dependencies", file=file, key=_MAIN)
    for key in document if whole else ():
        if key not in _KEYS:
            found.note("key-unknown", str(key), numbers.of(f"{key}:"))
    numbers.begin_at(f"{_MAIN}:")
    listed = document.get(_MAIN)
    if whole and isinstance(listed, list):
        _take_all(found, [one for one in listed if not isinstance(one, dict)], numbers, nested)
        conda = len(found.packages)
        _take_all(found, [one for one in listed if isinstance(one, dict)], numbers, nested)
    else:
        found.note("yaml-broken", file)
        for number, line in enumerate(lines, 1):
            item = _ITEM.match(line)
            if item:
                _take_item(found, item["item"].strip("'\""), number, pip="==" in item["item"])
    return _as_pip_leaves_it(found.done(), conda)


def _as_pip_leaves_it(found: Declared, conda: int) -> Declared:
    """Drop conda's version of what pip is told as well: pip installs last."""
    by_pip = {name_of(line.text) for line in found.packages[conda:]}
    kept = [line for line in found.packages[:conda] if name_of(line.text) not in by_pip]
    return replace(found, packages=(*kept, *found.packages[conda:]))


def _check_keys(document: dict[str, Any], file: str, numbers: _Numbers) -> None:
    for key, value in document.items():
        near = get_close_matches(str(key).lower(), (_MAIN,), n=1, cutoff=0.7)
        if near and isinstance(value, list):
            line = numbers.of(f"{key}:")
            raise UsageError("projects.misspelt-key", file=file, line=line, key=key, meant=_MAIN)


def _take_all(
    found: Gathering, listed: list[Any], numbers: _Numbers, nested: Nested | None
) -> None:
    for item in listed:
        if isinstance(item, dict):
            for key, inside in item.items():
                if key != "pip":
                    found.note("key-unknown", str(key), numbers.of(f"{key}:"))
                for line in inside if isinstance(inside, list) else ():
                    said = _plain(line)
                    take_pip_line(found, said, numbers.of(said), nested)
        elif item is not None:
            said = _plain(item)
            _take_item(found, said, numbers.of(said), pip=False)


def _plain(item: object) -> str:
    """A line of a list; ``NAME: …`` was read as a mapping where a space follows the colon."""
    return re.sub(r"(^|\s+)#.*$", "", str(item)).strip()


def _take_item(found: Gathering, said: str, number: int, *, pip: bool) -> None:
    if pip or said.startswith(("-", "git+")):
        take_pip_line(found, said, number)
    elif said not in ("pip:", "pip"):
        found.take_conda(said, number)


class _Numbers:
    """Where texts stand in a file; one that is there twice has two lines."""

    def __init__(self, lines: list[str]) -> None:
        self._lines = lines
        self._last: dict[str, int] = {}
        self._before = 0

    def begin_at(self, said: str) -> None:
        """Look from the first line that begins with a text on; channels have packages' names."""
        found = (n for n, line in enumerate(self._lines, 1) if line.startswith(said))
        self._before = next(found, 1) - 1

    def of(self, said: str) -> int:
        """The number of the next line that has a text in it, 0 where none has."""
        last = self._last.get(said, 0)
        found = (
            n
            for n, line in enumerate(self._lines, 1)
            if n > max(last, self._before) and said in line
        )
        self._last[said] = next(found, last)
        return self._last[said]
