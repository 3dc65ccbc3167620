"""GPUs that come with their processor, read only where a card is named and no processor is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Final

from msgspec import Meta, Struct

from torchup.facts.schema import File, Sources
from torchup.facts.seldom import read_seldom

if TYPE_CHECKING:
    from collections.abc import Iterable

SOLDERED_FILE: Final = "nvidia/soldered.toml"
_WORDS: Final = re.compile(r"\w+")


class SolderedRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A family of them, by words that the cards' names have."""

    name: str
    words: Annotated[tuple[str, ...], Meta(min_length=1)]
    source: Sources


class SolderedFile(File, frozen=True, kw_only=True):
    """``nvidia/soldered.toml``."""

    soldered: tuple[SolderedRow, ...]


def beside_arm(names: Iterable[str]) -> bool:
    """Tell whether a card of one of these names comes with a processor for aarch64."""
    said = {word for name in names for word in _WORDS.findall(name.lower())}
    if not said:
        return False
    rows = read_seldom(SOLDERED_FILE, SolderedFile).soldered
    return any(word.lower() in said for row in rows for word in row.words)
