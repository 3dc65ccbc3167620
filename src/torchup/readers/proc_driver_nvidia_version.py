"""``/proc/driver/nvidia/version``: the loaded kernel module."""

from __future__ import annotations

import re
from typing import Final

from torchup.readers.reading import Reading

KIND: Final = "proc-driver-nvidia-version"
_MODULE: Final = re.compile(r"NVRM version:(.{0,160}?)\s(\d{2,4}(?:\.\d{1,4}){1,3})\s")
"""The number stands after words that have changed over the years and have none like it."""
_OPEN: Final = "open kernel module"


def matches(text: str) -> bool:
    """Tell whether a text is of this kind."""
    return "NVRM version:" in text[:4_000]


def read(text: str) -> Reading:
    """Read it. ``facts``: ``open_kernel_module``, whether it is the module with open sources."""
    found = _MODULE.search(text[:4_000] + "\n")
    if found is None:
        return Reading(kind=KIND, state="unreadable")
    return Reading(
        kind=KIND, driver=found[2], facts={"open_kernel_module": _OPEN in found[1].lower()}
    )
