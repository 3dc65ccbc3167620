"""``amd-smi``: ``list``, ``static``, ``metric``, ``monitor`` and ``version``, and its own table.

Facts: ``rocm`` (``7.0.0``), where it is printed. Of a card, ``extra`` has ``compute_units``.
https://rocm.docs.amd.com/projects/amdsmi/en/latest/how-to/amdsmi-cli-tool.html
"""

from __future__ import annotations

import csv
import re
from typing import Final

from msgspec.structs import replace

from torchup.readers.amd_smi_json import card_of
from torchup.readers.hardware import unquoted, why_nothing
from torchup.readers.pasted import output_lines
from torchup.readers.reading import ReadGpu, Reading

KIND: Final = "amd-smi"
_SIGN: Final = re.compile(
    r"^\s{0,8}GPU: \d{1,4}\s{0,8}\n\s{1,20}(?:[A-Z_]{3,30}:|BDF: )|AMD-SMI \d|AMDSMI Tool: \d"
    r"|^GPU {1,4}(?:XCP {1,4})?POWER .{0,80}(?:GPU_T|GFX)|^gpu,(?:gpu_bdf|market_name)",
    re.MULTILINE,
)
_HEAD: Final = re.compile(r"^\s{0,8}GPU: (\d{1,4})$")
_PAIR: Final = re.compile(r"^(\s{0,40})([A-Za-z][A-Za-z0-9_ ]{0,60}):(?:\s{1,8}(.{0,300}))?$")
_ROCM: Final = re.compile(r"ROCm version: (\d{1,2}\.\d{1,3}(?:\.\d{1,3})?)")
_DRIVER: Final = re.compile(r"amdgpu version: (\d{1,2}\.[\w.+-]{1,40})", re.IGNORECASE)
_ROW: Final = re.compile(
    r"^\|\s{1,4}([0-9a-f]{4}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7])\s{1,20}(\S.{0,60}?)\s{0,30}\|",
    re.IGNORECASE,
)
_SECOND: Final = re.compile(r"^\|\s{1,6}(\d{1,4})\s.{0,200}/(\d{1,9}) MB\s{0,8}\|$")
_MONITOR: Final = re.compile(r"^\s{0,6}GPU {1,4}(?:XCP {1,4})?POWER ")
_MONITOR_ROW: Final = re.compile(
    r"^\s{0,6}(\d{1,4})\s{1,6}.{0,300}?(?:(\d{1,6}(?:\.\d)?)/\s{0,4}(\d{1,6}(?:\.\d)?) (GB|MB))?$"
)
_GIB: Final = 1024


def matches(text: str) -> bool:
    """Tell whether a text is of this kind."""
    return _SIGN.search(unquoted(text)[:200_000]) is not None


def read(text: str) -> Reading:
    """Read it. ``list`` names cards by their slots alone."""
    text = unquoted(text)
    lines = output_lines(text)
    head = text[:200_000]
    rocm, driver = _ROCM.search(head), _DRIVER.search(head)
    cards, told = _from_blocks(lines)
    cards = cards or _from_table(lines) or _from_csv(lines) or _from_monitor(lines)
    number = told or (driver[1] if driver else None)
    if not cards and number is None and rocm is None:
        return Reading(kind=KIND, state=why_nothing(text))
    return Reading(
        kind=KIND,
        gpus=tuple(cards) or None,
        driver=number,
        facts={"rocm": rocm[1] if rocm else None},
    )


def _from_blocks(lines: list[str]) -> tuple[list[ReadGpu], str | None]:
    """Read ``GPU: 0`` and the values below, each section one step further in."""
    blocks: dict[int, dict[str, str]] = {}
    said: dict[str, str] = {}
    section = ""
    for line in lines:
        head, pair = _HEAD.match(line), _PAIR.match(line)
        if head:
            # Several commands' outputs may follow each other.
            said, section = blocks.setdefault(int(head[1]), {}), ""
        elif pair and blocks:
            key = pair[2].strip().lower()
            if pair[3] is None or not pair[3].strip():
                section = key
            else:
                said.setdefault(f"{section}.{key}", pair[3].strip())
    drivers = (each["driver.version"] for each in blocks.values() if "driver.version" in each)
    return [card_of(at, each) for at, each in blocks.items()], next(drivers, None)


def _from_table(lines: list[str]) -> list[ReadGpu]:
    """Read the table that ROCm 7 prints: two lines for each card."""
    cards: list[ReadGpu] = []
    for line in lines:
        row, second = _ROW.match(line), _SECOND.match(line)
        if row:
            cards.append(_named(row[1].lower(), row[2], len(cards)))
        elif second and cards and cards[-1].memory_mib is None:
            cards[-1] = replace(cards[-1], index=int(second[1]), memory_mib=int(second[2]) or None)
    return cards


def _named(address: str, name: str, at: int) -> ReadGpu:
    cut = name.endswith("...")
    plain = None if name.upper() == "N/A" else name
    return ReadGpu(index=at, name=plain, truncated=cut, vendor="amd", bus_id=address)


def _from_csv(lines: list[str]) -> list[ReadGpu]:
    start = next((at for at, line in enumerate(lines) if line.startswith("gpu,")), None)
    if start is None:
        return []
    try:
        rows = list(csv.DictReader(lines[start : start + 100]))
    except csv.Error:
        return []
    cards = []
    for row in rows:
        said = {f".{key}": value for key, value in row.items() if key and isinstance(value, str)}
        if said.get(".gpu", "").isdecimal():
            cards.append(card_of(int(said[".gpu"][:4]), said))
    return cards


def _from_monitor(lines: list[str]) -> list[ReadGpu]:
    """Read a line for each card, which says its number and its memory."""
    cards: list[ReadGpu] = []
    begun = False
    for line in lines:
        row = _MONITOR_ROW.match(line) if begun else None
        if _MONITOR.match(line):
            begun = True
        elif row:
            size = float(row[3]) * (_GIB if row[4] == "GB" else 1) if row[3] else 0
            cards.append(ReadGpu(index=int(row[1]), vendor="amd", memory_mib=int(size) or None))
    return cards
