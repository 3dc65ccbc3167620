"""What conda is told, and by which files."""

from __future__ import annotations

from typing import Any, Literal

from msgspec import Struct

FileState = Literal["ok", "malformed", "unreadable"]


class CondaFile(Struct, frozen=True, kw_only=True):
    """One file of settings as it is now.

    ``settings`` are what it says, empty where it can't be read: then ``line`` and ``column``, from
    1, are where conda stops, ``why`` is what it says there, and ``mended`` a text that it takes,
    None where there is none. ``misfits`` are settings of another kind than conda asks for.
    ``flags`` are conda's own marks (``#!final``, ``#!top``, ``#!bottom``), by key, or by key and
    item (``channels defaults``).
    """

    path: str
    state: FileState = "ok"
    settings: dict[str, Any] = {}
    flags: dict[str, str] = {}
    line: int = 0
    column: int = 0
    why: str = ""
    mended: str | None = None
    misfits: tuple[str, ...] = ()


class CondaValue(Struct, frozen=True, kw_only=True):
    """What counts for one setting.

    ``origins`` are the places that it comes from, the one that
    counts most first; ``over`` are places whose value doesn't count.
    """

    key: str
    value: Any
    origins: tuple[str, ...]
    over: tuple[str, ...] = ()


class Edit(Struct, frozen=True, kw_only=True):
    """One change of a file of settings.

    ``add`` puts an item at the end of a list, ``first`` at its beginning; ``replace`` writes
    ``new`` where ``value`` stands; ``rename`` gives the key the name ``new``; ``rewrite`` takes
    the mended text of a malformed file.
    """

    action: Literal["set", "unset", "add", "first", "remove", "replace", "rename", "rewrite"]
    key: str = ""
    value: str = ""
    new: str = ""
