"""``lsmod``: which kernel modules are loaded.

``facts["modules"]`` lists those that drive display chips. A whole list also tells which are not
loaded (``facts["whole"]``); one that was searched for a name tells only what it shows.
"""

from __future__ import annotations

import re
from typing import Final

from torchup.readers.reading import Reading
from torchup.readers.texts import LONGEST, lines_of

KIND: Final = "lsmod"
_HEAD: Final = re.compile(r"^Module {1,40}Size {1,8}Used by$")
_MODULE: Final = re.compile(r"^([a-z][a-z0-9_]{1,40}) {2,40}\d{3,9} {1,8}-?\d{1,5}(?: |$)")
_DRIVERS: Final = frozenset(
    {"nvidia", "nvidia_uvm", "nvidia_drm", "nvidia_modeset", "nouveau", "amdgpu", "i915", "xe"}
)


def matches(text: str) -> bool:
    """Tell whether a text is of this kind."""
    return any(_HEAD.match(line) or _named(line) in _DRIVERS for line in lines_of(text[:200_000]))


def read(text: str) -> Reading:
    """Read it."""
    lines = lines_of(text[:LONGEST])
    loaded = [name for line in lines if (name := _named(line))]
    headed = any(map(_HEAD.match, lines))
    if not loaded and not headed:
        return Reading(kind=KIND, state="unreadable")
    # ``lsmod | grep`` keeps the heading of nothing; the list of a running system is long.
    facts = {
        "modules": sorted(_DRIVERS.intersection(loaded)),
        "whole": headed and len(loaded) >= _MANY,
    }
    return Reading(kind=KIND, facts=facts)


_MANY: Final = 20


def _named(line: str) -> str | None:
    found = _MODULE.match(line)
    return found[1] if found else None
