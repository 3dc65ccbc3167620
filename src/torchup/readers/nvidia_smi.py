"""``nvidia-smi``: the table, in all its widths since 2012."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from msgspec.structs import replace

from torchup.readers.nvidia_settings import settings
from torchup.readers.nvidia_states import failed, is_failure, lost_slots, name_of, state_of
from torchup.readers.reading import ReadGpu, Reading
from torchup.readers.texts import known, lines_of, mib, number, switch, version

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

KIND: Final = "nvidia-smi"
_HEADER: Final = re.compile(r"NVIDIA-SMI\s+(\S+)")
_LOOK_ALIKE: Final = re.compile(r"NVITOP\s+\d\S*\s+Driver Version")
"""A program that prints the same table with other lines around it, and its own number."""
_DRIVER: Final = re.compile(r"(?:Driver|KMD) Version:\s*(\S+)")
_CUDA: Final = re.compile(r"CUDA (?:UMD |Driver )?Version:\s*(\S+)")
_MODE: Final = r"(?:On|Off|WDDM|TCC|MCDM|N/A|ERR!|Enabled|Disabled)"
_ROW: Final = (
    rf"\|\s*(\d{{1,3}})\s+(\S[^|\n]{{0,80}}?)\s{{1,80}}({_MODE})\s*\|"
    # A card that is part of its processor is on no bus.
    r"\s*([0-9A-Fa-f]{4,8}:[0-9A-Fa-f]{2}:[0-9A-Fa-f]{2}\.[0-9A-Fa-f]|N/A)\s+\S+\s*\|"
    r"(?:\s{0,60}([^|\n]{0,60}?)\s{0,60}\|)?"
)
_CARD: Final = re.compile(rf"^{_ROW}")
_INSIDE: Final = re.compile(_ROW)
_SLICE: Final = re.compile(r"^\|\s*(\d{1,3})\s+(\d{1,3})\s+(\d{1,3})\s+(\d{1,3})\s*\|([^|]*)\|")
_CHIP_DRIVER: Final = re.compile(r" \(nvgpu\)$")
_MODE_LAST: Final = re.compile(r"(?:^|\s)(Default|E\. ?Process|E\. ?Thread|Prohibited)$")
_HEAD: Final = 4_000
_FAR: Final = 200_000
"""Other programs' output may stand before the table."""
_MODELS: Final = frozenset({"WDDM", "TCC", "MCDM"})
_CELLS: Final = 3
_MOST_BARS: Final = 8
"""More than any line of the table has."""


def matches(text: str) -> bool:
    """Tell whether a text is of this kind: the table, its rows, or an error that has no table."""
    if any(_is_header(line) or _INSIDE.search(line[:_HEAD]) for line in _lines(text[:_FAR])):
        return True
    return is_failure(text[:_HEAD])


def _is_header(line: str) -> bool:
    head = line[:_HEAD]
    return bool(_LOOK_ALIKE.search(head) or ("|" in line and _HEADER.search(head)))


def _lines(text: str) -> list[str]:
    return lines_of(text.replace("\N{BOX DRAWINGS LIGHT VERTICAL}", "|"))


def read(text: str) -> Reading:
    """Read it.

    ``facts``: ``nvidia_smi`` (the program's own version), ``mig_devices`` (a mapping for each
    slice), ``wsl_suspected`` (the program and the driver have different versions, as where the
    driver is Windows'), ``nvml_library``, ``lost`` (the slots of cards that no longer answer),
    ``drivers`` (all numbers, where several tables tell different ones).
    """
    lines = _lines(text)
    header = next((line for line in lines if _is_header(line)), "")
    rows = [line.lstrip() for line in _rows(lines) if line.lstrip().startswith("|")]
    gpus = tuple(_cards(rows))
    if not header and not gpus:
        return failed(KIND, text)
    facts = _facts(header, lines)
    lost = lost_slots(text)
    if lost:
        facts["lost"] = lost
    drivers = dict.fromkeys(_said(_DRIVER, line) for line in lines if _is_header(line))
    if len(drivers) > 1:
        facts["drivers"] = list(drivers)
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


def _rows(lines: Iterable[str]) -> Iterable[str]:
    """The lines; a table that was joined into one line is taken apart at its cards."""
    for line in lines:
        if line.count("|") > _MOST_BARS:
            yield from _INSIDE.sub(lambda row: f"\n{row[0]}\n", line).split("\n")
        else:
            yield line


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
        mode = found[3]
        name = name_of(_CHIP_DRIVER.sub("", found[2]))
        gpu = ReadGpu(
            index=number(found[1]),
            name=name,
            truncated=name is not None and name.endswith(".."),
            vendor="nvidia",
            bus_id=known(found[4].upper()),
            ecc=found[5] or None,
            driver_model=mode if mode in _MODELS else None,
            extra=settings(persistence=mode, ecc=[found[5]]),
        )
        after = rows[at + 1 : at + 3]
        yield _with_rows(gpu, after) if after else gpu


def _with_rows(gpu: ReadGpu, rows: Sequence[str]) -> ReadGpu:
    cells = _split(rows[0])
    if len(cells) < _CELLS or _CARD.match(rows[0]):
        return gpu
    usage = cells[1]
    total = mib(usage.rpartition("/")[2])
    compute = _MODE_LAST.search(cells[2])
    gpu = replace(
        gpu,
        extra={**gpu.extra, **settings(compute=compute and compute[1], said=[rows[0]])},
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
