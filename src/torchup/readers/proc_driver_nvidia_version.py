"""``/proc/driver/nvidia/version``: the loaded kernel module."""

from __future__ import annotations

import re
from typing import Final

from torchup.readers.reading import Reading

KIND: Final = "proc-driver-nvidia-version"
_MODULE: Final = re.compile(
    r"NVRM version:\s*(.{0,120}?Kernel Module\b.{0,40}?)\s(\d+\.\d+(?:\.\d+)?)\s"
)
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
