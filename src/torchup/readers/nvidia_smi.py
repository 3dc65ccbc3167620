"""``nvidia-smi``: the table, in all its widths since 2012."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from msgspec.structs import replace

from torchup.readers.nvidia_states import failed, state_of
from torchup.readers.reading import ReadGpu, Reading
from torchup.readers.texts import lines_of, mib, number, switch, version

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

KIND: Final = "nvidia-smi"
_HEADER: Final = re.compile(r"NVIDIA-SMI\s+(\S+)")
_DRIVER: Final = re.compile(r"(?:Driver|KMD) Version:\s*(\S+)")
_CUDA: Final = re.compile(r"CUDA (?:UMD )?Version:\s*(\S+)")
_MODE: Final = r"(?:On|Off|WDDM|TCC|MCDM|N/A|ERR!|Enabled|Disabled)"
_CARD: Final = re.compile(
    rf"^\|\s*(\d{{1,3}})\s+(\S.{{0,80}}?)\s+({_MODE})\s*\|"
    r"\s*([0-9A-Fa-f]{4,8}:[0-9A-Fa-f]{2}:[0-9A-Fa-f]{2}\.[0-9A-Fa-f])\s+\S+\s*\|"
    r"\s*([^|]{0,60}?)\s*\|"
)
_SLICE: Final = re.compile(r"^\|\s*(\d{1,3})\s+(\d{1,3})\s+(\d{1,3})\s+(\d{1,3})\s*\|([^|]*)\|")
_ITS_OWN: Final = re.compile(r"nvidia|nvml", re.IGNORECASE)
_HEAD: Final = 4_000
_MODELS: Final = frozenset({"WDDM", "TCC", "MCDM"})
_CELLS: Final = 3


def matches(text: str) -> bool:
    """Tell whether a text is of this kind: the table, or an error that has no table."""
    head = text[:_HEAD]
    if any(_HEADER.search(line) and "|" in line for line in head.splitlines()):
        return True
    state = state_of(head)
    return state == "no-devices" or bool(state and _ITS_OWN.search(head))


def read(text: str) -> Reading:
    """Read it.

    ``facts``: ``nvidia_smi`` (the program's own version), ``mig_devices`` (a mapping for each
    slice), ``wsl_suspected`` (the program and the driver have different versions, as where the
    driver is Windows'), ``nvml_library``.
    """
    lines = lines_of(text)
    header = next((line for line in lines if _HEADER.search(line) and "|" in line), None)
    if header is None:
        return failed(KIND, text)
    facts = _facts(header, lines)
    rows = [line for line in lines if line.startswith("|") or line.lstrip().startswith("|")]
    gpus = tuple(_cards([row.lstrip() for row in rows]))
    state = "ok-with-err-field" if any(gpu.errors for gpu in gpus) else "ok"
    if gpus and gpus[-1].memory_mib is None and gpus[-1].memory_text is None:
        state = "truncated"
    if not gpus and state_of(text) == "no-devices":
        state = "no-devices"
    return Reading(
        kind=KIND,
        state=state if gpus or state == "no-devices" else "truncated",
        gpus=gpus if gpus or state == "no-devices" else None,
        driver=_said(_DRIVER, header),
        cuda=_said(_CUDA, header),
        facts=facts,
    )


def _said(sign: re.Pattern[str], line: str) -> str | None:
    found = sign.search(line)
    return version(found[1]) if found else None


def _facts(header: str, lines: Sequence[str]) -> dict[str, Any]:
    facts: dict[str, Any] = {"nvidia_smi": _said(_HEADER, header)}
    own, driver = facts["nvidia_smi"], _said(_DRIVER, header)
    if own and driver and own != driver:
        facts["wsl_suspected"] = True
    at = next((n for n, line in enumerate(lines) if "MIG devices:" in line), None)
    if at is not None:
        facts["mig_devices"] = list(_slices(lines[at:]))
    return facts


def _slices(lines: Iterable[str]) -> Iterable[dict[str, int | None]]:
    for line in lines:
        if "Processes:" in line:
            return
        found = _SLICE.match(line.strip())
        if found:
            total = found[5].rpartition("/")[2]
            yield {
                "gpu": int(found[1]),
                "gi": int(found[2]),
                "ci": int(found[3]),
                "dev": int(found[4]),
                "memory_mib": mib(total),
            }


def _cards(rows: Sequence[str]) -> Iterable[ReadGpu]:
    """A card has a row with its name, one with its memory, and since R450 one with its MIG mode."""
    for at, row in enumerate(rows):
        found = _CARD.match(row)
        if not found:
            continue
        name, mode = found[2], found[3]
        gpu = ReadGpu(
            index=number(found[1]),
            name=name,
            truncated=name.endswith(".."),
            vendor="nvidia",
            bus_id=found[4].upper(),
            ecc=found[5] or None,
            driver_model=mode if mode in _MODELS else None,
        )
        after = rows[at + 1 : at + 3]
        yield _with_rows(gpu, after) if after else gpu


def _with_rows(gpu: ReadGpu, rows: Sequence[str]) -> ReadGpu:
    cells = _split(rows[0])
    if len(cells) < _CELLS or _CARD.match(rows[0]):
        return gpu
    usage = cells[1]
    total = mib(usage.rpartition("/")[2])
    gpu = replace(
        gpu,
        memory_mib=total,
        memory_text=None if total is not None else usage or None,
        errors="ERR!" in rows[0],
    )
    third = _split(rows[1]) if len(rows) > 1 else []
    if len(third) >= _CELLS and not third[0] and not third[1]:
        gpu = replace(gpu, mig=switch(third[2]))
    return gpu


def _split(row: str) -> list[str]:
    return [cell.strip() for cell in row.strip().strip("|").split("|")]
