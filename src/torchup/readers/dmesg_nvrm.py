"""NVIDIA's lines in the kernel's log: Xid numbers say what happened to a card.

What each number means: https://docs.nvidia.com/deploy/xid-errors/.
"""

from __future__ import annotations

import re
from typing import Any, Final

from torchup.readers.reading import Reading
from torchup.readers.texts import LONGEST

KIND: Final = "dmesg-nvrm"
_SIGN: Final = re.compile(
    r"NVRM:|could not insert '?nvidia'?: |nvidia: loading out-of-tree module|nvidia: module verif"
)
_XID: Final = re.compile(r"NVRM: Xid(?: \(PCI:([0-9A-Fa-f:.]{4,16})\))?: (\d{1,4})\b")
FELL_OFF: Final = 79
"""The Xid of a card that is no longer on the bus, https://docs.nvidia.com/deploy/xid-errors/."""
_LOST: Final = re.compile(r"GPU (?:at PCI:)?([0-9A-Fa-f:.]{7,16}): GPU has fallen off the bus")
_LOADED: Final = re.compile(r"NVRM: loading (.{0,80}Kernel Module).{0,40}? {1,4}(\d+(?:\.\d+)+)\s")
_NUMBER: Final = r"(\d+(?:\.\d+){1,2})"
_CLIENT: Final = re.compile(
    rf"API mismatch: (?:the|this) client.{{0,120}}?\bversion {_NUMBER}", re.DOTALL
)
_MODULE: Final = re.compile(rf"kernel module has.{{0,40}}?version {_NUMBER}", re.DOTALL)
_UNSIGNED: Final = re.compile(
    r"could not insert '?nvidia'?: (?:Key was rejected|Required key not available)"
    r"|nvidia.{0,20}: (?:loading|module verification failed).{0,80}key.{0,40}(?:rejected|required)"
)
_UNKNOWN: Final = re.compile(
    r"NVRM: No NVIDIA (?:GPU|graphics adapter) (?:found|probed)|'?nvidia'?: No such device"
)
_OPEN: Final = "open kernel module"


def matches(text: str) -> bool:
    """Tell whether a text is of this kind."""
    return _SIGN.search(text[:LONGEST]) is not None


def read(text: str) -> Reading:
    """Read it.

    ``facts``: ``xids``, the distinct numbers, sorted, and ``xids_of`` them by slot; ``lost``, the
    slots of cards that fell off the bus without one; ``library``, the driver's number where the
    loaded module has another; ``open_kernel_module``, whether its sources are open.
    """
    plain = text[:LONGEST] + "\n"
    slots: dict[str, set[int]] = {}
    for slot, xid in _XID.findall(plain):
        slots.setdefault(slot, set()).add(int(xid))
    facts: dict[str, Any] = {
        "xids": sorted({xid for xids in slots.values() for xid in xids}),
        "xids_of": {slot: sorted(xids) for slot, xids in slots.items() if slot},
    }
    lost = set(_LOST.findall(plain)) - slots.keys()
    if lost:
        facts["lost"] = sorted(lost)
    client, module = _CLIENT.search(plain), _MODULE.search(plain)
    if client:
        facts["library"] = client[1]
    loaded = _LOADED.findall(plain)
    if loaded:
        facts["open_kernel_module"] = _OPEN in loaded[-1][0].lower()
    return Reading(
        kind=KIND,
        state=_state(
            plain, mismatch=client is not None, lost=bool(lost) or FELL_OFF in facts["xids"]
        ),
        driver=module[1] if module else (loaded[-1][1] if loaded else None),
        facts=facts,
    )


def _state(plain: str, *, mismatch: bool, lost: bool) -> str:
    if not _SIGN.search(plain):
        return "unreadable"
    if mismatch:
        return "driver-library-mismatch"
    if lost:
        return "gpu-lost"
    if _UNSIGNED.search(plain):
        return "module-refused"
    return "no-devices" if _UNKNOWN.search(plain) else "ok"
