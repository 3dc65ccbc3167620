"""Telling what is being looked at, while it takes its time."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from torchup.model import text

if TYPE_CHECKING:
    import argparse

    from torchup.cli.session import Session

_START = "\r\x1b[K"
"""Back to the start of the line, which is wiped."""


class Watching:
    """One line on a terminal that tells what is looked at, and is gone afterwards.

    Elsewhere nothing is said, unless ``--progress`` asks for lines.
    """

    def __init__(self, args: argparse.Namespace, session: Session) -> None:
        self._session = session
        self._asked = args.progress in ("plain", "json")
        shown = args.progress == "auto" and sys.stderr.isatty() and not session.json
        self._shown = shown and session.host.env("TERM") != "dumb"

    def tell(self, name: str, done: int, total: int) -> None:
        """Say what was looked at, how many were, and how many there are."""
        session = self._session
        what, _, inside = name.rpartition(": ")
        code = f"doctor.look.{inside}"
        said = session.say(code) if session.words.has(code) else inside
        line = text("doctor.looked-at", name=f"{what} {said}".strip(), done=done, total=total)
        if self._asked:
            session.context.report.progress(text("cli.label.looking"), line, 0, 0)
        elif self._shown:
            words = f"{session.say('cli.label.looking')}  {session.words.text(line)}"
            sys.stderr.write(f"{_START}{words}" if done < total else _START)
            sys.stderr.flush()

    def end(self) -> None:
        """Wipe the line, whatever happened."""
        if self._shown:
            sys.stderr.write(_START)
            sys.stderr.flush()
