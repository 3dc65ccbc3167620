"""``nvidia-smi -L``: a line for each card, with its slices under it."""

from __future__ import annotations

import re
from typing import Final

from msgspec.structs import replace

from torchup.readers.nvidia_settings import settings
from torchup.readers.nvidia_states import failed, lost_slots, name_of
from torchup.readers.reading import ReadGpu, Reading
from torchup.readers.texts import lines_of

KIND: Final = "nvidia-smi-L"
_CARD: Final = re.compile(r"^\s*GPU (\d{1,3}): (\S.{0,100}?) \(UUID: ([^)\s]{1,80})\)")
_BARE: Final = re.compile(
    r"^\s*GPU (\d{1,3}): ((?:NVIDIA|GeForce|Quadro|Tesla|TITAN|GRID)\b[^:(\[]{0,100})$"
)
"""What is left where somebody took the serial numbers out, and in drivers before 319."""
_UUID: Final = re.compile(r"GPU-[0-9A-Fa-f-]+")
_SLICE: Final = re.compile(r"^\s+MIG (\S+)\s+Device\s+\d+: \(UUID: MIG-")
_ELSEWHERE: Final = "GPU models and configuration"
"""``collect_env`` repeats the bare lines under this heading."""


def matches(text: str) -> bool:
    """Tell whether a text is of this kind."""
    head = text[:20_000]
    return any(sign.match(line) for line in lines_of(head) for sign in _signs(head))


def _signs(text: str) -> tuple[re.Pattern[str], ...]:
    return (_CARD,) if _ELSEWHERE in text else (_CARD, _BARE)


def read(text: str) -> Reading:
    """Read it. MIG is known only of cards whose slices are listed.

    ``facts``: ``lost``, the slots of cards that no longer answer.
    """
    gpus: list[ReadGpu] = []
    signs = _signs(text)
    for line in lines_of(text):
        card = next((found for sign in signs if (found := sign.match(line))), None)
        part = _SLICE.match(line)
        if card:
            uuid = card[3] if card.re is _CARD and _UUID.fullmatch(card[3]) else None
            gpus.append(
                ReadGpu(
                    index=int(card[1]),
                    name=name_of(card[2]),
                    uuid=uuid,
                    vendor="nvidia",
                    extra=settings(said=[line]),
                )
            )
        elif part and gpus:
            parts = (*(gpus[-1].mig_devices or ()), part[1])
            gpus[-1] = replace(gpus[-1], mig=True, mig_devices=parts)
    if not gpus:
        return failed(KIND, text)
    lost = lost_slots(text)
    return Reading(kind=KIND, gpus=tuple(gpus), facts={"lost": lost} if lost else {})
