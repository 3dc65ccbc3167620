"""``nvidia-smi -q``: indented sections of ``Key : value``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from torchup.readers.nvidia_settings import settings
from torchup.readers.nvidia_states import failed, name_of
from torchup.readers.reading import ReadGpu, Reading
from torchup.readers.texts import (
    LONGEST,
    known,
    lines_of,
    mib,
    number,
    pci_device,
    switch,
    version,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

KIND: Final = "nvidia-smi-q"
_MARK: Final = "NVSMI LOG"
_CARD: Final = re.compile(
    r"^GPU (?:\d+: )?([0-9A-Fa-f]{4,8}:[0-9A-Fa-f]{2}:[0-9A-Fa-f]{2}\.[0-9A-Fa-f])\s*$"
)
_STEP: Final = 4
"""Spaces by which each section is set in."""
_LAST: Final = frozenset({"processes", "accounted processes"})
"""The sections that end a card's part."""
_PICKED: Final = re.compile(r"^\s*Product Name {2,60}: ", re.MULTILINE)
"""What remains of it after ``grep``: lines without their card's heading."""
_NAME: Final = "product name"
_TOP: Final = ("driver version", "kmd version", "cuda version", "cuda umd version", "attached gpus")


def matches(text: str) -> bool:
    """Tell whether a text is of this kind."""
    return _MARK in text[:200_000] or _PICKED.search(text[:200_000]) is not None


def read(text: str) -> Reading:
    """Read it. ``facts``: ``attached_gpus``, how many there are by the text's own count."""
    lines = lines_of(text)
    if not any(_MARK in line for line in lines) and not _PICKED.search(text[:LONGEST]):
        return failed(KIND, text)
    headed = any(map(_CARD.match, lines))
    top: dict[str, str] = {}
    cards: list[tuple[str, dict[tuple[str, ...], str]]] = []
    whole = False
    for path, value in _values(lines):
        if path[-1] == _NAME and not headed:
            cards.append(("", {(_NAME,): value}))
        elif path[-1] in _TOP and (len(path) == 1 or not headed):
            top.setdefault(path[-1], value)
        elif path[0] == "gpu" and len(path) == 1:
            cards.append((value, {}))
            whole = False
        elif cards:
            cards[-1][1].setdefault(path, value)
            whole = whole or path[0] in _LAST or path[:1] == ("clocks",)
    gpus = tuple(_card(bus, said) for bus, said in cards)
    attached = number(top.get("attached gpus"))
    # A card that no longer answers has no memory to tell of.
    last = next((gpu for gpu in reversed(gpus) if "lost" not in gpu.extra), None)
    short = last is not None and last.memory_mib is None
    cut = headed and bool(gpus) and (short or (attached or 0) > len(gpus))
    return Reading(
        kind=KIND,
        state="truncated" if cut or (attached and not gpus) else "ok",
        gpus=gpus if gpus or attached == 0 else None,
        driver=version(top.get("kmd version")) or version(top.get("driver version")),
        cuda=version(top.get("cuda umd version")) or version(top.get("cuda version")),
        facts={"attached_gpus": attached},
    )


def _values(lines: list[str]) -> Iterator[tuple[tuple[str, ...], str]]:
    """Every value with the names of the sections that it is in, in small letters."""
    path: list[str] = []
    for line in lines:
        card = _CARD.match(line)
        if card:
            path = []
            yield ("gpu",), card[1].upper()
            continue
        plain = line.strip()
        if not plain:
            continue
        depth = (len(line) - len(line.lstrip())) // _STEP
        key, colon, value = plain.partition(" : ")
        if not colon and plain.endswith(":"):
            key = plain[:-1]
        del path[max(depth - 1, 0) if depth else 0 :]
        name = " ".join(key.lower().split())
        if colon:
            yield (*path, name), value.strip()
        else:
            path.append(name)


def _card(bus: str, said: dict[tuple[str, ...], str]) -> ReadGpu:
    devices = sum(1 for path in said if path == ("mig device", "index"))
    model = known(said.get(("driver model", "current")))
    extra = settings(
        compute=said.get(("compute mode",)),
        virtual=said.get(("gpu virtualization mode", "virtualization mode")),
        persistence=said.get(("persistence mode",)),
        ecc=_uncorrected(said),
        fabric=said.get(("fabric", "state")),
        said=said.values(),
    )
    return ReadGpu(
        name=name_of(said.get((_NAME,))),
        vendor="nvidia",
        bus_id=bus or None,
        uuid=name_of(said.get(("gpu uuid",))),
        family=name_of(said.get(("product architecture",))),
        pci_id=pci_device(said.get(("pci", "device id"))),
        subsystem=pci_device(said.get(("pci", "sub system id"))),
        memory_mib=mib(said.get(("fb memory usage", "total"))),
        memory_text=None
        if mib(said.get(("fb memory usage", "total")))
        else known(said.get(("fb memory usage", "total"))),
        mig=switch(said.get(("mig mode", "current"))),
        driver_model=model.partition(" ")[0] if model else None,
        index=None,
        extra={**extra, "mig_devices": devices} if devices else extra,
    )


def _uncorrected(said: Mapping[tuple[str, ...], str]) -> list[str]:
    """The counters since the start; cards before Ampere count double bits, and give their sum."""
    counts = {
        path[2:]: value for path, value in said.items() if path[:2] == ("ecc errors", "volatile")
    }
    total = counts.get(("double bit", "total"))
    if total:
        return [total]
    return [n for path, n in counts.items() if any("uncorrectable" in one for one in path[-1:])]
