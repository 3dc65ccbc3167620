"""``nvidia-smi --query-gpu=… --format=csv``: any columns, named by the first row."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from torchup.readers.nvidia_columns import Columns, cells_of, columns_of, heading_of
from torchup.readers.nvidia_settings import settings
from torchup.readers.nvidia_states import failed, name_of
from torchup.readers.reading import ReadGpu, Reading
from torchup.readers.texts import known, lines_of, mib, number, pci_device, switch, version

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

KIND: Final = "nvidia-smi-query"
_PROMPT: Final = re.compile(r"^(?:PS |\S{0,80}[$#>](?:\s|$))")
_FAR: Final = 20_000


def matches(text: str) -> bool:
    """Tell whether a text is of this kind: rows of that program's columns."""
    return columns_of([line for line in lines_of(text[:_FAR]) if line.strip()]) is not None


def read(text: str) -> Reading:
    """Read it. ``facts``: ``columns``, how many there are; ``nvidia_smi`` is not told."""
    lines = [line for line in lines_of(text) if line.strip()]
    found = columns_of(lines)
    if found is None:
        return failed(KIND, text)
    rows = [
        dict(zip(found.names, cells, strict=False)) for cells in _rows(lines[found.begin :], found)
    ]
    cut = bool(rows) and len(rows[-1]) < len(found.names)
    drivers = [version(row.get("driver_version")) for row in rows]
    return Reading(
        kind=KIND,
        state="truncated" if cut else "ok",
        gpus=tuple(map(_card, rows)) if rows else None,
        driver=next(filter(None, drivers), None),
        facts={"columns": len(found.names)},
    )


def _rows(lines: list[str], found: Columns) -> Iterator[list[str]]:
    """The rows, up to the next command line or a table of other columns."""
    for line in lines:
        if _PROMPT.match(line):
            return
        names = heading_of(line)
        if names is not None and names != found.names:
            return
        cells = cells_of(line, found.sign)
        if names is None and (len(cells) > 1 or len(found.names) == 1):
            yield cells


def _card(row: Mapping[str, str]) -> ReadGpu:
    memory = row.get("memory.total")
    return ReadGpu(
        index=number(row.get("index")),
        name=name_of(row.get("name") or row.get("gpu_name")),
        vendor="nvidia",
        capability=version(row.get("compute_cap")),
        pci_id=pci_device(row.get("pci.device_id")),
        subsystem=pci_device(row.get("pci.sub_device_id")),
        bus_id=name_of(row.get("pci.bus_id") or row.get("gpu_bus_id")),
        uuid=name_of(row.get("uuid") or row.get("gpu_uuid")),
        memory_mib=mib(memory) or number(memory),
        memory_text=None if mib(memory) or number(memory) else known(memory),
        mig=switch(row.get("mig.mode.current")),
        driver_model=known(row.get("driver_model.current")),
        extra=settings(
            compute=row.get("compute_mode"),
            persistence=row.get("persistence_mode"),
            ecc=[row.get("ecc.errors.uncorrected.volatile.total")],
            fabric=row.get("fabric.state"),
            said=row.values(),
        ),
    )
