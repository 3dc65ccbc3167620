"""Which names an environment can have: ones that every file system can hold."""

from __future__ import annotations

import unicodedata
from typing import Final

from torchup.errors import UsageError

LONGEST: Final = 64
#: Most file systems hold names of 255 bytes; lock and journal files add to the name.
LONGEST_BYTES: Final = 200

#: https://learn.microsoft.com/windows/win32/fileio/naming-a-file (checked 2026-11-21)
RESERVED: Final = frozenset(
    {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))}
)


def check_name(name: str) -> str:
    """Return ``name`` in composed form (NFC).

    Letters and digits of any script are allowed, and ``.``, ``-`` and ``_`` after the first
    character.

    Raises:
        UsageError: an ``apply.name-…`` code that says what is wrong.
    """
    composed = unicodedata.normalize("NFC", name)
    if not composed:
        raise UsageError("apply.name-empty")
    if len(composed) > LONGEST or len(composed.encode("utf-8", "replace")) > LONGEST_BYTES:
        raise UsageError("apply.name-too-long", longest=LONGEST)
    for character in composed:
        _check_character(composed, character)
    if composed[0] in ".-":
        raise UsageError("apply.name-start", name=composed, character=composed[0])
    if composed.endswith("."):
        raise UsageError("apply.name-end", name=composed)
    if composed.partition(".")[0].casefold() in RESERVED:
        raise UsageError("apply.name-reserved", name=composed)
    return composed


def name_key(name: str) -> str:
    """Return what two names share when some file system can't tell them apart."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def _check_character(name: str, character: str) -> None:
    if character in "/\\":
        raise UsageError("apply.name-slash", name=name)
    if character.isspace():
        raise UsageError("apply.name-space", name=_visible(name))
    if character in ".-_" or unicodedata.category(character)[0] in "LNM":
        return
    raise UsageError("apply.name-character", name=_visible(name), character=_visible(character))


def _visible(text: str) -> str:
    """Show what can't be seen (tabs, control characters) as an escape, all else as it is."""
    return "".join(one if one.isprintable() else ascii(one)[1:-1] for one in text)
