"""Wording reasons."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torchup.model import Reason
    from torchup.words import Words


def reason_text(found: Reason, words: Words) -> str:
    """Word a reason."""
    args = {
        "subject": found.subject,
        "needs": found.needs,
        "has": found.has,
        "about": found.about,
    }
    return words.say(f"reason.{found.code}", args)
