"""``sysctl`` on a Mac: its processor and memory.

Facts: ``system``, ``cpu`` (``machdep.cpu.brand_string``), ``cores``, ``ram_mib``, ``kernel``.
"""

from __future__ import annotations

import re
from typing import Final

from torchup.readers.hardware import whole
from torchup.readers.pasted import output_lines
from torchup.readers.reading import Reading
from torchup.readers.texts import known

KIND: Final = "sysctl"
_PAIR: Final = re.compile(
    r"^\s{0,8}((?:machdep\.cpu|hw|kern|sysctl)\.[a-z0-9_.]{2,40})(?::| =) ?(\S.{0,200})$"
)
_BARE: Final = re.compile(r"^\s{0,8}(Apple M\d(?: (?:Pro|Max|Ultra))?)$")
_ASKED: Final = "machdep.cpu.brand_string"
_SIGN: Final = re.compile(r"machdep\.cpu\.brand_string|hw\.(?:memsize|optional\.arm64|ncpu)\b")
_MIB: Final = 1024 * 1024


def matches(text: str) -> bool:
    """Tell whether a text is of this kind."""
    head = text[:200_000]
    return _SIGN.search(head) is not None and read(head).state == "ok"


def read(text: str) -> Reading:
    """Read it; ``sysctl -n`` prints the chip's name alone, below the command."""
    said: dict[str, str] = {}
    asked = False
    for line in output_lines(text):
        pair, bare = _PAIR.match(line), _BARE.match(line)
        if pair:
            said.setdefault(pair[1], pair[2].strip())
        elif bare and asked:
            said.setdefault(_ASKED, bare[1])
        asked = _ASKED in line[:300]
    chip, memory = known(said.get(_ASKED)), whole(said.get("hw.memsize"))
    arm = said.get("hw.optional.arm64") == "1" or (chip or "").startswith("Apple ")
    if not said.keys() & {_ASKED, "hw.memsize", "hw.optional.arm64", "hw.ncpu"}:
        return Reading(kind=KIND, state="unreadable")
    return Reading(
        kind=KIND,
        os="macos",
        arch="arm64" if arm else "x86_64" if chip else None,
        facts={
            "system": "macos",
            "cpu": chip,
            "cores": whole(said.get("hw.logicalcpu")) or whole(said.get("hw.ncpu")),
            "ram_mib": memory // _MIB if memory and memory > 0 else None,
            "kernel": said.get("kern.osrelease"),
        },
    )
