"""``ubuntu-drivers devices``: cards, and the driver packages that Ubuntu offers for them.

None of the packages need be installed. Of a card, ``extra`` has ``drivers``, a list of
``{"package": ..., "from": "distro" or "third-party", "free": ..., "recommended": ...}``;
``facts["recommended"]`` is the first recommended package.
"""

from __future__ import annotations

import re
from typing import Any, Final

from torchup.model.makers import ON_PCI, maker_of_pci
from torchup.readers.hardware import maker_by_name, why_nothing
from torchup.readers.reading import ReadGpu, Reading
from torchup.readers.texts import known, lines_of

KIND: Final = "ubuntu-drivers-devices"
_HEAD: Final = re.compile(r"^\W{0,4}==\s*(/\S{1,300})\s*(?:==)?")
_PAIR: Final = re.compile(r"^\W{0,4}(modalias|vendor|model|driver|manual_install)\s*: ?(.*)$")
_ALIAS: Final = re.compile(
    r"^(?:pci|of|usb):v0000([0-9A-F]{4})d0000([0-9A-F]{4})"
    r"(?:sv0000([0-9A-F]{4})sd0000([0-9A-F]{4}))?(?:bc([0-9A-F]{2})sc([0-9A-F]{2}))?",
    re.IGNORECASE,
)
_ADDRESS: Final = re.compile(r"([0-9a-f]{4,8}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7])$", re.IGNORECASE)
_DRIVER: Final = re.compile(r"^(\S{1,100})(?: - (.*))?$")
_BRACKET: Final = re.compile(r"\[([^\[\]]{1,200})\]$")
_UNNAMED: Final = re.compile(r"^Device [0-9a-f]{4}$", re.IGNORECASE)
_DISPLAY: Final = frozenset({"03", "12"})


def matches(text: str) -> bool:
    """Tell whether a text is of this kind."""
    lines = lines_of(text[:100_000])
    heads = any(_HEAD.match(line) and "/sys/" in line for line in lines)
    keys = {found[1] for line in lines if (found := _PAIR.match(line))}
    return (heads and bool(keys)) or {"modalias", "driver"} <= keys


def read(text: str) -> Reading:
    """Read it. Other devices than display chips are passed over."""
    devices = _devices(lines_of(text))
    if not devices:
        return Reading(kind=KIND, state=why_nothing(text))
    cards = [card for device in devices if (card := _card(device)) is not None]
    offers = [offer for card in cards for offer in card.extra["drivers"] if offer["recommended"]]
    facts = {"recommended": offers[0]["package"]} if offers else {}
    return Reading(kind=KIND, state="ok" if cards else "no-gpu", gpus=tuple(cards), facts=facts)


def _devices(lines: list[str]) -> list[dict[str, list[str]]]:
    devices: list[dict[str, list[str]]] = []
    for line in lines:
        head, pair = _HEAD.match(line), _PAIR.match(line)
        if head:
            devices.append({"path": [head[1]]})
        elif pair:
            if not devices or (pair[1] == "modalias" and "modalias" in devices[-1]):
                devices.append({})
            devices[-1].setdefault(pair[1], []).append(pair[2].strip())
    return [device for device in devices if device.keys() - {"path"}]


def _card(device: dict[str, list[str]]) -> ReadGpu | None:
    alias = _ALIAS.match(_first(device, "modalias"))
    vendor_text = known(_first(device, "vendor"))
    if alias and alias[5] and alias[5] not in _DISPLAY:
        return None
    offered = [_offer(text) for text in device.get("driver", [])]
    maker = maker_of_pci(alias[1] if alias else None) or maker_by_name(vendor_text)
    if not (alias and alias[5]) and not (maker in ON_PCI and _graphics(device, maker)):
        # Without its class, a chip is a display chip where a maker makes little else.
        return None
    address = _ADDRESS.search(_first(device, "path").rstrip("/"))
    return ReadGpu(
        name=_name(_first(device, "model")),
        vendor=maker or vendor_text,
        pci_id=f"{alias[1]}:{alias[2]}".lower() if alias else None,
        subsystem=f"{alias[3]}:{alias[4]}".lower() if alias and alias[3] else None,
        bus_id=address[1].lower() if address else None,
        extra={"drivers": [offer for offer in offered if offer]},
    )


def _graphics(device: dict[str, list[str]], maker: str | None) -> bool:
    drivers = " ".join(device.get("driver", []))
    return maker == "nvidia" or "xserver-xorg-video" in drivers or "amdgpu" in drivers


def _first(device: dict[str, list[str]], key: str) -> str:
    return next(iter(device.get(key, [])), "")


def _name(model: str) -> str | None:
    if _UNNAMED.match(model):
        return None
    inner = _BRACKET.search(model)
    return known(inner[1] if inner else model)


def _offer(text: str) -> dict[str, Any] | None:
    found = _DRIVER.match(text)
    if found is None:
        return None
    words = (found[2] or "").split()
    return {
        "package": found[1],
        "from": next((word for word in words if word in {"distro", "third-party"}), None),
        "free": "free" in words,
        "recommended": "recommended" in words,
    }
