"""Saying, once in a command, that environments can't share their files, and the way out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchup.api.room import not_shared

if TYPE_CHECKING:
    from torchup.cli.session import Session


def say_not_shared(session: Session, name: str | None = None) -> None:
    """Print why files are copied, and what helps; nothing where they are shared."""
    said = not_shared(session.context, name)
    if said is not None:
        session.out.row(session.say("cli.label.room"), session.words.text(said), "costs")
