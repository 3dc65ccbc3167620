"""The document about changes that can be undone."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct


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
    """``torchup.changes/v1``: what ``undo`` can take back, the newest first."""

    schema: Literal["torchup.changes/v1"] = "torchup.changes/v1"
    changes: tuple[ChangeV1, ...]
