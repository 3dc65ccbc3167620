"""``rocm-smi``, as a table or as a line for each value (``-a``, ``--showproductname``).

Of a card, ``extra`` has ``model``, ``sku`` and ``vbios`` where they are printed.
"""

from __future__ import annotations

import re
from typing import Final

from msgspec.structs import replace

from torchup.model.makers import pci_id_of
from torchup.readers.hardware import unquoted, why_nothing
from torchup.readers.reading import ReadGpu, Reading
from torchup.readers.rocm_smi_json import card_of
from torchup.readers.texts import known, lines_of, version

KIND: Final = "rocm-smi"
_SIGN: Final = re.compile(
    r"ROCm System Management Interface|End of ROCm SMI Log|ROCm SMI Log"
    r"|GPU\[\d{1,4}\]\s{0,8}:\s{0,8}(?:GPU ID|Device ID|Device Name|Card [Ss]eries|VRAM Total|GUID)"
)
_VALUE: Final = re.compile(r"^\W{0,8}GPU\[(\d{1,4})\]\s*: ?([^:]{1,60}):\s*(\S.*)$")
_DRIVER: Final = re.compile(r"^\W{0,8}Driver version:\s*(\S{1,40})", re.IGNORECASE)
_HEADS: Final = re.compile(
    r"^\W{0,4}(?:Device|GPU)\s{1,12}(?:\[Model|Node|Temp|DID|\[|Power|AvgPwr)"
)
_MODEL_ROW: Final = re.compile(
    r"^\W{0,8}(\d{1,4})\s+\[(?:0x)?([0-9a-f]{4}) : ?(?:0x|x)?[0-9a-f]{1,4}\]", re.IGNORECASE
)
_ID_ROW: Final = re.compile(r"^\W{0,8}(\d{1,4})\s+\d{1,4}\s+0x([0-9a-f]{4}),", re.IGNORECASE)
_ROW: Final = re.compile(r"^\W{0,8}(\d{1,4})\s+(?:\d{1,3}(?:\.\d)?°?[cC]|N/A|None)")
_BARE_ID: Final = re.compile(r"^0x([0-9a-f]{4})$", re.IGNORECASE)
_OWN_BOARD: Final = re.compile(r"^(?:74[ab]|75[ab])[0-9a-f]$")
"""Boards that have their chip's number: AMD's own, of the Instinct MI300 series and later."""
_NAME_WIDTH: Final = 20
_NOTHING: Final = re.compile(r"No AMD GPUs specified|No GPUs? (?:found|detected)", re.IGNORECASE)
_NO_DRIVER: Final = re.compile(r"not found in modules|Driver not initialized", re.IGNORECASE)


def matches(text: str) -> bool:
    """Tell whether a text is of this kind."""
    text = unquoted(text)
    head = text[:100_000]
    return _SIGN.search(head) is not None or _NO_DRIVER.search(head[:4_000]) is not None


def read(text: str) -> Reading:
    """Read it. The table's model is the board's number, and only sometimes the chip's."""
    text = unquoted(text)
    lines = lines_of(text)
    cards, driver = _cards(lines)
    if cards:
        state = "ok" if _whole(lines) else "truncated"
        return Reading(kind=KIND, state=state, gpus=tuple(cards), driver=driver)
    head = text[:20_000]
    if _NO_DRIVER.search(head):
        return Reading(kind=KIND, state="driver-not-loaded", driver=driver)
    if _NOTHING.search(head):
        return Reading(kind=KIND, state="no-gpu", gpus=(), driver=driver)
    said = driver is not None or _SIGN.search(head) is not None
    return Reading(kind=KIND, state="ok" if driver else _empty(text, said=said), driver=driver)


def _empty(text: str, *, said: bool) -> str:
    why = why_nothing(text)
    return "truncated" if said and why == "unreadable" else why


def _whole(lines: list[str]) -> bool:
    """Tell whether the end is there, where the beginning is; a rule ends a table."""
    begun = any("System Management Interface" in line for line in lines)
    last = next((line for line in reversed(lines) if line.strip()), "")
    return not begun or "====" in last or any("End of ROCm SMI" in line for line in lines)


def _cards(lines: list[str]) -> tuple[list[ReadGpu], str | None]:
    rows: dict[int, ReadGpu] = {}
    values: dict[int, dict[str, str]] = {}
    driver: str | None = None
    last: int | None = None
    table = False
    for line in lines:
        value, said = _VALUE.match(line), _DRIVER.match(line)
        if value:
            values.setdefault(int(value[1]), {}).setdefault(
                value[2].strip().lower(), value[3].strip()
            )
        elif said:
            driver = driver or version(said[1]) or known(said[1])
        elif _HEADS.match(line):
            table, last = True, None
        elif table and (row := _row(line)):
            last = row.index
            if last is not None:
                rows.setdefault(last, row)
        elif last is not None and line.strip():
            if "====" not in line:
                rows[last] = _with_name(rows[last], line.strip())
            last = None
    return _together(rows, values), driver


def _row(line: str) -> ReadGpu | None:
    model, ids, plain = _MODEL_ROW.match(line), _ID_ROW.match(line), _ROW.match(line)
    if model:
        number = model[2].lower()
        known_chip = pci_id_of("amd", number) if _OWN_BOARD.match(number) else None
        extra = {"model": f"0x{number}"}
        return ReadGpu(index=int(model[1]), vendor="amd", pci_id=known_chip, extra=extra)
    if ids:
        return ReadGpu(index=int(ids[1]), vendor="amd", pci_id=pci_id_of("amd", ids[2]))
    return ReadGpu(index=int(plain[1]), vendor="amd") if plain else None


def _with_name(card: ReadGpu, line: str) -> ReadGpu:
    number = _BARE_ID.match(line)
    if number:
        return replace(card, pci_id=pci_id_of("amd", number[1]))
    # The program cuts names off after twenty characters.
    return replace(card, name=known(line), truncated=len(line) >= _NAME_WIDTH or "(" in line[-2:])


def _together(rows: dict[int, ReadGpu], values: dict[int, dict[str, str]]) -> list[ReadGpu]:
    """Join a card's row and its lines; the lines say more."""
    cards = []
    for at in sorted(rows.keys() | values.keys()):
        row = rows.get(at)
        if at not in values:
            cards.extend([row] if row else [])
            continue
        card = card_of(at, values[at])
        if row is not None:
            card = replace(card, name=card.name or row.name, pci_id=card.pci_id or row.pci_id)
        cards.append(card)
    return cards
