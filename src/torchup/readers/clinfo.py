"""``clinfo``: the platforms and devices that OpenCL finds.

It reads the table, ``--raw``, ``--json`` and ``-l``, and AMD's older program of that name.
``facts`` has ``platforms``, their names, and ``devices``, all of them with ``name`` and ``vendor``
as printed; only those that aren't processors are cards too. Of a card, ``extra`` has
``platform``, ``driver_version`` and ``device_type``.

Long: one program in four notations, and another of the same name.
"""

from __future__ import annotations

import re
from typing import Any, Final

from msgspec import Struct

from torchup.model.makers import pci_id_of
from torchup.readers.hardware import (
    amd_family,
    json_in,
    maker_by_name,
    tables_in,
    unquoted,
    whole,
    why_nothing,
)
from torchup.readers.reading import ReadGpu, Reading
from torchup.readers.texts import known, lines_of

KIND: Final = "clinfo"
_SIGN: Final = re.compile(
    r"^\W{0,4}(?:Number of platforms|Platform Name|#PLATFORMS)\b|CL_PLATFORM_NAME|CL_DEVICE_NAME"
    r"|^\W{0,4}Platform #\d{1,3}: ",
    re.MULTILINE | re.IGNORECASE,
)
_TAG: Final = re.compile(r"^\s*\[[^\]]{1,40}\]\s*")
_MARKS: Final = re.compile(r"[()_]+")
_LISTED: Final = re.compile(r"^\W{0,12}(Platform|Device) #\d{1,3}: ?(.*)$")
_ADDRESS: Final = re.compile(
    r"((?:[0-9a-f]{4,8}:)?[0-9a-f]{2}:[0-9a-f]{2}\.[0-7])(?![0-9a-f])", re.IGNORECASE
)
_BDF: Final = re.compile(r"B#(\d{1,3}), D#(\d{1,3}), F#(\d)")
_SIZE: Final = re.compile(r"^(\d{1,18})(?!\S)")
_CAPABILITY: Final = re.compile(r"^(\d{1,2}\.\d{1,2})$")
_ZERO: Final = re.compile(
    r"Number of platforms[:\s]{1,80}0\s*$|#PLATFORMS\s{1,80}0\s*$", re.MULTILINE
)
_END: Final = "NULL platform behavior"
_MIB: Final = 1024 * 1024
_MOST: Final = 100_000
"""Lines that are looked at."""
_NVIDIA_DRIVER: Final = re.compile(r"^\d{3}(?:\.\d{1,3}){1,2}$")


class _Device(Struct, kw_only=True):
    """One device's values under plain names: ``device board name amd``."""

    platform: str | None
    values: dict[str, str] = {}


def matches(text: str) -> bool:
    """Tell whether a text is of this kind."""
    text = unquoted(text)
    return _SIGN.search(text[:100_000]) is not None


def read(text: str) -> Reading:
    """Read it."""
    text = unquoted(text)
    platforms, devices, cut = _parsed(text)
    if not platforms and not devices:
        if _ZERO.search(text[:20_000]):
            return Reading(kind=KIND, state="no-platform", facts=_facts([], []))
        return Reading(kind=KIND, state=why_nothing(text))
    cards = _cards(devices)
    drivers = {card.driver for card in cards if card.driver}
    state = "ok" if cards else "no-gpu"
    return Reading(
        kind=KIND,
        state="truncated" if cut else state,
        gpus=cards,
        driver=drivers.pop() if len(drivers) == 1 else None,
        facts=_facts(platforms, devices),
    )


def _facts(platforms: list[str], devices: list[_Device]) -> dict[str, Any]:
    return {
        "platforms": platforms,
        "devices": [{"name": _name(each), "vendor": _vendor(each)} for each in devices],
    }


def _parsed(text: str) -> tuple[list[str], list[_Device], bool]:
    if '"CL_' in text[:200_000]:
        value, cut = json_in(text)
        if isinstance(value, dict):
            return (*_from_json(value), cut)
    return (*_from_lines(lines_of(text)[:_MOST]), False)


def _from_json(value: dict[str, Any]) -> tuple[list[str], list[_Device]]:
    platforms = [str(table["CL_PLATFORM_NAME"]) for table in tables_in(value, "CL_PLATFORM_NAME")]
    devices = []
    groups = value.get("devices")
    for at, group in enumerate(groups if isinstance(groups, list) else []):
        platform = platforms[at] if at < len(platforms) else None
        for table in tables_in(group, "CL_DEVICE_NAME"):
            values = {_key(str(key)): _said(said) for key, said in table.items()}
            devices.append(_Device(platform=platform, values=values))
    return platforms, devices


def _said(value: object) -> str:
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, dict):
        return _said(value.get("type") or value.get("raw") or "")
    if isinstance(value, list):
        return " ".join(str(part) for part in value[:20])
    return str(value).strip() if isinstance(value, (str, int, float)) else ""


def _key(text: str) -> str:
    """Write ``CL_DEVICE_BOARD_NAME_AMD`` and ``Device Board Name (AMD)`` alike."""
    plain = " ".join(_MARKS.sub(" ", text.strip().rstrip(":")).split()).lower()
    return plain.removeprefix("cl ")


def _pair(line: str) -> tuple[str, str]:
    plain = _TAG.sub("", line.replace("\t", "  "), count=1).strip()
    key, _, value = plain.partition("  ")
    if not value:
        key, _, value = plain.partition(": ")
    return _key(key), value.strip()


def _from_lines(lines: list[str]) -> tuple[list[str], list[_Device]]:
    platforms: dict[str, None] = {}
    devices: list[_Device] = []
    platform: str | None = None
    here: _Device | None = None
    for line in lines:
        if _END in line:
            break
        listed = _LISTED.match(line)
        key, value = (f"{listed[1].lower()} name", listed[2].strip()) if listed else _pair(line)
        if key == "platform name":
            platform, here = value, None
            if value:
                platforms[value] = None
        elif _begins(key, here):
            here = _Device(platform=platform, values={key: value})
            devices.append(here)
        elif here is not None and key:
            here.values.setdefault(key, value)
    return list(platforms), devices


def _begins(key: str, here: _Device | None) -> bool:
    """Tell whether a device begins: with its name, in AMD's program with its type."""
    if key == "device name":
        return True
    return key == "device type" and (here is None or key in here.values)


def _name(device: _Device) -> str | None:
    values = device.values
    board = values.get("device board name amd") or values.get("board name")
    return known(board) or known(values.get("device name") or values.get("name"))


def _vendor(device: _Device) -> str | None:
    return known(device.values.get("device vendor") or device.values.get("vendor"))


def _is_card(device: _Device) -> bool:
    said = device.values.get("device type", "").upper()
    name = device.values.get("device name", "").lower()
    if said:
        return "GPU" in said or ("ACCELERATOR" in said and "CPU" not in said)
    return not re.search(r"cpu|xeon|core\(tm\)|ryzen|epyc|processor", name)


def _cards(devices: list[_Device]) -> tuple[ReadGpu, ...]:
    """List the cards, one that several platforms show only once where its address tells."""
    cards: list[ReadGpu] = []
    seen: set[str] = set()
    for device in devices:
        if not _is_card(device):
            continue
        card = _card(device)
        if card.bus_id is None or card.bus_id not in seen:
            cards.append(card)
            seen.add(card.bus_id or "")
    return tuple(cards)


def _card(device: _Device) -> ReadGpu:
    values = device.values
    name, vendor = _name(device), _vendor(device)
    maker = maker_by_name(vendor, name)
    driver = known(values.get("driver version"))
    capability = _CAPABILITY.match(
        values.get("compute capability nv") or values.get("device compute capability nv") or ""
    )
    shared = values.get("unified memory for host and device") or values.get(
        "device host unified memory"
    )
    size = _SIZE.match(
        values.get("global memory size") or values.get("device global mem size") or ""
    )
    extra = {
        "platform": device.platform,
        "driver_version": driver,
        "device_type": known(values.get("device type")),
    }
    nvidia = maker == "nvidia" and driver is not None and _NVIDIA_DRIVER.match(driver)
    return ReadGpu(
        name=name,
        vendor=maker or vendor,
        arch=amd_family(values.get("device name") or values.get("name"))
        if maker == "amd"
        else None,
        capability=capability[1] if capability else None,
        pci_id=_pci_id(values, maker),
        bus_id=_address(values),
        memory_mib=int(size[1]) // _MIB or None if size and not _yes(shared) else None,
        driver=driver if nvidia else None,
        extra={key: value for key, value in extra.items() if value},
    )


def _yes(said: str | None) -> bool:
    return (said or "").strip().lower() in {"yes", "1", "true", "cl_true"}


def _pci_id(values: dict[str, str], maker: str | None) -> str | None:
    """Read the device's id, which some makers print."""
    found = re.match(r"^0x([0-9a-f]{1,4})$", values.get("device id intel", ""), re.IGNORECASE)
    number = int(found[1], 16) if found else whole(values.get("device id intel"))
    named = re.search(r"\[0x([0-9a-f]{4})\]", values.get("device name", "")[:200], re.IGNORECASE)
    if number is None and named:
        number = int(named[1], 16)
    if maker != "intel" or number is None or not 0 < number <= 0xFFFF:  # noqa: PLR2004 - 16 bits
        return None
    return pci_id_of("intel", f"{number:x}")


def _address(values: dict[str, str]) -> str | None:
    for key in ("device pci bus info khr", "device topology amd", "device topology nv"):
        found = _ADDRESS.search(values.get(key, "")[:200])
        if found:
            return found[1].lower()
    old = _BDF.search(values.get("device topology", "")[:200])
    return f"{int(old[1]):02x}:{int(old[2]):02x}.{old[3]}" if old else None
