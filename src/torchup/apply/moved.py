"""Bringing a move that was cut off to an end."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from torchup.apply.folders import discard
from torchup.apply.marker import has_marker
from torchup.apply.names import name_key
from torchup.apply.places import is_ours
from torchup.model import Text, text

if TYPE_CHECKING:
    from torchup.apply.journal import Entry
    from torchup.state.home import Home


def settle_move(home: Home, entry: Entry) -> tuple[Text | None, bool]:
    """Finish or take back a move; the caller holds the lock of its name.

    Where the home says that it lies at the new place it does: that is said only of a whole one.

    Returns:
        What was cleaned up, and whether that was all.

    Raises:
        OSError: a folder can't be moved or removed.
    """
    was, to = Path(entry.was), Path(entry.to)
    key = name_key(entry.name)
    if home.environment(entry.name) != to:
        if is_ours(to):
            discard(home, to, key)
        return text("apply.move-undone", name=entry.name, path=was), True
    if not has_marker(to):  # its disk is away: what is left is kept until it is seen to be there
        return None, False
    if is_ours(was):
        discard(home, was, key)
    return text("apply.move-finished", name=entry.name, path=to), True
