"""``rocm-smi --json``: AMD's cards, with as many values as were asked for.

Of a card, ``extra`` has ``sku``, ``model`` and ``vbios`` where they are printed.
"""

from __future__ import annotations

import re
from typing import Any, Final

from torchup.model.makers import pci_id_of
from torchup.readers.hardware import (
    amd_family,
    json_in,
    maker_by_name,
    unquoted,
    whole,
    why_nothing,
)
from torchup.readers.reading import ReadGpu, Reading
from torchup.readers.texts import known, version

KIND: Final = "rocm-smi-json"
_SIGN: Final = re.compile(r'"card\d{1,4}"\s{0,20}:\s{0,20}\{')
_SYSTEM: Final = re.compile(r'"Driver version"\s{0,20}:', re.IGNORECASE)
_CARD: Final = re.compile(r"^card(\d{1,4})$")
_DEVICE: Final = re.compile(r"^(?:0x)?([0-9a-f]{4})$")
_MIB: Final = 1024 * 1024


def matches(text: str) -> bool:
    """Tell whether a text is of this kind."""
    text = unquoted(text)
    head = text[:100_000]
    return _SIGN.search(head) is not None or (
        _SYSTEM.search(head) is not None and '"system"' in head
    )


def read(text: str) -> Reading:
    """Read it. The architecture is known where the program prints a GFX version."""
    text = unquoted(text)
    value, cut = json_in(text)
    if not isinstance(value, dict):
        return Reading(kind=KIND, state=why_nothing(text))
    system = value.get("system")
    said = _lowered(system) if isinstance(system, dict) else {}
    cards = [
        (int(found[1]), _lowered(card))
        for name, card in value.items()
        if (found := _CARD.match(name)) and isinstance(card, dict)
    ]
    if not cards and not said:
        return Reading(kind=KIND, state="unreadable")
    driver = said.get("driver version") or next(
        (card["driver version"] for _, card in cards if card.get("driver version")), None
    )
    asked = bool(cards)  # The system alone was asked for: that says nothing about cards.
    return Reading(
        kind=KIND,
        state="truncated" if cut else "ok",
        gpus=tuple(card_of(at, card) for at, card in cards) if asked else None,
        driver=version(driver) or known(driver),
    )


def _lowered(table: dict[Any, Any]) -> dict[str, str]:
    """Newer versions write other letters large: ``Card series``, ``Card Series``."""
    return {
        str(key).strip().rstrip(":").lower(): str(value).strip()
        for key, value in table.items()
        if isinstance(value, (str, int, float))
    }


def card_of(at: int, said: dict[str, str]) -> ReadGpu:
    """Read one card's values by their names in small letters."""
    series = _named(said.get("card series"))
    model = known(said.get("card model"))
    name = _named(said.get("device name")) or series or _named(model)
    number = next(
        (found for key in ("device id", "gpu id") if (found := _device(said.get(key)))), None
    )
    if number is None and ("subsystem id" in said or "gfx version" in said):
        # Since ROCm 6 the model is the device; before, it was the board.
        number = _device(model)
    if number is None:
        number = _device(said.get("card series")) or _device(said.get("device name"))
    memory = whole(said.get("vram total memory (b)"))
    extra = {
        "sku": known(said.get("card sku")),
        "model": model,
        "vbios": known(said.get("vbios version")),
    }
    return ReadGpu(
        index=at,
        name=name,
        vendor=maker_by_name(said.get("card vendor")) or "amd",
        arch=amd_family(said.get("gfx version") or said.get("target graphics version")),
        pci_id=pci_id_of("amd", number) if number else None,
        bus_id=known(said.get("pci bus")),
        uuid=known(said.get("unique id")),
        memory_mib=memory // _MIB if memory and memory > 0 else None,
        extra={key: value for key, value in extra.items() if value},
    )


def _device(text: str | None) -> str | None:
    found = _DEVICE.match((text or "").strip().lower())
    return found[1] if found else None


def _named(text: str | None) -> str | None:
    plain = known(text)
    return None if plain is None or plain.lower().startswith("0x") else plain
