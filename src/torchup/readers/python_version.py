r"""Pythons, by ``python --version``, an interpreter's first line, or ``py -0p``.

Facts: ``pythons``, each as ``{"version": "3.12.4", "path": "C:\\…\\python.exe" or None}``, and
``system``, where an interpreter names it.
"""

from __future__ import annotations

import re
from typing import Any, Final

from torchup.readers.pasted import output_lines
from torchup.readers.reading import Reading

KIND: Final = "python-version"
_LINE: Final = re.compile(
    r"^\s{0,8}Python (\d\.\d{1,3}\.\d{1,3}(?:(?:a|b|rc)\d{1,3})?\+?)(?: ::? .{1,80}| \(.{1,200})?$"
)
_ON: Final = re.compile(r"\bon (linux|win32|darwin)$")
_LISTED: Final = re.compile(
    r"^ {0,4}-(?:V:(?:[A-Za-z]+/)?)?(\d\.\d{1,3})(?:-(32|64|arm64))?(?: {1,30}\*)?"
    r" {1,30}\*? {0,30}([A-Za-z]:\\.{1,300}\.exe)$"
)
_SYSTEMS: Final = {"linux": "linux", "win32": "windows", "darwin": "macos"}
_MOST: Final = 50


def matches(text: str) -> bool:
    """Tell whether a text is of this kind."""
    head = text[:200_000]
    return ("Python " in head or "python.exe" in head.lower()) and read(head).state == "ok"


def read(text: str) -> Reading:
    """Read it. Of ``py -0p`` only those of 64 bits count, and their last number isn't told."""
    found: list[dict[str, str | None]] = []
    system: str | None = None
    before = ""
    for line in output_lines(text):
        plain = line[:600].removeprefix(">>> ")
        version, listed, on = _LINE.match(plain), _LISTED.match(plain), _ON.search(plain)
        if version and len(found) < _MOST:
            found.append({"version": version[1].rstrip("+"), "path": None})
        elif listed and listed[2] != "32" and len(found) < _MOST:
            found.append({"version": listed[1], "path": listed[3]})
            system = "windows"
        # The compiler and the system may stand in the line below.
        if on and (version or _LINE.match(before)):
            system = system or _SYSTEMS[on[1]]
        before = plain
    if not found:
        return Reading(kind=KIND, state="unreadable")
    facts: dict[str, Any] = {"pythons": found, "system": system}
    return Reading(kind=KIND, python=found[0]["version"], facts=facts)
