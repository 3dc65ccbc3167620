"""Messages about the room that environments and caches take."""

from __future__ import annotations

from typing import Final

MESSAGES: Final[dict[str, str]] = {}
