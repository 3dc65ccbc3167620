"""Where the page of each card, architecture and release lies."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torchup.facts.gpus import GpuFact


def card_paths(cards: Sequence[GpuFact]) -> tuple[str, ...]:
    """A path for each card, in their order; names given to several chips carry the chip's."""
    names = Counter(slug(card.name) for card in cards)
    taken: set[str] = set()
    found: list[str] = []
    for card in cards:
        name = slug(card.name)
        if names[name] > 1:
            name = f"{name}-{slug('-'.join(card.archs))}"
        plain, number = name, 1
        while name in taken:
            number += 1
            name = f"{plain}-{number}"
        taken.add(name)
        found.append(f"card/{name}.html")
    return tuple(found)


def arch_path(arch: str) -> str:
    """Where an architecture's page lies."""
    return f"arch/{slug(arch)}.html"


def release_path(version: str) -> str:
    """Where a release's page lies."""
    return f"release/{version}.html"


def slug(text: str) -> str:
    """A name that every file system and address takes."""
    return re.sub(r"[^a-z0-9.]+", "-", text.lower()).strip("-.") or "unnamed"
