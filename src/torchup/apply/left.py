"""Whether a killed torchup left anything: asked by every command, and so kept light."""

# Loading more than os would take longer than these looks.
# ruff: noqa: PTH118, PTH208

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from torchup.state.home import Home

GUARD: Final = ".guard-"
"""How the folders among what is kept begin whose content is being changed."""


def anything_left(home: Home) -> bool:
    """Tell whether something is under way or left over: three looks at folders."""
    waiting = [*_names(home, "journal"), *_names(home, "trash")]
    return bool(waiting) or any(name.startswith(GUARD) for name in _names(home, "kept"))


def _names(home: Home, folder: str) -> list[str]:
    try:
        return os.listdir(os.path.join(home.place, folder))
    except OSError:
        return []
