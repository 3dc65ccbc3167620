"""Wording reasons."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, get_args

from torchup.model import Device

if TYPE_CHECKING:
    from torchup.model import Reason
    from torchup.words import Words

_DEVICES: Final = frozenset(get_args(Device))


def reason_text(found: Reason, words: Words) -> str:
    """Word a reason."""
    args = {
        "subject": found.subject,
        "needs": found.needs,
        "has": found.has,
        "about": found.about,
    }
    if found.code == "build-other-device" and found.needs in _DEVICES:
        args["needs"] = f"@word.on.{found.needs}"
    return words.say(f"reason.{found.code}", args)
