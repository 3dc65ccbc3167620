"""The modules that importing the framework loads: a file of a user's by such a name comes first."""

from __future__ import annotations

from functools import cache
from typing import Final

from torchup.facts.schema import File, Sources
from torchup.facts.seldom import read_seldom

SHADOWS_FILE: Final = "shadows.toml"


class ShadowsFile(File, frozen=True, kw_only=True):
    """``shadows.toml``: modules of the standard library, and of packages."""

    standard: tuple[str, ...]
    packages: tuple[str, ...]
    source: Sources


@cache
def shadowed() -> frozenset[str]:
    """Return the names that no file of a user's should have.

    Raises:
        ValueError: the facts are damaged.
    """
    file = read_seldom(SHADOWS_FILE, ShadowsFile)
    return frozenset((*file.standard, *file.packages))
