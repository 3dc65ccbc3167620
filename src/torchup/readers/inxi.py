"""``inxi -G`` and ``-F``: cards with their drivers; of ``-F`` also the system and the processor.

Of a card, ``extra`` has ``kernel_driver``. Facts: ``system``, ``kernel``, ``cpu``.
"""

from __future__ import annotations

import re
from typing import Any, Final

from torchup.readers.hardware import maker_by_name, unquoted, why_nothing
from torchup.readers.pasted import output_lines
from torchup.readers.product import product_in
from torchup.readers.reading import ReadGpu, Reading

KIND: Final = "inxi"
_SIGN: Final = re.compile(
    r"^[ \t>]{0,12}(?:Graphics:\s{0,8})?(?:Device|Card)-\d{1,2}: .{2,160} driver: ", re.MULTILINE
)
_DEVICE: Final = re.compile(r"^\s{0,12}(?:Graphics:\s{0,8})?(?:Device|Card)-\d{1,2}: (\S.{0,400})$")
_SECTION: Final = re.compile(
    r"^\s{0,4}(System|Machine|Battery|CPU|Graphics|Audio|Network|Drives|RAID):(?:\s|$)"
)
_KEY: Final = re.compile(r"\s([A-Za-z][\w-]{0,20}): ")
_NUMBER: Final = re.compile(r"^\d{3}\.\d{1,3}(?:\.\d{1,3})?$")
_BUS: Final = re.compile(r"^(?:[0-9a-f]{4}:)?[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]$")
_IDS: Final = re.compile(r"^[0-9a-f]{4}:[0-9a-f]{4}$")
_KERNEL: Final = re.compile(r"\bKernel: (\d[\w.+~-]{2,80}) (?:arch: )?(x86_64|aarch64)?")
_DISTRO: Final = re.compile(r"\bDistro: (\S.{1,60}?)(?= [A-Za-z]\w{1,20}: |$)")
_CPU: Final = re.compile(r"\bmodel: (\S.{1,80}?)(?= [A-Za-z]\w{1,20}: |$)")


def matches(text: str) -> bool:
    """Tell whether a text is of this kind."""
    return _SIGN.search(unquoted(text)[:200_000]) is not None


def read(text: str) -> Reading:
    """Read it."""
    text = unquoted(text)
    if _SIGN.search(text[:200_000]) is None:
        return Reading(kind=KIND, state=why_nothing(text))
    cards: list[ReadGpu] = []
    section, current = "", ""
    sections: dict[str, str] = {}
    for line in output_lines(text):
        head = _SECTION.match(line)
        section = head[1] if head else section
        sections[section] = f"{sections.get(section, '')} {line.strip()}"[:4_000]
        device = _DEVICE.match(line) if section in {"", "Graphics"} else None
        if device:
            cards += _cards(current)
            current = device[1]
        elif current and re.match(r"^\s{1,12}(?:Display|OpenGL|API|Monitor)", line):
            cards += _cards(current)
            current = ""
        elif current and section == "Graphics":
            current = f"{current} {line.strip()}"[:1_000]
    cards += _cards(current)
    drivers = {card.driver for card in cards if card.driver}
    number = drivers.pop() if len(drivers) == 1 else None
    return Reading(kind=KIND, gpus=tuple(cards) or None, driver=number, **_system(sections))


def _cards(said: str) -> list[ReadGpu]:
    """Read a card's values: the name first, then ``key: value`` without an end."""
    parts = _KEY.split(f"{said} ")
    name = parts[0].strip()
    values: dict[str, str] = {}
    for key, value in zip(parts[1::2], parts[2::2], strict=False):
        values.setdefault(key, value.strip())
    maker = maker_by_name(name, values.get("vendor"))
    if not name or maker is None:
        return []
    version, bus, ids = values.get("v", ""), values.get("bus-ID", ""), values.get("chip-ID", "")
    own = maker == "nvidia" and values.get("driver") == "nvidia" and _NUMBER.match(version)
    return [
        ReadGpu(
            name=product_in(name),
            vendor=maker,
            pci_id=ids if _IDS.match(ids) else None,
            bus_id=bus if _BUS.match(bus) else None,
            driver=version if own else None,
            extra={"kernel_driver": values["driver"]} if values.get("driver") else {},
        )
    ]


def _system(sections: dict[str, str]) -> dict[str, Any]:
    said = sections.get("System", "")
    kernel, distro = _KERNEL.search(said), _DISTRO.search(said)
    cpu = _CPU.search(sections.get("CPU", ""))
    return {
        "os": distro[1].strip() if distro else None,
        "arch": kernel[2] if kernel else None,
        "facts": {
            "system": "linux",
            "kernel": kernel[1] if kernel else None,
            "cpu": cpu[1].strip() if cpu else None,
        },
    }
