"""``dxdiag``'s text: Windows' display devices, its version, processor and memory.

Of a card, ``extra`` has ``windows_driver_version`` and ``stand_in``, as in Windows' own list.
Facts: ``system``, ``release``, ``cpu``, ``cores``, ``ram_mib``.
"""

from __future__ import annotations

import re
from typing import Final

from torchup.model.drivers import driver_number
from torchup.model.makers import maker_of_pci
from torchup.readers.hardware import (
    is_stand_in,
    maker_by_name,
    unquoted,
    why_nothing,
)
from torchup.readers.pasted import output_lines
from torchup.readers.reading import ReadGpu, Reading
from torchup.readers.texts import known
from torchup.readers.windows_devices import device_in

KIND: Final = "dxdiag"
_SIGN: Final = re.compile(
    r"^\s{1,40}(?:Card name|Dedicated Memory|DirectX Version): ", re.MULTILINE
)
_PAIR: Final = re.compile(r"^\s{0,40}([A-Z][\w. -]{2,40}): (\S.{0,300})$")
_SIZE: Final = re.compile(r"^(\d{1,8}) ?MB")
_BUILD: Final = re.compile(r"\((\d{1,2}\.\d), Build (\d{4,6})\)")
_CPU: Final = re.compile(r"^(\S.{1,100}?)\s{1,8}\((\d{1,4}) CPUs\)")
_NAME: Final = re.compile(r"^(Windows .{1,40}?)(?: (?:64|32)-bit| \()")


def matches(text: str) -> bool:
    """Tell whether a text is of this kind."""
    return _SIGN.search(unquoted(text)[:300_000]) is not None


def read(text: str) -> Reading:
    """Read it. Virtual displays, which are on no bus, are left out."""
    text = unquoted(text)
    if _SIGN.search(text[:300_000]) is None:
        return Reading(kind=KIND, state=why_nothing(text))
    said: dict[str, str] = {}
    devices: list[dict[str, str]] = []
    for line in output_lines(text):
        pair = _PAIR.match(line)
        if pair is None:
            continue
        if pair[1] == "Card name":
            devices.append({})
        (devices[-1] if devices else said).setdefault(pair[1], pair[2].strip())
    cards = _once([card for device in devices if (card := _card(device)) is not None])
    return Reading(
        kind=KIND,
        gpus=tuple(cards) or None,
        os=_system(said),
        arch="x86_64" if "64-bit" in said.get("Operating System", "") else None,
        facts=_facts(said),
    )


def _system(said: dict[str, str]) -> str:
    name = _NAME.match(said.get("Operating System", ""))
    return name[1] if name else "windows"


def _facts(said: dict[str, str]) -> dict[str, object]:
    build = _BUILD.search(said.get("Operating System", ""))
    cpu = _CPU.match(said.get("Processor", ""))
    memory = _SIZE.match(said.get("Memory", ""))
    return {
        "system": "windows",
        "release": f"{build[1]}.{build[2]}" if build else None,
        "cpu": cpu[1] if cpu else None,
        "cores": int(cpu[2]) if cpu else None,
        "ram_mib": int(memory[1]) if memory else None,
    }


def _card(device: dict[str, str]) -> ReadGpu | None:
    ids = device_in(device.get("Device Key", "") or device.get("Device ID", ""))
    name = known(device.get("Card name"))
    vendor = maker_of_pci(ids.maker if ids else None) or maker_by_name(
        name, device.get("Manufacturer")
    )
    if vendor is None:
        return None
    windows = known(device.get("Driver Version"))
    number = driver_number(windows) if vendor == "nvidia" and windows else None
    memory = _SIZE.match(device.get("Dedicated Memory", ""))
    stand_in = name if ids and is_stand_in(name) else None
    extra = {"windows_driver_version": windows, "stand_in": stand_in}
    return ReadGpu(
        name=None if stand_in else name,
        vendor=vendor,
        pci_id=ids.pci_id if ids else None,
        subsystem=ids.subsystem if ids else None,
        memory_mib=int(memory[1]) or None if memory and vendor != "intel" else None,
        driver=number if number != windows else None,
        extra={key: value for key, value in extra.items() if value},
    )


def _once(cards: list[ReadGpu]) -> list[ReadGpu]:
    """Keep one of what stands there once for each monitor: the same card, with the same key."""
    kept: list[ReadGpu] = []
    for card in cards:
        if card not in kept:
            kept.append(card)
    return kept
