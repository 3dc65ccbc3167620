"""``/proc/driver/nvidia/gpus/*/information``: one card, or several files one after the other."""

from __future__ import annotations

import re
from typing import Final

from torchup.readers.nvidia_states import name_of
from torchup.readers.reading import ReadGpu, Reading
from torchup.readers.texts import LONGEST, lines_of

KIND: Final = "proc-driver-nvidia-gpu"
_PAIR: Final = re.compile(
    r"^(?:\S{0,80}information:)?(Model|GPU UUID|Bus Location|GPU Firmware):\s{1,20}(\S.{0,100})$"
)
_SIGNS: Final = ("Bus Location", "GPU UUID")


def matches(text: str) -> bool:
    """Tell whether a text is of this kind."""
    found = {pair[1] for line in lines_of(text[:200_000]) if (pair := _PAIR.match(line))}
    return "Model" in found and any(sign in found for sign in _SIGNS)


def read(text: str) -> Reading:
    """Read it. The firmware's number is the driver's, where the card has any (Turing and later)."""
    cards: list[dict[str, str]] = []
    for line in lines_of(text[:LONGEST]):
        pair = _PAIR.match(line)
        if pair and pair[1] == "Model":
            cards.append({"Model": pair[2].strip()})
        elif pair and cards:
            cards[-1].setdefault(pair[1], pair[2].strip())
    if not cards:
        return Reading(kind=KIND, state="unreadable")
    numbers = (
        re.fullmatch(r"\d{3}\.\d+(?:\.\d+)?", card.get("GPU Firmware", "")) for card in cards
    )
    return Reading(
        kind=KIND,
        gpus=tuple(map(_card, cards)),
        driver=next((found[0] for found in numbers if found), None),
    )


def _card(said: dict[str, str]) -> ReadGpu:
    uuid = said.get("GPU UUID", "")
    return ReadGpu(
        name=name_of(said.get("Model")),
        vendor="nvidia",
        bus_id=name_of(said.get("Bus Location")),
        uuid=uuid if re.fullmatch(r"GPU-[0-9a-fA-F-]+", uuid) else None,
    )
