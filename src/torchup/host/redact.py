"""What must never be shown: credentials in addresses."""

from __future__ import annotations

from torchup.model.source import shown_url as redact_url
from torchup.model.source import without_token

__all__ = ["redact_url", "without_token"]
