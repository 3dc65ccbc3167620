"""``nvidia-smi -q -x``: the same as XML, read by its tags, as far as it goes."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING, Final

from torchup.readers.nvidia_settings import settings
from torchup.readers.nvidia_states import failed, name_of
from torchup.readers.reading import ReadGpu, Reading
from torchup.readers.texts import LONGEST, known, mib, number, pci_device, switch, version

if TYPE_CHECKING:
    from collections.abc import Iterator

KIND: Final = "nvidia-smi-xml"
_ROOT: Final = "<nvidia_smi_log"
_TOKEN: Final = re.compile(r"<(/?)([A-Za-z_][\w.-]*)([^<>]*)>|([^<]+)")
_BUS: Final = re.compile(r'id="([0-9A-Fa-f:.]{7,20})"')
_DEEPEST: Final = 40


def matches(text: str) -> bool:
    """Tell whether a text is of this kind."""
    return _ROOT in text[:200_000]


def read(text: str) -> Reading:
    """Read it. ``facts``: ``attached_gpus``, how many there are by the text's own count."""
    if _ROOT not in text:
        return failed(KIND, text)
    top: dict[str, str] = {}
    cards: list[tuple[str, dict[tuple[str, ...], str]]] = []
    for path, value in _values(text[:LONGEST]):
        if path == ("gpu",):
            cards.append((value, {}))
        elif path[0] == "gpu" and cards:
            told = cards[-1][1]
            if path[-1] == "index" and "mig_device" in path:
                told[("slice", value)] = value
            told.setdefault(path[1:], value)
        else:
            top.setdefault(path[-1], value)
    gpus = tuple(_card(bus, said) for bus, said in cards)
    attached = number(top.get("attached_gpus"))
    whole = "</nvidia_smi_log>" in text
    return Reading(
        kind=KIND,
        state="ok" if whole else "truncated",
        gpus=gpus if gpus or (attached == 0 and whole) else None,
        driver=version(top.get("kmd_version")) or version(top.get("driver_version")),
        cuda=version(top.get("cuda_umd_version")) or version(top.get("cuda_version")),
        facts={"attached_gpus": attached},
    )


def _values(text: str) -> Iterator[tuple[tuple[str, ...], str]]:
    """Every value with the tags that it is in, below the root; a card's tag has its slot."""
    path: list[str] = []
    for closing, tag, attributes, said in _TOKEN.findall(text):
        if said:
            plain = unescape(said).strip()
            if plain and path:
                yield tuple(path), plain
        elif closing:
            while path and path.pop() != tag:
                pass
        elif tag != "nvidia_smi_log" and not attributes.endswith("/") and len(path) < _DEEPEST:
            path.append(tag)
            if tag == "gpu" and len(path) == 1:
                slot = _BUS.search(attributes)
                yield ("gpu",), slot[1].upper() if slot else ""


def _card(bus: str, said: dict[tuple[str, ...], str]) -> ReadGpu:
    slices = sum(1 for path in said if path[0] == "slice")
    volatile = {
        path[2:]: value for path, value in said.items() if path[:2] == ("ecc_errors", "volatile")
    }
    total = volatile.get(("double_bit", "total"))
    uncorrected = [n for path, n in volatile.items() if path and "uncorrectable" in path[-1]]
    extra = settings(
        compute=said.get(("compute_mode",)),
        virtual=said.get(("gpu_virtualization_mode", "virtualization_mode")),
        persistence=said.get(("persistence_mode",)),
        ecc=[total] if total else uncorrected,
        fabric=said.get(("fabric", "state")),
        said=said.values(),
    )
    return ReadGpu(
        name=name_of(said.get(("product_name",))),
        vendor="nvidia",
        bus_id=bus or known(said.get(("pci", "pci_bus_id"))),
        uuid=name_of(said.get(("uuid",))),
        family=name_of(said.get(("product_architecture",))),
        pci_id=pci_device(said.get(("pci", "pci_device_id"))),
        subsystem=pci_device(said.get(("pci", "pci_sub_system_id"))),
        memory_mib=mib(said.get(("fb_memory_usage", "total"))),
        mig=switch(said.get(("mig_mode", "current_mig"))),
        driver_model=known(said.get(("driver_model", "current_dm"))),
        extra={**extra, "mig_devices": slices} if slices else extra,
    )
