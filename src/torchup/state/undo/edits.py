"""What can be done to a file so that it can be undone."""

from __future__ import annotations

from typing import Final, TypeAlias

from msgspec import UNSET, Struct, UnsetType

NEW_FILE: Final = 0o644
"""Who may read a file that a change makes, where the edit doesn't say."""


class Write(Struct, frozen=True, kw_only=True):
    """Give a file its content; a link stays one, and what it leads to is written.

    Attributes:
        path: the file; its folder is made where there is none.
        data: the whole content.
        was: what was read to make ``data`` of it, None where there was no file. Where it is
            something else by now, nothing is changed. Left out: whatever is there goes.
        mode: who may read and write it; left out, the file keeps what it has.
    """

    path: str
    data: bytes
    was: bytes | UnsetType | None = UNSET
    mode: int | None = None


class Remove(Struct, frozen=True, kw_only=True):
    """Take a file, a link or a whole folder away; nothing where there is none."""

    path: str


class Rename(Struct, frozen=True, kw_only=True):
    """Give a file or folder another name on the same volume, where nothing is yet."""

    path: str
    to: str


class Link(Struct, frozen=True, kw_only=True):
    """Put a symbolic link to ``target`` in the place of whatever is at ``path``."""

    path: str
    target: str


Edit: TypeAlias = Write | Remove | Rename | Link
