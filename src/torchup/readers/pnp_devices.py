"""``Get-PnpDevice -Class Display``, ``pnputil /enum-devices``: Windows' display devices.

Of a card, ``extra`` has ``status`` and ``stand_in``, as in Windows' own list of display chips.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Final

from torchup.model.makers import maker_of_pci
from torchup.readers.hardware import is_stand_in, maker_by_name, unquoted, why_nothing
from torchup.readers.pasted import output_lines
from torchup.readers.reading import ReadGpu, Reading
from torchup.readers.windows_devices import device_in

KIND: Final = "pnp-devices"
_PLACE: Final = re.compile(
    r"^[^:\uff1a\n]{2,30}[:\uff1a]\s{1,40}(PCI\\VEN_[0-9A-F]{4}&DEV_[0-9A-F]{4}\S{0,120})$"
)
_AFTER: Final = re.compile(r"^[^:\uff1a\n]{2,30}[:\uff1a]\s{1,40}(\S.{0,120})$")
_PNPUTIL: Final = re.compile(r"^Microsoft PnP ", re.MULTILINE)
"""``pnputil /enum-devices /class Display``, whose words are in Windows' language."""
_SIGN: Final = re.compile(
    r"^Microsoft PnP |^Status\s{1,12}Class\s{1,20}FriendlyName"
    r"|^(?:FriendlyName|InstanceId)\s{1,20}:",
    re.MULTILINE,
)
_ROW: Final = re.compile(
    r"^\s{0,4}(OK|Error|Unknown|Degraded)\s{1,12}(Display)\s{1,30}(\S.{0,120}?)"
    r"(?:\s{1,200}([A-Z]{2,8}\\\S{1,200}))?$"
)
_PAIR: Final = re.compile(r"^(FriendlyName|InstanceId|Status|Class)\s{1,20}:\s{0,4}(\S.{0,200})$")
_VIRTUAL: Final = re.compile(r"^(?:ROOT|SWD|USB|VMBUS)\\", re.IGNORECASE)


def matches(text: str) -> bool:
    """Tell whether a text is of this kind."""
    return _SIGN.search(unquoted(text)[:200_000]) is not None


def read(text: str) -> Reading:
    """Read it. A place that PowerShell cut off may still have the maker and the chip."""
    text = unquoted(text)
    if _SIGN.search(text[:200_000]) is None:
        return Reading(kind=KIND, state=why_nothing(text))
    records = _enumerated(text) if _PNPUTIL.search(text[:200_000]) else [{}]
    for line in output_lines(text):
        row, pair = _ROW.match(line), _PAIR.match(line)
        if row:
            names = ("Status", "Class", "FriendlyName", "InstanceId")
            records.append({key: row[at] or "" for at, key in enumerate(names, 1)})
        elif pair:
            if pair[1] in records[-1]:
                records.append({})
            records[-1][pair[1]] = pair[2].strip()
    cards = [card for record in records if (card := _card(record)) is not None]
    return Reading(kind=KIND, gpus=tuple(cards) or None, os="windows")


def _enumerated(text: str) -> list[dict[str, str]]:
    """Read ``pnputil``: a place, and the line after it with what stands there."""
    records: list[dict[str, str]] = [{}]
    lines = output_lines(text)
    for line, after in pairwise(lines):
        place, name = _PLACE.match(line.strip()), _AFTER.match(after.strip())
        if place:
            records.append({"InstanceId": place[1], "FriendlyName": name[1] if name else ""})
    return records


def _card(record: dict[str, str]) -> ReadGpu | None:
    name, place = record.get("FriendlyName", ""), record.get("InstanceId", "")
    ids = device_in(place)
    vendor = maker_of_pci(ids.maker if ids else None) or maker_by_name(name)
    if vendor is None or _VIRTUAL.match(place) or record.get("Class", "Display") != "Display":
        return None
    stand_in = name if ids and is_stand_in(name) else None
    extra = {"status": record.get("Status"), "stand_in": stand_in}
    return ReadGpu(
        name=None if stand_in else name or None,
        truncated=name.endswith(("...", "\u2026")),
        vendor=vendor,
        pci_id=ids.pci_id if ids else None,
        subsystem=ids.subsystem if ids else None,
        extra={key: value for key, value in extra.items() if value},
    )
