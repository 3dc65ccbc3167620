"""``deviceQuery``, the program of NVIDIA's CUDA samples: cards as CUDA sees them."""

from __future__ import annotations

import re
from typing import Any, Final

from torchup.readers.hardware import unpacked_address
from torchup.readers.nvidia_states import name_of
from torchup.readers.reading import ReadGpu, Reading
from torchup.readers.texts import LONGEST, lines_of

KIND: Final = "device-query"
_CARD: Final = re.compile(r'^\s{0,8}(?:Detected )?Device (\d{1,3}): "([^"]{1,100})"')
_SIGN: Final = "CUDA Capability Major/Minor version number"
_PAIR: Final = re.compile(r"^\s{0,8}(\S[^:]{1,70}?):? {2,80}(\S.{0,120})$")
_CAPABILITY: Final = re.compile(r"\d{1,2}\.\d")
_BOTH: Final = re.compile(r"(\d{1,2}\.\d{1,2}) / (\d{1,2}\.\d{1,2})")
_PLACE: Final = re.compile(r"(\d{1,6}) / (\d{1,3}) / (\d{1,2})")
_MEMORY: Final = re.compile(r"(\d{2,8}) MBytes")


def matches(text: str) -> bool:
    """Tell whether a text is of this kind."""
    head = text[:200_000]
    return _SIGN in head and any(map(_CARD.match, lines_of(head)))


def read(text: str) -> Reading:
    """Read it. ``facts``: ``runtime``, the CUDA that the program itself was built with."""
    cards: list[tuple[int, str, dict[str, str]]] = []
    for line in lines_of(text[:LONGEST]):
        card, pair = _CARD.match(line), _PAIR.match(line)
        if card:
            cards.append((int(card[1]), card[2], {}))
        elif pair and cards:
            cards[-1][2].setdefault(pair[1].strip().rstrip(":").lower(), pair[2])
    if not cards:
        return Reading(kind=KIND, state="unreadable")
    versions = [said.get("cuda driver version / runtime version", "") for _, _, said in cards]
    both = next((found for told in versions if (found := _BOTH.search(told))), None)
    facts: dict[str, Any] = {"runtime": both[2]} if both else {}
    gpus = tuple(_card(*card) for card in cards)
    whole = gpus[-1].capability is not None
    return Reading(
        kind=KIND,
        state="ok" if whole else "truncated",
        gpus=gpus,
        cuda=both[1] if both else None,
        facts=facts,
    )


def _card(index: int, name: str, said: dict[str, str]) -> ReadGpu:
    capability = _CAPABILITY.match(said.get(_SIGN.lower(), ""))
    memory = _MEMORY.match(said.get("total amount of global memory", ""))
    place = _PLACE.match(said.get("device pci domain id / bus id / location id", ""))
    at = unpacked_address(int(place[2]) << 8 | int(place[3]) << 3, int(place[1])) if place else None
    return ReadGpu(
        index=index,
        name=name_of(name),
        vendor="nvidia",
        capability=capability[0] if capability else None,
        memory_mib=int(memory[1]) if memory else None,
        bus_id=at,
    )
