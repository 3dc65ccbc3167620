"""``nvidia-smi --query-gpu=… --format=csv``: any columns, named by the first row."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Final

from torchup.readers.nvidia_states import failed
from torchup.readers.reading import ReadGpu, Reading
from torchup.readers.texts import known, lines_of, mib, number, pci_device, switch, version

if TYPE_CHECKING:
    from collections.abc import Mapping

KIND: Final = "nvidia-smi-query"
_COLUMNS: Final = frozenset(
    {
        "name",
        "gpu_name",
        "driver_version",
        "uuid",
        "gpu_uuid",
        "pci.bus_id",
        "memory.total",
        "compute_cap",
        "index",
    }
)
_ENOUGH: Final = 2


def matches(text: str) -> bool:
    """Tell whether a text is of this kind: a row that names columns of that program."""
    return any(_is_heading(line) for line in lines_of(text[:20_000])[:10])


def _names(line: str) -> list[str]:
    return [cell.strip().partition(" [")[0] for cell in line.split(",")]


def _is_heading(line: str) -> bool:
    return len(_COLUMNS.intersection(_names(line))) >= min(_ENOUGH, line.count(",") + 1) and (
        "," in line
    )


def read(text: str) -> Reading:
    """Read it. ``facts``: ``columns``, how many there are; ``nvidia_smi`` is not told."""
    lines = [line for line in lines_of(text) if line.strip()]
    at = next((n for n, line in enumerate(lines) if _is_heading(line)), None)
    if at is None:
        return failed(KIND, text)
    names = _names(lines[at])
    rows = [
        dict(zip(names, (cell.strip() for cell in row), strict=False))
        for row in csv.reader(lines[at + 1 :], skipinitialspace=True)
        if len(row) > 1 or len(names) == 1
    ]
    cut = bool(rows) and len(rows[-1]) < len(names)
    drivers = [version(row.get("driver_version")) for row in rows]
    return Reading(
        kind=KIND,
        state="truncated" if cut else "ok",
        gpus=tuple(map(_card, rows)) if rows else None,
        driver=next(filter(None, drivers), None),
        facts={"columns": len(names)},
    )


def _card(row: Mapping[str, str]) -> ReadGpu:
    memory = row.get("memory.total")
    return ReadGpu(
        index=number(row.get("index")),
        name=known(row.get("name") or row.get("gpu_name")),
        vendor="nvidia",
        capability=version(row.get("compute_cap")),
        pci_id=pci_device(row.get("pci.device_id")),
        subsystem=pci_device(row.get("pci.sub_device_id")),
        bus_id=known(row.get("pci.bus_id") or row.get("gpu_bus_id")),
        uuid=known(row.get("uuid") or row.get("gpu_uuid")),
        memory_mib=mib(memory) or number(memory),
        memory_text=None if mib(memory) or number(memory) else known(memory),
        mig=switch(row.get("mig.mode.current")),
        driver_model=known(row.get("driver_model.current")),
    )
