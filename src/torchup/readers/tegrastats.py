"""``tegrastats``: what a Jetson is doing. It tells that it is one, and how much memory it has.

``facts["ram_mib"]`` is the board's memory, which the card shares with the processor.
"""

from __future__ import annotations

import re
from typing import Final

from torchup.readers.reading import Reading

KIND: Final = "tegrastats"
_LINE: Final = re.compile(r"\bRAM \d{1,7}/(\d{1,7})MB \(lfb .{0,2000}?\b(?:GR3D|EMC)_FREQ ")


def matches(text: str) -> bool:
    """Tell whether a text is of this kind."""
    return _LINE.search(text[:20_000]) is not None


def read(text: str) -> Reading:
    """Read it."""
    found = _LINE.search(text[:20_000])
    if found is None:
        return Reading(kind=KIND, state="unreadable")
    return Reading(kind=KIND, arch="aarch64", facts={"ram_mib": int(found[1])})
