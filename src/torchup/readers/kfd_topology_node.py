"""``/sys/class/kfd/kfd/topology/nodes/*/properties``: how AMD's compute driver sees a node.

``facts`` has ``is_gpu``, ``gfx_target_version``, ``vendor_id`` and ``device_id`` (four
hexadecimal digits) and ``arch``, of the first card where several nodes were pasted; a processor's
node has no ids and no architecture.
"""

from __future__ import annotations

import re
from typing import Any, Final

from torchup.model.makers import maker_of_pci
from torchup.readers.hardware import gfx_name, unpacked_address, why_nothing
from torchup.readers.reading import ReadGpu, Reading
from torchup.readers.texts import lines_of

KIND: Final = "kfd-topology-node"
_PAIR: Final = re.compile(r"^(.{0,200}?[:>\s])??([a-z][a-z0-9_]{3,40})[ \t]+(\d{1,20})$")
_SIGNS: Final = frozenset(
    {"simd_count", "gfx_target_version", "cpu_cores_count", "max_waves_per_simd", "simd_per_cu"}
)
_LEAST: Final = 2


def matches(text: str) -> bool:
    """Tell whether a text is of this kind."""
    keys = {key for node in _nodes(text[:50_000]) for key in node}
    return len(keys & _SIGNS) >= _LEAST


def read(text: str) -> Reading:
    """Read it."""
    nodes = _nodes(text)
    if not any(_SIGNS & node.keys() for node in nodes):
        return Reading(kind=KIND, state=why_nothing(text))
    cards = [node for node in nodes if _is_gpu(node)]
    shown = (cards or nodes)[0]
    whole = "simd_count" in shown and ("gfx_target_version" in shown or "vendor_id" in shown)
    return Reading(
        kind=KIND,
        state="ok" if whole else "truncated",
        gpus=tuple(_card(node, at) for at, node in enumerate(cards)),
        facts=_facts(shown),
    )


def _nodes(text: str) -> list[dict[str, int]]:
    """Read the nodes; a new one begins where a key comes again, or under another path."""
    nodes: list[dict[str, int]] = [{}]
    path: str | None = None
    for line in lines_of(text):
        found = _PAIR.match(line.strip()) if len(line) < 300 else None  # noqa: PLR2004 - no path is longer
        if found is None:
            continue
        here = found[1]
        if found[2] in nodes[-1] or (nodes[-1] and here != path):
            nodes.append({})
        path = here
        nodes[-1][found[2]] = int(found[3])
    return nodes


def _is_gpu(node: dict[str, int]) -> bool:
    return node.get("simd_count", 0) > 0 or node.get("gfx_target_version", 0) > 0


def _arch(node: dict[str, int]) -> str | None:
    return gfx_name(node.get("gfx_target_version", 0))


def _digits(value: int | None) -> str | None:
    return f"{value:04x}" if value else None


def _facts(node: dict[str, int]) -> dict[str, Any]:
    return {
        "is_gpu": _is_gpu(node),
        "arch": _arch(node),
        "gfx_target_version": node.get("gfx_target_version"),
        "vendor_id": _digits(node.get("vendor_id")),
        "device_id": _digits(node.get("device_id")),
    }


def _card(node: dict[str, int], at: int) -> ReadGpu:
    vendor, device = _digits(node.get("vendor_id")), _digits(node.get("device_id"))
    return ReadGpu(
        index=at,
        vendor=maker_of_pci(vendor) or ("amd" if vendor is None else vendor),
        arch=_arch(node),
        pci_id=f"{vendor}:{device}" if vendor and device else None,
        bus_id=_address(node),
        extra={"gfx_target_version": node.get("gfx_target_version")},
    )


def _address(node: dict[str, int]) -> str | None:
    location = node.get("location_id")
    if location is None:
        return None
    return unpacked_address(location, node.get("domain", 0))
