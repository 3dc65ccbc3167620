"""Where files lie from their first byte until they are installed."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from torchup.api.context import Context


def downloads_folder(context: Context) -> Path:
    """Return the folder; it may not be there."""
    return context.home.cache / "downloads"
