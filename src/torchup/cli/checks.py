"""Printing checks as they end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from torchup.cli.screen import width
from torchup.verify import describe, explain
from torchup.verify.wording import read_detail

if TYPE_CHECKING:
    from torchup.cli.session import Session
    from torchup.model import Check

_ROOM: Final = 64
"""Columns of checks in a row, beside the label."""
_SLOW_S: Final = 1.0
# What a kind of device has none of, or an old release: nobody can do anything about it.
_UNTRIED: Final = frozenset({"no-import", "no-device", "not-reached"})
# Without cards nobody asks what was compiled for them.
_UNASKED: Final = "fit"
_NOT_OF_HERE: Final = frozenset({"not-here", "no-feature", "no-kernel", "one-device", "too-slow"})


class CheckPrinter:
    """Checks in rows as they pass; one that did not pass has a row of its own, with its reason."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._first = True
        self._row: list[str] = []
        self._wide = 0
        self._absent: list[str] = []
        self._untried: dict[str, list[str]] = {}

    def show(self, check: Check) -> None:
        """Print one check; where a program reads, tell whoever follows the progress."""
        if self._session.json:
            self._session.context.report.check(check)
            return
        self._session.close()  # the bar of a download: rows would stand behind it
        name = self._session.words.text(describe(check))
        if check.status == "pass":
            self._passed(name, check.took_s)
        elif check.status == "skip" and read_detail(check.detail)[0] in _NOT_OF_HERE:
            if check.code != _UNASKED:
                self._absent.append(name)
        elif check.status == "skip" and check.detail in _UNTRIED:
            self._untried.setdefault(self._why(check), []).append(name)
        else:
            self._own_row(check, name)
        self._session.out.flush()

    def end(self) -> None:
        """Nothing more is coming."""
        if self._session.json:
            return
        self._print_row()
        between = self._session.say("cli.list-separator")
        said = [
            self._session.say("cli.check-said", check=between.join(names), why=why)
            for why, names in self._untried.items()
        ]
        if self._absent:
            among = between.join(self._absent)
            said.append(self._session.say("cli.verify.not-on-device", checks=among))
        for each in said:
            self._session.out.row(self._label(), each, "quiet")
        self._session.out.flush()

    def _passed(self, name: str, took_s: float) -> None:
        took = f" {took_s:.1f} s" if took_s >= _SLOW_S else ""
        wide = width(name) + len(took) + 4
        if self._wide + wide > _ROOM:
            self._print_row()
        out = self._session.out
        self._row.append(f"{out.paint('✓', 'good')} {name}{out.paint(took, 'quiet')}")
        self._wide += wide

    def _print_row(self) -> None:
        if self._row:
            self._session.out.row(self._label(), "  ".join(self._row))
        self._row, self._wide = [], 0

    def _own_row(self, check: Check, name: str) -> None:
        self._print_row()
        out = self._session.out
        mark = out.paint("✗", "stops") if check.status == "fail" else out.paint("○", "quiet")
        said = self._session.say("cli.check-said", check=name, why=self._why(check))
        out.row(self._label(), f"{mark} {said}")

    def _why(self, check: Check) -> str:
        why = explain(check)
        return self._session.words.text(why) if why is not None else ""

    def _label(self) -> str:
        label = self._session.say("cli.label.verifying") if self._first else ""
        self._first = False
        return label
