"""Where files lie that torchup fetched itself: from their first byte until ``torchup clean``."""

from __future__ import annotations

import shutil
from contextlib import suppress
from typing import TYPE_CHECKING

from torchup.host.lock import try_lock
from torchup.sources.address import file_name

if TYPE_CHECKING:
    from pathlib import Path

    from torchup.api.context import Context
    from torchup.model import Artifact


def downloads_folder(context: Context) -> Path:
    """Return the folder; it may not be there."""
    return context.home.cache / "downloads"


def place_of(context: Context, one: Artifact) -> Path | None:
    """Return where a file lies once it was fetched and seen to be right; None where it can't be.

    Args:
        context: the session.
        one: of a lock; without a hash it is kept under none.
    """
    return downloads_folder(context) / one.sha256 / file_name(one.url) if one.sha256 else None


def is_here(context: Context, one: Artifact) -> bool:
    """Tell whether a file was fetched here, for whichever environment."""
    place = place_of(context, one)
    return place is not None and place.is_file()


def remove(folder: Path, key: str) -> None:
    """Remove a file that was fetched whole, unless another torchup is about to use it.

    Args:
        folder: where files were fetched to.
        key: what it is kept under.
    """
    notes = folder / f"{key}.lock"
    with suppress(OSError):
        lock = try_lock(str(notes)) if notes.exists() else None
        if lock is not None:
            with lock:
                shutil.rmtree(folder / key, ignore_errors=True)
                lock.remove()
