"""``pip list``, ``pip freeze`` and ``pip show``, uv's too: what is in an environment.

Facts: ``torch``, PyTorch's version.
"""

from __future__ import annotations

import json
import re
from itertools import pairwise
from typing import Any, Final

from torchup.readers.pasted import output_lines, word
from torchup.readers.reading import Reading

KIND: Final = "pip-list"
_HEADER: Final = re.compile(r"^\s{0,8}Package\s{1,80}Version(?:\s|$)")
_RULE: Final = re.compile(r"^\s{0,8}-{3,80}\s{1,4}-{3,80}")
_ROW: Final = re.compile(r"^\s{0,8}([A-Za-z0-9][\w.-]{0,100})\s{1,100}v?(\d[\w.+!-]{0,80})(?:\s|$)")
_FROZEN: Final = re.compile(r"^\s{0,8}([A-Za-z0-9][\w.-]{0,100})==([\w.+!-]{1,80})$")
_FROZEN_ELSE: Final = re.compile(r"^\s{0,8}(?:-e \S|#|[A-Za-z0-9][\w.-]{0,100} @ \S)")
_SHOWN: Final = re.compile(r"^\s{0,8}(Name|Version): (\S{1,100})$")
_JSON: Final = re.compile(r'^\s{0,8}\[\{"name": ?"[\w.-]{1,100}", ?"version":', re.MULTILINE)
_FEWEST: Final = 2


def matches(text: str) -> bool:
    """Tell whether a text is of this kind."""
    head = text[:200_000]
    if _JSON.search(head):
        return True
    lines = [line for line in output_lines(head) if line.strip()]
    if any(_HEADER.match(one) and _RULE.match(two) for one, two in pairwise(lines)):
        return True
    return _is_frozen(lines) or "torch" in _shown(lines)


def _is_frozen(lines: list[str]) -> bool:
    """Tell whether nothing but pinned packages stands there, or PyTorch's pin alone."""
    pins = [pin[1] for line in lines if (pin := _FROZEN.match(line))]
    if not all(_FROZEN.match(line) or _FROZEN_ELSE.match(line) for line in lines[1:]):
        return False
    return len(pins) >= _FEWEST or pins == ["torch"]


def read(text: str) -> Reading:
    """Read it; of a package that is listed twice, the first is believed."""
    versions = _decoded(text)
    if versions is None:
        lines = output_lines(text)
        versions = _rows(lines) or _pins(lines) or _shown(lines)
    if not versions:
        return Reading(kind=KIND, state="unreadable")
    return Reading(
        kind=KIND,
        packages={
            name: {"version": version, "build": None, "channel": None}
            for name, version in versions.items()
        },
        facts={"torch": versions.get("torch")},
    )


def _decoded(text: str) -> dict[str, str] | None:
    found = _JSON.search(text[:200_000])
    if found is None:
        return None
    try:
        value: Any = json.JSONDecoder().raw_decode(text, text.index("[", found.start()))[0]
    except (ValueError, RecursionError):
        return None
    tables = [table for table in value if isinstance(table, dict)] if value else []
    pairs = [(word(table.get("name")), word(table.get("version"))) for table in tables]
    return {name: version for name, version in reversed(pairs) if name and version}


def _rows(lines: list[str]) -> dict[str, str]:
    """Read the rows below the head, as far as they are rows."""
    versions: dict[str, str] = {}
    headed = False
    for line in lines:
        row = _ROW.match(line) if headed else None
        if _HEADER.match(line):
            headed = True
        elif row:
            versions.setdefault(row[1], row[2])
        elif headed and line.strip() and not _RULE.match(line):
            headed = False
    return versions


def _pins(lines: list[str]) -> dict[str, str]:
    pins = [(pin[1], pin[2]) for line in lines if (pin := _FROZEN.match(line))]
    return dict(reversed(pins))


def _shown(lines: list[str]) -> dict[str, str]:
    """Read what ``pip show`` says: a name, and the version below it."""
    versions: dict[str, str] = {}
    name: str | None = None
    for line in lines:
        shown = _SHOWN.match(line)
        if shown and shown[1] == "Name":
            name = shown[2]
        elif shown and name is not None:
            versions.setdefault(name, shown[2])
            name = None
    return versions
