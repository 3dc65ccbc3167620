"""Messages about bundles: everything that another machine needs, in one file."""

from __future__ import annotations

from typing import Final

MESSAGES: Final[dict[str, str]] = {}
