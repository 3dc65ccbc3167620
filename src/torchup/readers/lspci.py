"""``lspci``, with any of its options: what is plugged in, by name, by number or both.

``facts["not_compute_gpus"]`` lists display chips that nobody computes on (a server's own, a
virtual machine's), as ``{"slot": ..., "text": ...}``. Of a card, ``extra["class"]`` is the PCI
class; ``kernel_driver``, ``kernel_modules`` and ``revision`` stand there where the text has them.

Long: one format with all its options; none of them can be read without the others.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct

from torchup.model.makers import ON_PCI, maker_of_pci, pci_id_of
from torchup.readers.hardware import maker_by_name, why_nothing
from torchup.readers.reading import ReadGpu, Reading
from torchup.readers.texts import lines_of

if TYPE_CHECKING:
    from collections.abc import Iterable

KIND: Final = "lspci"

_ADDRESS: Final = r"((?:[0-9a-f]{4,8}:)?[0-9a-f]{2}:[0-9a-f]{2}\.[0-7])"
_LINE: Final = re.compile(rf"^\W{{0,6}}{_ADDRESS}\s{{1,4}}(\S.*)$", re.IGNORECASE)
_SLOT: Final = re.compile(rf"^{_ADDRESS}$", re.IGNORECASE)
_PLAIN: Final = re.compile(r"^([A-Za-z0-9][^:\"]{2,80}): ?(.*)$")
_QUOTED: Final = re.compile(r'"((?:[^"\\]|\\.){0,300})"|-([rp])([0-9a-f]{2})(?![^\s"])')
_TAGGED: Final = re.compile(
    r"^\W{0,4}(Slot|Device|Class|Vendor|SVendor|SDevice|Rev|Driver|Module):"
)
_DETAIL: Final = re.compile(r"^\W{0,8}(Subsystem|Kernel driver in use|Kernel modules): ?(.*)$")
_CODE: Final = re.compile(r"\s*\[([0-9a-f]{4})\]$", re.IGNORECASE)
_IDS: Final = re.compile(r"\s*\[?\b([0-9a-f]{4}):([0-9a-f]{4})\]?$", re.IGNORECASE)
_UNNAMED: Final = re.compile(r"^Device(?: ([0-9a-f]{4}))?$", re.IGNORECASE)
_NUMBER: Final = re.compile(r"^[0-9a-f]{4}$", re.IGNORECASE)
_REVISION: Final = re.compile(r"\(rev ([0-9a-f]{2})\)")
_TAIL: Final = re.compile(r"\s*\((?:rev [0-9a-f]{2}\)|prog-if ).*$")
_INTERFACE: Final = re.compile(r"\s*\(prog-if .*$")
_CLASSES: Final = {
    "0001": "VGA compatible unclassified device",
    "0300": "VGA compatible controller",
    "0301": "XGA compatible controller",
    "0302": "3D controller",
    "0380": "Display controller",
    "1200": "Processing accelerators",
}
_ACCELERATOR: Final = "Processing accelerators"
_DISPLAY: Final = frozenset(_CLASSES.values()) - {_ACCELERATOR}
_MAKERS: Final = re.compile(
    r"^(?:(?P<nvidia>nvidia(?: corporation| corp\.?)?)"
    r"|(?P<amd>advanced micro devices,? inc\.?(?: \[[^\]]{1,20}\])?(?: nee ati)?"
    r"|advanced micro devices \[[^\]]{1,20}\](?: nee ati)?"
    r"|(?:amd/)?ati technologies,? inc\.?|amd(?! pensando))"
    r"|(?P<intel>intel (?:corporation|corp\.?))"
    r"|(?P<other>moore threads technology co\.,? ?ltd\.?|habana labs,? ltd\.?"
    r"|huawei technologies co\.,? ?ltd\.?|chengdu haiguang ic design co\.,? ?ltd\.?|hygon"
    r"|(?:shanghai )?metax[^\[]{0,60}ltd\.?|(?:shanghai )?iluvatar[^\[]{0,60}ltd\.?"
    r"|(?:shanghai )?biren[^\[]{0,60}ltd\.?|(?:shanghai )?enflame[^\[]{0,60}ltd\.?"
    r"|cambricon[^\[]{0,60}ltd\.?|kunlunxin[^\[]{0,60}ltd\.?))(?:\s+|$)",
    re.IGNORECASE,
)
_COMPUTE_IDS: Final = frozenset({"1ed5", "1da3", "9999", "1e3e", "1ee0", "cabc", "1e36", "1d22"})
_MOST: Final = 10_000
"""Devices that are looked at."""
_ACCELERATING: Final = frozenset({"nvidia", "amd"})
"""Makers whose processing accelerators are cards; Intel's are NPUs and the like."""


class _Device(Struct, kw_only=True):
    """One device: its class, and what is said of its maker and its name."""

    slot: str
    kind: str = ""
    text: str = ""
    vendor: str | None = None
    vendor_text: str | None = None
    name: str | None = None
    pci_id: str | None = None
    subsystem: str | None = None
    truncated: bool = False
    extra: dict[str, Any] = {}


def matches(text: str) -> bool:
    """Tell whether a text is of this kind."""
    return any(device.kind for device in _devices(lines_of(text[:200_000])))


def read(text: str) -> Reading:
    """Read it."""
    lines = lines_of(text)
    devices = [device for device in _devices(lines) if device.kind]
    if not devices:
        return Reading(kind=KIND, state=why_nothing(text))
    shown = [device for device in devices if device.kind in _DISPLAY]
    accelerators = [device for device in devices if device.kind == _ACCELERATOR]
    cards = [device for device in devices if _computes(device)]
    others = [
        {"slot": device.slot, "text": device.text} for device in shown if not _computes(device)
    ]
    facts: dict[str, Any] = {"not_compute_gpus": others}
    left = [each for each in accelerators if not _computes(each)]
    if left:
        facts["accelerators"] = [{"slot": each.slot, "text": each.text} for each in left]
    return Reading(
        kind=KIND,
        state=_state(cards, lines),
        gpus=tuple(_card(device) for device in cards),
        facts=facts,
    )


def _state(cards: list[_Device], lines: list[str]) -> str:
    if not cards:
        return "no-gpu"
    last = next((line for line in reversed(lines) if line.strip()), "")
    found = _LINE.match(last)
    cut = found and cards[-1].truncated and cards[-1].slot == found[1].lower()
    return "truncated" if cut else "ok"


def _computes(device: _Device) -> bool:
    if device.kind == _ACCELERATOR:
        others = device.vendor is not None and device.vendor not in ON_PCI
        return device.vendor in _ACCELERATING or others
    return device.kind in _DISPLAY and device.vendor is not None


def _card(device: _Device) -> ReadGpu:
    return ReadGpu(
        name=device.name,
        truncated=device.truncated,
        vendor=device.vendor,
        pci_id=device.pci_id,
        subsystem=device.subsystem,
        bus_id=device.slot,
        extra={"class": device.kind, **device.extra},
    )


def _devices(lines: Iterable[str]) -> list[_Device]:
    devices: list[_Device] = []
    tags: dict[str, str] = {}
    for line in lines:
        if len(devices) >= _MOST:
            break
        head, detail, tagged = _LINE.match(line), _DETAIL.match(line), _TAGGED.match(line)
        if head:
            devices.append(_headed(head[1].lower(), head[2]))
        elif detail and devices:
            _detailed(devices[-1], detail[1], detail[2])
        elif tagged:
            value = line.partition(":")[2].strip()
            if _SLOT.match(value):
                _take_tags(devices, tags)
                tags = {"Slot": value.lower()}
            elif tags:
                tags.setdefault(tagged[1], value)
    _take_tags(devices, tags)
    return devices


def _headed(slot: str, rest: str) -> _Device:
    device = _Device(slot=slot, extra={})
    if rest.startswith('"'):
        _from_fields(device, rest)
        return device
    plain = _PLAIN.match(rest)
    if plain is None:
        return device
    device.kind = _class_of(plain[1])
    device.text = _INTERFACE.sub("", plain[2]).strip()
    revision = _REVISION.search(plain[2])
    if revision:
        device.extra["revision"] = revision[1]
    _describe(device, _TAIL.sub("", plain[2]).strip())
    return device


def _from_fields(device: _Device, rest: str) -> None:
    fields: list[str] = []
    for found in _QUOTED.finditer(rest):
        if found[2] is None:
            fields.append(found[1].strip())
        elif found[2] == "r":
            device.extra["revision"] = found[3]
    _take_fields(device, fields)


def _take_tags(devices: list[_Device], tags: dict[str, str]) -> None:
    if "Slot" not in tags or "Class" not in tags:
        return
    device = _Device(slot=tags["Slot"], extra={})
    _take_fields(
        device, [tags.get(key, "") for key in ("Class", "Vendor", "Device", "SVendor", "SDevice")]
    )
    for tag, key in (
        ("Rev", "revision"),
        ("Driver", "kernel_driver"),
        ("Module", "kernel_modules"),
    ):
        if tags.get(tag):
            device.extra[key] = [tags[tag]] if tag == "Module" else tags[tag]
    devices.append(device)


def _take_fields(device: _Device, fields: list[str]) -> None:
    """Fill in class, maker and name, then the board's maker and name, from quoted fields."""
    kind, maker, name, board_maker, board = (*fields, "", "", "", "", "")[:5]
    device.kind = _class_of(kind)
    maker_id, device_id = _code_of(maker), _code_of(name)
    plain_maker, plain_name = _CODE.sub("", maker), _CODE.sub("", name)
    if _NUMBER.match(plain_maker):
        plain_maker = ""
    if _NUMBER.match(plain_name):
        plain_name = ""
    device.text = " ".join(part for part in (maker, name) if part)
    ids = f" [{maker_id}:{device_id}]" if maker_id and device_id else ""
    _describe(device, f"{plain_maker} {plain_name}{ids}".strip())
    board_maker_id, board_id = _code_of(board_maker), _code_of(board)
    if board_maker_id and board_id:
        device.subsystem = f"{board_maker_id}:{board_id}"


def _code_of(field: str) -> str | None:
    found = _CODE.search(field)
    if found:
        return found[1].lower()
    return field.lower() if _NUMBER.match(field) else None


def _class_of(text: str) -> str:
    plain = text.strip()
    code = _code_of(plain)
    if code in _CLASSES:
        return _CLASSES[code]
    if code and code.startswith("03"):
        return _CLASSES["0380"]
    name = re.sub(r"^Class ", "", _CODE.sub("", plain))
    return next((known for known in _CLASSES.values() if known.lower() == name.lower()), name)


def _describe(device: _Device, said: str) -> None:
    """Take maker, name and ids out of a description."""
    ids = _IDS.search(said)
    if ids:
        device.pci_id = f"{ids[1]}:{ids[2]}".lower()
        said = said[: ids.start()].strip()
    maker_id = device.pci_id[:4] if device.pci_id else None
    found = _MAKERS.match(said)
    rest = said[found.end() :].strip() if found else said
    device.vendor = maker_of_pci(maker_id) or _named(found, rest, device)
    if maker_id in _COMPUTE_IDS and device.vendor is None:
        device.vendor = said or maker_id
    _name(device, rest)


def _named(found: re.Match[str] | None, rest: str, device: _Device) -> str | None:
    if found and found["other"]:
        # Huawei's boards have plain display chips too; only its accelerators compute.
        bmc = found["other"].lower().startswith("huawei") and device.kind != _ACCELERATOR
        return None if bmc else found["other"]
    if found:
        return found.lastgroup
    if device.pci_id is None and re.match(r"(?:nvidia|intel)\b", rest, re.IGNORECASE):
        return maker_by_name(rest)
    return None


def _name(device: _Device, said: str) -> None:
    unnamed = _UNNAMED.match(said)
    if unnamed:
        if device.pci_id is None and unnamed[1]:
            device.pci_id = pci_id_of(device.vendor, unnamed[1])
        return
    opening = _bracket(said)
    if opening is None:
        cut = said.rfind("[")
        device.truncated = cut > said.rfind("]")
        opening = cut if device.truncated else None
    inner = said if opening is None else said[opening + 1 :].removesuffix("]")
    device.name = inner.strip() or None


def _bracket(said: str) -> int | None:
    """Find where the bracket opens that closes at the end."""
    if not said.endswith("]"):
        return None
    depth = 0
    for at in range(len(said) - 1, -1, -1):
        depth += {"]": 1, "[": -1}.get(said[at], 0)
        if depth == 0:
            return at
    return None


def _detailed(device: _Device, key: str, value: str) -> None:
    if key == "Subsystem":
        ids = _IDS.search(value.strip())
        if ids and device.subsystem is None:
            device.subsystem = f"{ids[1]}:{ids[2]}".lower()
    elif key == "Kernel driver in use" and value.strip():
        device.extra.setdefault("kernel_driver", value.strip())
    elif value.strip():
        modules = [module.strip() for module in value.split(",")]
        device.extra.setdefault("kernel_modules", [module for module in modules if module])
