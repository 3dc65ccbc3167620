"""Telling of rows of a lock or a bundle."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchup.errors import EXIT_NO
from torchup.words.reasons import reason_text

if TYPE_CHECKING:
    from torchup.api.locks.locking import RowSolved
    from torchup.cli.session import Session


def refused(one: RowSolved, code: str, session: Session) -> int:
    """Say why a row can't be had, and what could; return the exit status.

    Args:
        one: the row and its answer.
        code: the message that names it.
        session: where to print.
    """
    if one.resolution is None:
        return EXIT_NO
    if session.json:
        from torchup.model import Plan
        from torchup.wire import write

        session.emit(write.plan(Plan(resolution=one.resolution), session.words))
        return EXIT_NO
    said = session.say(code, row=one.recipe.name, words=one.recipe.words)
    session.out.line(session.out.paint(said, "stops"))
    for reason in one.resolution.reasons:
        session.out.line(f"  {reason_text(reason, session.words)}", folds=True)
    for near in one.resolution.near_misses:
        session.out.row(session.say("cli.label.also"), session.words.text(near.remedy), "quiet")
    return EXIT_NO
