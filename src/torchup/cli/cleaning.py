"""Saying what a killed torchup left, after it was cleaned up."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from torchup.api.environments import known
from torchup.cli.screen import Screen

if TYPE_CHECKING:
    from torchup.cli.session import Session


def clean_up(session: Session) -> tuple[str, ...]:
    """Recover, and say on standard error what was cleaned."""
    said = tuple(session.words.text(one) for one in known.recover(session.context))
    if said:
        screen = Screen(sys.stderr, session.host)
        for line in said:
            screen.row(session.say("cli.label.cleaned"), line, "costs")
    return said
