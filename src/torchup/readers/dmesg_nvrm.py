"""NVIDIA's lines in the kernel's log: Xid numbers say what happened to a card.

What each number means: https://docs.nvidia.com/deploy/xid-errors/.
"""

from __future__ import annotations

import re
from typing import Final

from torchup.readers.reading import Reading
from torchup.readers.texts import LONGEST

KIND: Final = "dmesg-nvrm"
_XID: Final = re.compile(r"NVRM: Xid(?: \(PCI:([0-9A-Fa-f:.]{4,16})\))?: (\d{1,4})\b")


def matches(text: str) -> bool:
    """Tell whether a text is of this kind."""
    return "NVRM:" in text[:LONGEST]


def read(text: str) -> Reading:
    """Read it. ``facts``: ``xids``, the distinct numbers, sorted, and ``xids_of`` them by slot."""
    slots: dict[str, set[int]] = {}
    for slot, xid in _XID.findall(text[:LONGEST]):
        slots.setdefault(slot, set()).add(int(xid))
    every = sorted({xid for xids in slots.values() for xid in xids})
    by_slot = {slot: sorted(xids) for slot, xids in slots.items() if slot}
    state = "ok" if matches(text) else "unreadable"
    return Reading(kind=KIND, state=state, facts={"xids": every, "xids_of": by_slot})
