"""Writing a command so that it can be pasted."""

from __future__ import annotations

import re
from typing import Final

_PLAIN: Final = re.compile(r"^[A-Za-z0-9_./:\\=+@%,-]+$")


def command_line(*words: str) -> str:
    """One command; what a shell could misread stands in double quotes, which all shells know."""
    return " ".join(word if _PLAIN.match(word) else f'"{word}"' for word in words)
