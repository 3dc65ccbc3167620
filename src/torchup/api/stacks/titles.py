"""How people write the frameworks that an answer is about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchup.facts.load import load_catalogue

if TYPE_CHECKING:
    from torchup.model import Resolution


def title_of(answer: Resolution) -> str:
    """Name the frameworks that there is no stack of; the one that is meant where none is named."""
    names = answer.lacking or ("",)
    return " + ".join(load_catalogue(name).framework.title for name in names)
