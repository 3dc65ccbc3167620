"""Windows' own list of display chips, ``Win32_VideoController``.

It reads what ``wmic`` prints (lists, tables, CSV) and what PowerShell prints (lists, tables, CSV,
JSON). Of a card, ``extra`` has ``adapter_ram_bytes``, ``windows_driver_version``, ``status`` and
``stand_in``, where Windows' own driver runs it: that driver's name, and the card's is unknown.
``facts["not_compute_gpus"]`` lists what nobody computes on, as ``{"name": ..., "text": ...}``.

Long: one list as two programs print it, in six notations that give the same cards.
"""

from __future__ import annotations

import csv
import html
import re
from itertools import pairwise
from typing import Any, Final

from torchup.model.drivers import driver_number
from torchup.model.makers import maker_of_pci
from torchup.readers.hardware import (
    is_stand_in,
    json_in,
    maker_by_name,
    unquoted,
    whole,
    why_nothing,
)
from torchup.readers.reading import ReadGpu, Reading
from torchup.readers.texts import known, lines_of
from torchup.readers.windows_devices import WindowsDevice, device_in
from torchup.readers.wmic_fields import KNOWN, TELLING

KIND: Final = "wmic-videocontroller"
_SIGN: Final = re.compile(
    r"AdapterRAM|AdapterCompatibility|VideoProcessor|VideoModeDescription|InstalledDisplayDrivers"
    r"|Win32_VideoController|VideoController\d|PNPDeviceID|DriverVersion",
    re.IGNORECASE,
)
_NAME: Final = re.compile(r"^\s{0,8}(?:Node,)?(?:Name|Caption|Description)\s*$")
_PROMPT: Final = re.compile(r"^(?:PS )?[A-Z]:\\[^>]{0,200}>")
_HASH: Final = re.compile(r"@\{([^{}]{1,4000})\}")
_PAIR: Final = re.compile(r"^\s{0,60}([A-Za-z_]{4,40})\s{0,60}([=:])\s?(.*)$")
_DASHES: Final = re.compile(r"-{2,}")
_WORD: Final = re.compile(r"\S+")
_VIRTUAL: Final = re.compile(r"^(?:ROOT|SWD|USB|VMBUS|UMB|HTREE|DISPLAY)\\", re.IGNORECASE)
_NOTHING: Final = re.compile(r"No Instance\(s\) Available|没有可用实例", re.IGNORECASE)
_CAPPED: Final = 2**32 - 4 * 2**20
"""A 32-bit field: what comes this near its end is a card with more."""
_MIB: Final = 2**20
_OTHERS: Final = re.compile(r"moore ?threads|\bMTT S\d|iluvatar|metax|hygon", re.IGNORECASE)
_JOINED: Final = frozenset({"pnpdeviceid"})
_DISPLAY: Final = re.compile(
    r"geforce|quadro|tesla|\b[rg]tx\b|titan|radeon|firepro|graphics|\biris\b|\barc\b", re.IGNORECASE
)
_PROCESSOR: Final = re.compile(r"\bCPU\b|Processor|Ryzen|\baudio\b", re.IGNORECASE)
_INDENT: Final = 8
_FEW: Final = 20
"""Lines that a list of names has at most."""
_MOST: Final = 50_000
"""Lines that are looked at."""


def matches(text: str) -> bool:
    """Tell whether a text is of this kind."""
    text = unquoted(text)
    head = text[:200_000]
    if _SIGN.search(head) is not None:
        return bool(_records(head))
    return _named_alone(lines_of(head.replace("\x00", "")))


def read(text: str) -> Reading:
    """Read it. The memory is None where the field can't hold it or a chip has none of its own."""
    text = unquoted(text)
    records = _records(text)
    if not records:
        nothing = _NOTHING.search(text[:4_000]) is not None
        state, gpus = ("no-gpu", ()) if nothing else (why_nothing(text), None)
        return Reading(kind=KIND, state=state, gpus=gpus, os="windows" if nothing else None)
    cards: list[ReadGpu] = []
    others: list[dict[str, Any]] = []
    for record in records:
        card = _card(record)
        if card.vendor is None:
            others.append({"name": card.name, "text": card.name, "pci_id": card.pci_id})
        else:
            cards.append(card)
    drivers = {card.driver for card in cards if card.driver}
    return Reading(
        kind=KIND,
        state="ok" if cards else "no-gpu",
        gpus=tuple(cards),
        driver=drivers.pop() if len(drivers) == 1 else None,
        os="windows",
        facts={"not_compute_gpus": others},
    )


def _records(text: str) -> list[dict[str, str]]:
    plain = _HASH.sub(lambda found: found[1].replace("; ", "\n"), text.replace("\x00", ""))
    lines = [line for line in lines_of(plain)[:_MOST] if not _PROMPT.match(line)]
    for found in (_from_list(lines), _from_json(text), _from_rows(lines)):
        records = [record for record in found if _tells(record)]
        if records:
            return records
    return []


def _named_alone(lines: list[str]) -> bool:
    """Tell whether a text is the column of names alone, and each of them a display chip's."""
    filled = [line.strip() for line in lines if line.strip() and not _PROMPT.match(line)]
    if not filled or len(filled) > _FEW or not _NAME.match(filled[0]):
        return False
    names = [line for line in filled[1:] if set(line) != {"-"}]
    shown = [name for name in names if _DISPLAY.search(name) and not _PROCESSOR.search(name)]
    return bool(names) and names == shown


def _tells(record: dict[str, str]) -> bool:
    """Tell whether a record says which display chip it is of."""
    keys = (
        "name",
        "caption",
        "description",
        "pnpdeviceid",
        "videoprocessor",
        "adaptercompatibility",
    )
    return any(record.get(key, "").strip() for key in keys)


def _from_json(text: str) -> list[dict[str, str]]:
    if '"' not in text:
        return []
    value, _ = json_in(text)
    tables = value if isinstance(value, list) else [value]
    return [
        {str(key).lower(): _plain(said) for key, said in table.items()}
        for table in tables
        if isinstance(table, dict) and {str(key).lower() for key in table} & TELLING
    ]


def _plain(value: object) -> str:
    return str(value).strip() if isinstance(value, (str, int, float)) else ""


def _from_list(lines: list[str]) -> list[dict[str, str]]:
    """Read ``Key=Value`` or ``Key : Value``; a key that comes again begins the next one."""
    records: list[dict[str, str]] = [{}]
    last = ""
    for line in lines:
        pair = _PAIR.match(line)
        key = pair[1].lower() if pair else ""
        if pair and key in KNOWN:
            if key in records[-1]:
                records.append({})
            records[-1][key] = html.unescape(pair[3].strip()[:4_000])
            last = key if pair[2] == ":" else ""
        elif last and line.startswith(" " * _INDENT) and len(line) < 500:  # noqa: PLR2004 - a console line
            # PowerShell breaks a long value at the window's edge.
            glue = "" if last in _JOINED else " "
            records[-1][last] = f"{records[-1][last]}{glue}{line.strip()}"[:8_000]
        elif line.strip():
            last = ""
    return records if any(record.keys() & TELLING for record in records) else []


def _from_rows(lines: list[str]) -> list[dict[str, str]]:
    """Read a table, by its columns or by its separators."""
    for at, line in enumerate(lines):
        if len(line) > 4_000 or not (_SIGN.search(line) or _NAME.match(line)):  # noqa: PLR2004 - all names are shorter
            continue
        for separator in ",;\t":
            heads = [head.strip().strip('"').lower() for head in line.split(separator)]
            if len(heads) > 1 and 2 * len(set(heads) & KNOWN) > len(heads):
                return _from_csv(heads, separator, lines[at + 1 :])
        words = [word.lower() for word in line.split()]
        if words and set(words) <= KNOWN:
            return _from_columns(line, lines[at + 1 :])
    return []


def _from_csv(heads: list[str], separator: str, lines: list[str]) -> list[dict[str, str]]:
    records = []
    for line in lines:
        fields = _fields(line, separator)
        # wmic quotes nothing: a comma within a value is followed by a space.
        while len(fields) > len(heads):
            at = next((at for at, field in enumerate(fields) if at and field[:1] == " "), None)
            if at is None:
                break
            fields[at - 1 : at + 1] = [f"{fields[at - 1]}{separator}{fields[at]}"]
        if len(fields) > 1 or len(heads) == 1:
            said = zip(heads, fields, strict=False)
            records.append({head: html.unescape(field.strip()) for head, field in said})
    return records


def _fields(line: str, separator: str) -> list[str]:
    if not line.strip() or len(line) > 20_000:  # noqa: PLR2004 - all values are shorter
        return []
    if '"' not in line:
        return line.split(separator)[:200]
    try:
        return next(csv.reader([line], delimiter=separator), [])[:200]
    except csv.Error:
        return []


def _from_columns(heading: str, lines: list[str]) -> list[dict[str, str]]:
    heads = [(found.start(), found[0].lower()) for found in _WORD.finditer(heading)]
    if lines and set(lines[0].strip()) == set("- ") | {"-"}:
        # PowerShell sets numbers to the right: only the dashes show where a column is.
        starts = [found.start() for found in _DASHES.finditer(lines[0])]
        if len(starts) == len(heads):
            heads = list(zip(starts, [head for _, head in heads], strict=True))
        lines = lines[1:]
    elif lines and lines[0].strip() and set(lines[0].strip()) == {"-"}:
        lines = lines[1:]
    records = []
    for line in lines:
        if not line.strip() or len(line) > 20_000:  # noqa: PLR2004 - no row is wider
            continue
        cuts = [0, *(_cut(line, start) for start, _ in heads[1:]), len(line)]
        cells = [line[begin:end].strip() for begin, end in pairwise(cuts)]
        records.append({head: cell for (_, head), cell in zip(heads, cells, strict=True)})
    return records


def _cut(line: str, start: int) -> int:
    """Move a column's start back to the beginning of a word that reaches over it."""
    if start >= len(line) or start == 0 or line[start - 1] == " ":
        return min(start, len(line))
    return line.rfind(" ", 0, start) + 1 or start


def _card(record: dict[str, str]) -> ReadGpu:
    name = next(
        (
            said
            for key in ("name", "caption", "description", "videoprocessor")
            if (said := known(record.get(key)))
        ),
        None,
    )
    place = record.get("pnpdeviceid", "").strip()
    ids = device_in(place)
    vendor = _vendor(record, name, place, ids)
    windows = known(record.get("driverversion"))
    number = driver_number(windows) if vendor == "nvidia" and windows else None
    memory = whole(record.get("adapterram", "").replace(",", ""))
    if memory is not None and -(2**31) <= memory < 0:
        memory += 2**32  # Some programs print the field with a sign.
    extra = {
        "adapter_ram_bytes": memory,
        "windows_driver_version": windows,
        "status": known(record.get("status")),
        "stand_in": name if ids and is_stand_in(name) else None,
    }
    own = vendor != "intel" and memory is not None and 0 < memory < _CAPPED
    return ReadGpu(
        name=None if extra["stand_in"] else name,
        truncated=bool(name) and (name or "").endswith(("...", "…")),
        vendor=vendor,
        pci_id=ids.pci_id if ids else None,
        subsystem=ids.subsystem if ids else None,
        memory_mib=memory // _MIB or None if own and memory else None,
        driver=number if number != windows else None,
        extra={key: value for key, value in extra.items() if value is not None},
    )


def _vendor(
    record: dict[str, str], name: str | None, place: str, ids: WindowsDevice | None
) -> str | None:
    """Name the maker; None for what is no card: remote displays, a server's own chip."""
    if _VIRTUAL.match(place):
        return None
    maker = known(record.get("adaptercompatibility"))
    found = maker_of_pci(ids.maker if ids else None) or maker_by_name(name, maker)
    if found is None and _OTHERS.search(f"{maker} {name}"[:300]):
        return maker or name
    return found
