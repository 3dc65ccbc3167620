"""``system_profiler SPHardwareDataType``: a Mac's chip, cores and memory, as text or JSON.

Facts: ``system``, ``cpu`` (``Apple M1 Pro``), ``cores``, ``ram_mib``, ``model``.
"""

from __future__ import annotations

import re
from typing import Final

from torchup.readers.hardware import json_in, tables_in, unquoted
from torchup.readers.pasted import output_lines
from torchup.readers.reading import Reading
from torchup.readers.texts import known

KIND: Final = "system_profiler-hardware"
_PAIR: Final = re.compile(r"^\s{0,20}([^:\uff1a]{1,60}?)\s?[:\uff1a]\s?(\S.{0,200})$")
_SIGN: Final = re.compile(
    r"SPHardwareDataType|Hardware Overview:|Model Identifier:|^\s{0,12}(?:Chip|芯片|Puce|チップ)"
    r"\s?[:\uff1a] ?Apple M\d",
    re.MULTILINE,
)
_CHIP: Final = re.compile(r"^Apple M\d[\w ]{0,20}$")
_INTEL: Final = re.compile(r"\b(?:Intel|Xeon)\b")
_KEYS: Final = {
    "processor name": "cpu",
    "cpu_type": "cpu",
    "total number of cores": "cores",
    "number_processors": "cores",
    "memory": "memory",
    "physical_memory": "memory",
    "model identifier": "model",
    "machine_model": "model",
}
_COUNT: Final = re.compile(r"^(?:proc )?(\d{1,3})\b")
_SIZE: Final = re.compile(r"^(\d{1,4})\s?(GB|TB)$")
_UNITS: Final = {"GB": 1024, "TB": 1024 * 1024}


def matches(text: str) -> bool:
    """Tell whether a text is of this kind."""
    head = text[:300_000]
    return _SIGN.search(head) is not None and read(head).state != "unreadable"


def read(text: str) -> Reading:
    """Read it; the chip is known in any language, by its own name."""
    said: dict[str, str] = {}
    for key, value in _pairs(unquoted(text)):
        if _CHIP.match(value):
            said["cpu"] = value
        elif key in _KEYS:
            said.setdefault(_KEYS[key], value)
    if not said.keys() & {"cpu", "model"}:
        return Reading(kind=KIND, state="unreadable")
    count, size = _COUNT.match(said.get("cores", "")), _SIZE.match(said.get("memory", ""))
    chip = known(said.get("cpu"))
    return Reading(
        kind=KIND,
        os="macos",
        arch=_arch_of(chip) if chip else None,
        facts={
            "system": "macos",
            "cpu": chip,
            "cores": int(count[1]) if count else None,
            "ram_mib": int(size[1]) * _UNITS[size[2]] if size else None,
            "model": known(said.get("model")),
        },
    )


def _arch_of(chip: str) -> str | None:
    """The architecture; Macs with Intel's processors have ``6-Core Intel Core i7``."""
    if _CHIP.match(chip):
        return "arm64"
    return "x86_64" if _INTEL.search(chip) else None


def _pairs(text: str) -> list[tuple[str, str]]:
    if '"SPHardwareDataType"' in text:
        value, _ = json_in(text)
        tables = tables_in(value, "machine_model", "chip_type", "physical_memory")
        return [(str(key).lower(), str(said)) for table in tables for key, said in table.items()]
    pairs = (_PAIR.match(line) for line in output_lines(text))
    return [(pair[1].strip().lower(), pair[2].strip()) for pair in pairs if pair]
