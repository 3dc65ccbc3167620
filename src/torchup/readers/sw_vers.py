"""``sw_vers``: which macOS this is. Facts: ``system``, ``release``."""

from __future__ import annotations

import re
from typing import Final

from torchup.readers.pasted import output_lines
from torchup.readers.reading import Reading

KIND: Final = "sw_vers"
_SIGN: Final = re.compile(r"^[ \t>]{0,8}ProductVersion:", re.MULTILINE)
_PAIR: Final = re.compile(r"^\s{0,8}(Product(?:Name|Version)):\s{1,20}(\S.{0,60})$")
_NUMBER: Final = re.compile(r"^\d{1,3}(?:\.\d{1,3}){0,2}$")


def matches(text: str) -> bool:
    """Tell whether a text is of this kind."""
    head = text[:200_000]
    return _SIGN.search(head) is not None and read(head).state != "unreadable"


def read(text: str) -> Reading:
    """Read it."""
    pairs = (_PAIR.match(line) for line in output_lines(text))
    said = {pair[1]: pair[2].strip() for pair in pairs if pair}
    number = said.get("ProductVersion", "")
    if not _NUMBER.match(number):
        return Reading(kind=KIND, state="unreadable")
    name = said.get("ProductName", "macOS")
    return Reading(kind=KIND, os=f"{name} {number}", facts={"system": "macos", "release": number})
