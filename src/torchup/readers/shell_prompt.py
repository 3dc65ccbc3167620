r"""The prompt before a pasted command: ``C:\Users\me>`` and ``PS C:\>`` are Windows'.

Facts: ``system``. It is asked last: what a program says counts more.
"""

from __future__ import annotations

import re
from typing import Final

from torchup.readers.reading import Reading
from torchup.readers.texts import lines_of

KIND: Final = "shell-prompt"
_WINDOWS: Final = re.compile(
    r"^\s{0,4}(?:\([^()]{1,60}\) )?(?:PS )?[A-Za-z]:\\[^>|<*?\"]{0,200}>\s{0,2}\S"
)
_MAC: Final = re.compile(
    r"^\s{0,4}(?:\([^()]{1,60}\) )?\S{1,60}@\S{0,40}Mac(?:Book|-?mini|-?Studio)\S{0,60} "
)
_MOST: Final = 5_000


def matches(text: str) -> bool:
    """Tell whether a text is of this kind."""
    return read(text[:200_000]).state == "ok"


def read(text: str) -> Reading:
    """Read it."""
    for line in lines_of(text)[:_MOST]:
        head = line[:400]
        if _WINDOWS.match(head):
            return Reading(kind=KIND, facts={"system": "windows"})
        if _MAC.match(head):
            return Reading(kind=KIND, facts={"system": "macos"})
    return Reading(kind=KIND, state="unreadable")
