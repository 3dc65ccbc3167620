"""Printing checks as they end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from torchup.verify import describe, explain

if TYPE_CHECKING:
    from torchup.cli.screen import Tone
    from torchup.cli.session import Session
    from torchup.model import Check

_MARKS: Final[dict[str, tuple[str, Tone]]] = {
    "pass": ("✓", "good"),
    "skip": ("○", "quiet"),
    "fail": ("✗", "stops"),
}


class CheckPrinter:
    """One line for each check: mark, name, and why where it did not pass."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._first = True

    def show(self, check: Check) -> None:
        """Print one check; where a program reads, tell whoever follows the progress."""
        if self._session.json:
            self._session.context.report.check(check)
            return
        mark, tone = _MARKS[check.status]
        out = self._session.out
        label = self._session.say("cli.label.verifying") if self._first else ""
        self._first = False
        name = self._session.words.text(describe(check))
        why = explain(check)
        if why is not None:
            reason = self._session.words.text(why)
            name = self._session.say("cli.check-said", check=name, why=reason)
        said = f"{out.paint(mark, tone)} {name}"
        took = f"  {check.took_s:.1f} s" if check.took_s >= 1 else ""
        out.row(label, said + out.paint(took, "quiet"))
        out.flush()

    def end(self) -> None:
        """Nothing more is coming."""
        self._session.out.flush()
