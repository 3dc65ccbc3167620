"""Messages about what environments hold: packages, compared, exported, searched for."""

from __future__ import annotations

from typing import Final

MESSAGES: Final[dict[str, str]] = {}
