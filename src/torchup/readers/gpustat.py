"""``gpustat``: a line for each card, under one with the host's name and the driver's number."""

from __future__ import annotations

import re
from typing import Final

from torchup.readers.nvidia_states import name_of
from torchup.readers.reading import ReadGpu, Reading
from torchup.readers.texts import LONGEST, lines_of

KIND: Final = "gpustat"
_CARD: Final = re.compile(
    r"^\s{0,8}\[(\d{1,3})\] (\S[^|]{0,80}?)\s*\|[^|]{1,80}\|\s*\d{1,7} / {1,6}?(\d{1,7}) MB\b"
)
_HEAD: Final = re.compile(
    r"^\S{1,80}\s+\w{3} \w{3} {1,2}\d{1,2} \d{1,2}:\d{2}:\d{2} \d{4}\s+(\d{3}\.\d+(?:\.\d+)?)$"
)


def matches(text: str) -> bool:
    """Tell whether a text is of this kind."""
    return any(_CARD.match(line) for line in lines_of(text[:200_000]))


def read(text: str) -> Reading:
    """Read it. What it calls MB are MiB."""
    gpus: list[ReadGpu] = []
    driver = None
    for line in lines_of(text[:LONGEST]):
        head, card = _HEAD.match(line), _CARD.match(line)
        if head and not gpus:
            driver = head[1]
        elif card:
            gpus.append(
                ReadGpu(
                    index=int(card[1]),
                    name=name_of(card[2]),
                    vendor="nvidia",
                    memory_mib=int(card[3]),
                )
            )
    if not gpus:
        return Reading(kind=KIND, state="unreadable")
    return Reading(kind=KIND, gpus=tuple(gpus), driver=driver)
