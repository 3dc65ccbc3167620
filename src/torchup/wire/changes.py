"""The document about changes that can be undone."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Literal

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterable

    from torchup.api.undoing import Listed
    from torchup.state.undo import Change
    from torchup.words import Words


class ChangeV1(Struct, frozen=True, kw_only=True):
    """A change that torchup made outside its own folders, or in an environment.

    ``undoable`` is false where something was changed since; ``environment`` is empty for files
    that belong to none.
    """

    id: str
    at: str
    command: str
    what: str
    environment: str
    paths: tuple[str, ...]
    undoable: bool


class ChangesV1(Struct, frozen=True, kw_only=True):
    """``torchup.changes/v1``: what ``undo`` can take back, the newest first.

    ``unreadable`` are the folders of changes that are damaged, or of a newer torchup: what was
    before them lies there.
    """

    schema: Literal["torchup.changes/v1"] = "torchup.changes/v1"
    changes: tuple[ChangeV1, ...]
    unreadable: tuple[str, ...] = ()


def changes(found: Iterable[Listed], words: Words, unreadable: tuple[str, ...] = ()) -> ChangesV1:
    """Write what can be undone, and what can't be read."""
    return ChangesV1(
        unreadable=unreadable,
        changes=tuple(
            ChangeV1(
                id=one.change.id,
                at=one.change.at,
                command=one.change.command,
                what=worded(one.change, words),
                environment=one.change.about,
                paths=tuple(part.path for part in one.change.parts),
                undoable=one.undoable,
            )
            for one in found
        ),
    )


def worded(change: Change, words: Words) -> str:
    """Word what a change was for; another version of torchup may have had other words."""
    with suppress(LookupError, ValueError, AttributeError):
        return words.text(change.what)
    return f"torchup {change.command}" if change.command else change.id
