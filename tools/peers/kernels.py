"""On which cards code that was compiled for one architecture runs."""

from __future__ import annotations

import re
from typing import Final

_SM: Final = re.compile(r"^sm_(\d+)(\d)([af]?)$")


def has_code(code: str, card: str, *, embedded: bool) -> bool:
    """Tell whether machine code for one architecture runs on a card of another.

    The rule is in NVIDIA's CUDA compatibility guide; AMD's code runs on its own target alone.
    """
    made, there = _SM.match(code), _SM.match(card)
    if made is None or there is None or embedded:
        return code == card
    if made[3]:
        return made.groups()[:2] == there.groups()[:2]
    return made[1] == there[1] and int(made[2]) <= int(there[2])


def compiles(ptx: str, card: str) -> bool:
    """Tell whether a driver can compile PTX for a card: it is for the same or an older one."""
    made, there = _SM.match(ptx), _SM.match(card)
    if made is None or there is None or made[3]:
        return False
    return (int(made[1]), int(made[2])) <= (int(there[1]), int(there[2]))
