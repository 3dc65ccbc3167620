"""``mokutil --sb-state``: whether the firmware lets none but signed code start.

``facts["secure_boot"]`` is whether it is on.
"""

from __future__ import annotations

import re
from typing import Final

from torchup.readers.reading import Reading

KIND: Final = "secure-boot"
_STATE: Final = re.compile(
    r"^[ \t]{0,8}Secure ?Boot:? (enabled|disabled)\b", re.IGNORECASE | re.MULTILINE
)


def matches(text: str) -> bool:
    """Tell whether a text is of this kind."""
    return _STATE.search(text[:200_000]) is not None


def read(text: str) -> Reading:
    """Read it."""
    found = _STATE.search(text[:200_000])
    if found is None:
        return Reading(kind=KIND, state="unreadable")
    return Reading(kind=KIND, facts={"secure_boot": found[1].lower() == "enabled"})
