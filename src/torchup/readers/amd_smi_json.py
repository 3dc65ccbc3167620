"""``amd-smi list --json`` and ``amd-smi static --json``: a list, since ROCm 7 within an object.

Of a card, ``extra`` has ``compute_units``.
"""

from __future__ import annotations

import re
from typing import Any, Final

from torchup.model.makers import pci_id_of
from torchup.readers.hardware import (
    amd_family,
    json_in,
    tables_in,
    unquoted,
    whole,
    why_nothing,
)
from torchup.readers.reading import ReadGpu, Reading
from torchup.readers.texts import known

KIND: Final = "amd-smi-json"
_SIGN: Final = re.compile(
    r'"gpu"\s{0,8}:\s{0,8}\d{1,4}\s{0,8},\s{0,400}"(?:asic|bdf|bus|vram|driver|board|vbios|ifwi)"'
)
_DEVICE: Final = re.compile(r"^0x([0-9a-f]{1,4})$", re.IGNORECASE)
_SIZE: Final = re.compile(r"^(\d{1,9})(?: ?(MB|GB))?$")
_ADDRESS: Final = re.compile(r"^(?:[0-9a-f]{4,8}:)?[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]$", re.IGNORECASE)
_GIB: Final = 1024
_DEEPEST: Final = 4


def matches(text: str) -> bool:
    """Tell whether a text is of this kind."""
    return _SIGN.search(unquoted(text)[:200_000]) is not None


def read(text: str) -> Reading:
    """Read it."""
    text = unquoted(text)
    value, cut = json_in(text)
    tables = [table for table in tables_in(value, "gpu") if whole(table.get("gpu")) is not None]
    if not tables:
        return Reading(kind=KIND, state=why_nothing(text))
    said = [_flat(table, "", _DEEPEST) for table in tables]
    driver = next((one["driver.version"] for one in said if one.get("driver.version")), None)
    return Reading(
        kind=KIND,
        state="truncated" if cut else "ok",
        gpus=tuple(card_of(whole(one.get(".gpu")) or 0, one) for one in said),
        driver=known(driver),
    )


def _flat(table: dict[str, Any], section: str, deepest: int) -> dict[str, str]:
    """Write values under ``section.key``; one with a unit becomes ``24560 MB``."""
    found: dict[str, str] = {}
    for key, value in table.items():
        name = str(key).lower()
        if isinstance(value, dict) and "value" in value:
            found[f"{section}.{name}"] = f"{value['value']} {value.get('unit', '')}".strip()
        elif isinstance(value, dict) and deepest:
            found.update(_flat(value, name, deepest - 1))
        elif isinstance(value, (str, int, float)):
            found[f"{section}.{name}"] = str(value)
    return found


def card_of(at: int, said: dict[str, str]) -> ReadGpu:
    """Read one card's values, under ``asic.market_name`` and the like; CSV has no sections.

    Args:
        at: its number.
        said: the values.
    """

    def one(section: str, key: str) -> str | None:
        return known(said.get(f"{section}.{key}") or said.get(f".{key}"))

    name = one("asic", "market_name") or one("board", "product_name")
    device = _DEVICE.match(one("asic", "device_id") or "")
    size = _SIZE.match(one("vram", "size") or said.get("mem_usage.total_vram", ""))
    memory = int(size[1]) * (_GIB if size[2] == "GB" else 1) if size else 0
    address = one("bus", "bdf") or known(said.get(".gpu_bdf"))
    units = whole(one("asic", "num_compute_units"))
    return ReadGpu(
        index=at,
        name=None if name is None or name.lower().startswith("0x") else name,
        vendor="amd",
        arch=amd_family(one("asic", "target_graphics_version")),
        pci_id=pci_id_of("amd", device[1]) if device else None,
        bus_id=address.lower() if address and _ADDRESS.match(address) else None,
        uuid=known(said.get(".uuid") or said.get(".gpu_uuid")),
        memory_mib=memory or None,
        extra={"compute_units": units} if units else {},
    )
