"""``systeminfo`` and ``ver`` on Windows, in any language that keeps its numbers.

Facts: ``system``, ``release`` (``10.0.22631``), ``kernel`` (the same with the update, where
``ver`` gives it), ``ram_mib``.
"""

from __future__ import annotations

import re
from typing import Final

from torchup.readers.pasted import output_lines
from torchup.readers.reading import Reading

KIND: Final = "systeminfo"
_VER: Final = re.compile(
    r"Microsoft Windows \[[^\]\d]{0,30}(\d{1,2}\.\d{1,2}\.\d{3,6}(?:\.\d{1,6})?)\]"
)
_PAIR: Final = re.compile(r"^\s{0,8}([^:\uff1a]{2,60})[:\uff1a]\s{1,30}(\S.{0,200})$")
_NAME: Final = re.compile(r"^(?:Microsoft )?Windows (?:\d|Server)")
_NUMBER: Final = re.compile(r"^(10\.0\.\d{5}|6\.[1-3]\.\d{4})\b")
_TYPE: Final = re.compile(r"^(x64|ARM64)-based PC$|^(x64|ARM64)[- ].{0,20}PC$", re.IGNORECASE)
_MEMORY: Final = re.compile(r"^([\d.,\s\xa0\u202f]{3,12})\s?MB$")
_MEMORY_KEY: Final = re.compile(r"^(?:Total Physical Memory|物理内存总量)$")
_SHORT: Final = 2
_SIGN: Final = re.compile(
    r"Microsoft Windows \[|^[^:\n]{2,60}:\s{1,30}Microsoft Windows \d|-based PC", re.MULTILINE
)


def matches(text: str) -> bool:
    """Tell whether a text is of this kind."""
    head = text[:200_000]
    return _SIGN.search(head) is not None and read(head).state != "unreadable"


def read(text: str) -> Reading:
    """Read it."""
    said: dict[str, str] = {}
    for line in output_lines(text):
        ver, pair = _VER.search(line[:400]), _PAIR.match(line)
        if ver:
            said.setdefault("kernel", ver[1])
        elif pair:
            key, value = pair[1].strip(), pair[2].strip()
            what = _meaning(key, value)
            if what:
                said.setdefault(what, value)
    number = _NUMBER.match(said.get("kernel") or said.get("number") or "")
    kind, memory = _TYPE.match(said.get("type", "")), _MEMORY.match(said.get("memory", ""))
    if number is None and kind is None and "name" not in said:
        return Reading(kind=KIND, state="unreadable")
    word = ((kind[1] or kind[2]) if kind else "").lower()
    size = re.sub(r"\D", "", memory[1]) if memory else ""
    return Reading(
        kind=KIND,
        os=said.get("name") or "Microsoft Windows",
        arch={"x64": "x86_64", "arm64": "arm64"}.get(word),
        facts={
            "system": "windows",
            "release": number[1] if number else None,
            "kernel": said.get("kernel"),
            "ram_mib": int(size) if size else None,
        },
    )


def _meaning(key: str, value: str) -> str:
    if _NAME.match(value):
        # Other programs name the system so too, in a line of two letters.
        return "name" if len(key) > _SHORT else ""
    if _NUMBER.match(value):
        return "number"
    if _TYPE.match(value):
        return "type"
    return "memory" if _MEMORY_KEY.match(key) else ""
