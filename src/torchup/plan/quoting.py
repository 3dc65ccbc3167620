"""Writing a command so that it can be pasted."""

from __future__ import annotations

import re
from typing import Final

_SPECIAL: Final = r'["$`\\!]'
_PLAIN: Final = r"^[A-Za-z0-9_./:\\=+@%,-]+$"


def command_line(*words: str, windows: bool = False) -> str:
    """One command; what a shell could misread stands in quotes.

    Double quotes are what all shells know. A word that would still mean something inside them
    stands in single ones; Windows' shells have no such quotes, there its own double quotes become
    single (a marker, PEP 508, may have either).
    """
    return " ".join(_quoted(word, windows=windows) for word in words)


def _quoted(word: str, *, windows: bool) -> str:
    if re.match(_PLAIN, word) and (windows or "\\" not in word):
        return word
    if windows:
        inner = word.replace('"', "'")
        return f'"{inner}"'
    if not re.search(_SPECIAL, word):
        return f'"{word}"'
    inner = word.replace("'", "'\"'\"'")
    return f"'{inner}'"
