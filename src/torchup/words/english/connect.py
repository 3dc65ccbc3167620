"""Messages about what starts Python for people: the search path, shells, IDEs."""

from __future__ import annotations

from typing import Final

MESSAGES: Final[dict[str, str]] = {}
