"""Documents about locks, and which row of one was taken."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct


class LockedRowV1(Struct, frozen=True, kw_only=True):
    """One row of a lock that was written; ``words`` is what was asked of it."""

    name: str
    words: str
    platform: str
    python: str
    build: str
    device: str
    packages: dict[str, str]
    files: int


class LockV1(Struct, frozen=True, kw_only=True):
    """``torchup.lock/v1``: a lock that was written; ``path`` is null where it was not."""

    schema: Literal["torchup.lock/v1"] = "torchup.lock/v1"
    path: str | None
    environment: str
    digest: str
    rows: tuple[LockedRowV1, ...]
    local_only: tuple[str, ...] = ()


class JudgedRowV1(Struct, frozen=True, kw_only=True):
    """One row of a lock, and whether it is for this machine.

    ``state``: it ``fits``, runs only ``if-named``, or doesn't run here (``no``); ``why`` says so
    in words, ``remedy`` what would help.
    """

    name: str
    platform: str
    python: str
    build: str
    state: Literal["fits", "if-named", "no"]
    why: str = ""
    remedy: str = ""


class SyncedV1(Struct, frozen=True, kw_only=True):
    """The lock that an environment is brought to; ``row`` is null where none is for here."""

    file: str
    digest: str
    row: str | None
    rows: tuple[JudgedRowV1, ...] = ()
