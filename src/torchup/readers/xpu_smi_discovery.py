"""``xpu-smi discovery``: Intel's cards, as a table, in full (``-d``), as JSON or as CSV.

Of a card, ``extra`` has ``function`` (``physical`` or ``virtual``), ``drm`` (its device file) and
``firmware`` where they are printed.
"""

from __future__ import annotations

import csv
import re
from typing import Any, Final

from torchup.model.makers import pci_id_of
from torchup.readers.hardware import json_in, maker_by_name, tables_in, unquoted, whole, why_nothing
from torchup.readers.reading import ReadGpu, Reading
from torchup.readers.texts import known, lines_of

KIND: Final = "xpu-smi-discovery"
_SIGN: Final = re.compile(
    r"\|\s{0,20}Device ID\s{0,20}\|\s{0,20}Device Information|PCI BDF Address|\"pci_bdf_address\""
    r"|\"device_function_type\"|No device discovered|Level Zero Initialization Error"
    r"|^Device ID,Device Name",
    re.IGNORECASE | re.MULTILINE,
)
_ROW: Final = re.compile(r"^\s*[|│]([^|│]{0,40})[|│](.*?)[|│]?\s*$")
_PAIR: Final = re.compile(r"^\s*([^:]{1,60}):\s?(.*)$")
_DEVICE: Final = re.compile(r"\[0x([0-9a-f]{4})\]", re.IGNORECASE)
_HEX: Final = re.compile(r"^(?:0x)?([0-9a-f]{1,4})$", re.IGNORECASE)
_MEMORY: Final = re.compile(r"^(\d{1,9})(?:\.\d{1,9})?\s*(MiB|GiB|MB|GB|bytes|B)?$", re.IGNORECASE)
_NOTHING: Final = re.compile(
    r"No device discovered|no devices? (?:was |were )?found", re.IGNORECASE
)
_FAILED: Final = re.compile(r"Level Zero Initialization Error|failed to init", re.IGNORECASE)
_MIB: Final = 1024 * 1024
_JSON_KEYS: Final = {
    "device_name": "device name",
    "vendor_name": "vendor name",
    "pci_device_id": "pci device id",
    "pci_bdf_address": "pci bdf address",
    "device_function_type": "function type",
    "drm_device": "drm device",
    "driver_version": "driver version",
    "gfx_firmware_version": "gfx firmware version",
    "uuid": "uuid",
}


def matches(text: str) -> bool:
    """Tell whether a text is of this kind."""
    text = unquoted(text)
    return _SIGN.search(text[:100_000]) is not None


def read(text: str) -> Reading:
    """Read it."""
    text = unquoted(text)
    value, cut = json_in(text) if '"device_' in text[:100_000] else (None, False)
    devices = _from_json(value)
    if not devices:
        lines = lines_of(text)
        devices = _from_table(lines) or _from_csv(lines)
        cut = _is_cut(lines)
    if devices:
        cards = tuple(_card(device) for device in devices)
        return Reading(kind=KIND, state="truncated" if cut else "ok", gpus=cards)
    head = text[:20_000]
    if _FAILED.search(head):
        return Reading(kind=KIND, state="level-zero-error")
    empty = isinstance(value, dict) and value.get("device_list") == []
    if empty or _NOTHING.search(head):
        return Reading(kind=KIND, state="no-gpu", gpus=())
    return Reading(kind=KIND, state=why_nothing(text))


def _is_cut(lines: list[str]) -> bool:
    """Tell whether a framed table lacks its last frame line."""
    filled = [line.strip() for line in lines if line.strip()[:1] in {"|", "+"}]
    return bool(filled) and filled[0].startswith("+") and not filled[-1].startswith("+")


def _from_json(value: object) -> list[dict[str, str]]:
    devices = []
    for table in tables_in(value, "device_name", "pci_bdf_address"):
        said = {
            name: _text(table[key])
            for key, name in _JSON_KEYS.items()
            if table.get(key) is not None
        }
        said["index"] = _text(table.get("device_id"))
        size = whole(table.get("memory_physical_size_byte"))
        if size is not None:
            said["memory physical size"] = f"{size // _MIB} MiB" if size > 0 else ""
        devices.append(said)
    return devices


def _text(value: Any) -> str:  # noqa: ANN401 - whatever JSON holds
    return str(value).strip() if isinstance(value, (str, int, float)) else ""


def _from_table(lines: list[str]) -> list[dict[str, str]]:
    devices: list[dict[str, str]] = []
    for line in lines:
        row = _ROW.match(line) if len(line) < 1000 else None  # noqa: PLR2004 - no table is wider
        if row is None:
            continue
        index, pair = whole(row[1]), _PAIR.match(row[2].strip())
        if index is not None:
            devices.append({"index": str(index)})
        if pair and devices:
            devices[-1].setdefault(pair[1].strip().lower(), pair[2].strip())
    return [device for device in devices if device.keys() - {"index"}]


def _from_csv(lines: list[str]) -> list[dict[str, str]]:
    heads: list[str] = []
    devices = []
    for line in lines:
        fields = _fields(line)
        if "device id" in [field.lower() for field in fields]:
            heads = [field.lower() for field in fields]
        elif heads and len(fields) == len(heads):
            said = dict(zip(heads, fields, strict=True))
            said["index"] = said.get("device id", "")
            devices.append(said)
    return devices


def _fields(line: str) -> list[str]:
    if "," not in line or len(line) > 4000:  # noqa: PLR2004 - no row is wider
        return []
    try:
        return [field.strip() for field in next(csv.reader([line]), [])]
    except csv.Error:
        return []


def _card(said: dict[str, str]) -> ReadGpu:
    name = known(said.get("device name"))
    device = _HEX.match(said.get("pci device id", "")) or _DEVICE.search(name or "")
    memory = _mib(said.get("memory physical size"))
    extra = {
        "function": known(said.get("function type")),
        "drm": known(said.get("drm device")),
        "firmware": known(said.get("gfx firmware version")),
    }
    return ReadGpu(
        index=whole(said.get("index")),
        name=name,
        vendor=maker_by_name(said.get("vendor name"), name) or known(said.get("vendor name")),
        pci_id=pci_id_of("intel", device[1]) if device else None,
        bus_id=known(said.get("pci bdf address")),
        uuid=known(said.get("uuid") or said.get("soc uuid")),
        memory_mib=memory,
        driver=known(said.get("driver version")),
        extra={key: value for key, value in extra.items() if value},
    )


def _mib(text: str | None) -> int | None:
    found = _MEMORY.match((text or "").strip())
    if found is None:
        return None
    unit = (found[2] or "MiB").lower()
    size = int(found[1])
    if unit in {"b", "bytes"}:
        size //= _MIB
    elif unit.startswith("g"):
        size *= 1024
    return size or None
