"""Writing a command so that it can be pasted."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from torchup.host import Host

_SPECIAL: Final = r'["$`\\!]'
_PLAIN: Final = frozenset("_./:\\=+@%,-")
"""Besides letters and digits."""


def command_line(*words: str, windows: bool = False) -> str:
    """One command; what a shell could misread stands in quotes.

    Double quotes are what all shells know. A word that would still mean something inside them
    stands in single ones; Windows' shells have no such quotes, there its own double quotes become
    single (a marker, PEP 508, may have either).
    """
    return " ".join(_quoted(word, windows=windows) for word in words)


def command_here(host: Host, *words: str) -> str:
    """One command as the shells of a host's system read it."""
    return command_line(*words, windows=host.system == "windows")


def _is_plain(word: str) -> bool:
    """Tell whether no shell takes any of a word for more than letters.

    A pattern would say so too, but each short command would wait for its compilation.
    """
    return bool(word) and all(one in _PLAIN or (one.isascii() and one.isalnum()) for one in word)


def _quoted(word: str, *, windows: bool) -> str:
    if _is_plain(word) and (windows or "\\" not in word):
        return word
    if windows:
        inner = word.replace('"', "'")
        return f'"{inner}"'
    if not re.search(_SPECIAL, word):
        return f'"{word}"'
    inner = word.replace("'", "'\"'\"'")
    return f"'{inner}'"
