"""``nvidia-smi -L``: a line for each card, with its slices under it."""

from __future__ import annotations

import re
from typing import Final

from msgspec.structs import replace

from torchup.readers.nvidia_states import failed
from torchup.readers.reading import ReadGpu, Reading
from torchup.readers.texts import lines_of

KIND: Final = "nvidia-smi-L"
_CARD: Final = re.compile(r"^\s*GPU (\d{1,3}): (\S.*?) \(UUID: (GPU-[0-9A-Fa-f-]+)\)")
_SLICE: Final = re.compile(r"^\s+MIG (\S+)\s+Device\s+\d+: \(UUID: MIG-")


def matches(text: str) -> bool:
    """Tell whether a text is of this kind."""
    return any(_CARD.match(line) for line in lines_of(text[:20_000]))


def read(text: str) -> Reading:
    """Read it. MIG is known only of cards whose slices are listed."""
    gpus: list[ReadGpu] = []
    for line in lines_of(text):
        card, part = _CARD.match(line), _SLICE.match(line)
        if card:
            gpus.append(ReadGpu(index=int(card[1]), name=card[2], uuid=card[3], vendor="nvidia"))
        elif part and gpus:
            parts = (*(gpus[-1].mig_devices or ()), part[1])
            gpus[-1] = replace(gpus[-1], mig=True, mig_devices=parts)
    return Reading(kind=KIND, gpus=tuple(gpus)) if gpus else failed(KIND, text)
