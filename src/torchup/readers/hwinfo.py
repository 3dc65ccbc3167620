"""``hwinfo --gfxcard``. Of a card, ``extra`` has ``kernel_driver``, where one has taken it."""

from __future__ import annotations

import re
from typing import Final

from torchup.model.makers import maker_of_pci
from torchup.readers.hardware import unquoted, why_nothing
from torchup.readers.pasted import output_lines
from torchup.readers.product import product_in
from torchup.readers.reading import ReadGpu, Reading

KIND: Final = "hwinfo"
_HEAD: Final = re.compile(r"^\s{0,8}\d{1,4}: (PCI|None) \S{1,20}: (\S.{0,120})$")
_DISPLAY: Final = re.compile(r"^03[0-9a-f]{2} |VGA compatible|Display controller|3D controller")
_SIGN: Final = re.compile(
    r"^[ \t>]{0,8}\d{1,4}: PCI \S{1,20}: 03[0-9a-f]{2} |^\s{1,8}Vendor: pci 0x[0-9a-f]{4}",
    re.MULTILINE,
)
_VENDOR: Final = re.compile(r"^\s{1,12}Vendor: pci 0x([0-9a-f]{4})", re.IGNORECASE)
_DEVICE: Final = re.compile(
    r"^\s{1,12}Device: pci 0x([0-9a-f]{4})(?: \"(.{1,200})\")?", re.IGNORECASE
)
_BOARD: Final = re.compile(r"^\s{1,12}Sub(Vendor|Device): pci 0x([0-9a-f]{4})", re.IGNORECASE)
_BUS: Final = re.compile(r"^\s{1,12}SysFS BusID: ([0-9a-f:.]{7,16})$", re.IGNORECASE)
_DRIVER: Final = re.compile(r"^\s{1,12}Driver: \"([\w-]{1,40})\"")


def matches(text: str) -> bool:
    """Tell whether a text is of this kind."""
    return _SIGN.search(unquoted(text)[:300_000]) is not None


def read(text: str) -> Reading:
    """Read it."""
    text = unquoted(text)
    if _SIGN.search(text[:300_000]) is None:
        return Reading(kind=KIND, state=why_nothing(text))
    records: list[dict[str, str]] = []
    inside = True
    for line in output_lines(text):
        head = _HEAD.match(line)
        if head:
            inside = _DISPLAY.search(head[2]) is not None
            records += [{}] if inside else []
        elif inside:
            records += [] if records else [{}]
            _take(records[-1], line)
    cards = [card for record in records if (card := _card(record)) is not None]
    return Reading(kind=KIND, state="ok" if cards else "no-gpu", gpus=tuple(cards))


def _take(record: dict[str, str], line: str) -> None:
    vendor, device, board = _VENDOR.match(line), _DEVICE.match(line), _BOARD.match(line)
    bus, driver = _BUS.match(line), _DRIVER.match(line)
    if vendor:
        record.setdefault("vendor", vendor[1].lower())
    elif device:
        record.setdefault("device", device[1].lower())
        record.setdefault("name", device[2] or "")
    elif board:
        record.setdefault(f"board {board[1].lower()}", board[2].lower())
    elif bus:
        record.setdefault("bus", bus[1])
    elif driver:
        record.setdefault("driver", driver[1])


def _card(record: dict[str, str]) -> ReadGpu | None:
    maker = maker_of_pci(record.get("vendor"))
    if maker is None:
        return None
    device, board = record.get("device"), record.get("board device")
    return ReadGpu(
        name=product_in(record.get("name", "")) or None,
        vendor=maker,
        pci_id=f"{record['vendor']}:{device}" if device else None,
        subsystem=f"{record.get('board vendor', '')}:{board}" if board else None,
        bus_id=record.get("bus"),
        extra={"kernel_driver": record["driver"]} if record.get("driver") else {},
    )
