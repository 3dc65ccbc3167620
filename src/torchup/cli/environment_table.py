"""Environments as columns of a screen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from torchup.cli.screen import pad, size_of, width
from torchup.facts.frameworks import named_in
from torchup.model.names import is_elsewhere

if TYPE_CHECKING:
    from torchup.cli.screen import Tone
    from torchup.cli.session import Session
    from torchup.model import Environment

_STATE: Final = 3
"""The column that says how an environment is."""


def print_environments(
    found: tuple[Environment, ...],
    session: Session,
    *,
    label: str | None = None,
    marked: str = "",
) -> None:
    """Print environments in columns; with a label they stand beside it.

    The one that is ``marked`` has a star, as conda's lists have for the active one.
    """
    rows = [_columns(one, session) for one in found]
    if not rows:
        return
    if any(one.record.name == marked for one in found):
        stars = ("* " if one.record.name == marked else "  " for one in found)
        rows = [(star + row[0], *row[1:]) for star, row in zip(stars, rows, strict=True)]
    # What is wrong with one is said whole, and is no reason to move the columns of the others.
    whole = [row for row, one in zip(rows, found, strict=True) if one.state != "broken"] or rows[:1]
    widths = [
        max(width(row[column]) for row in (whole if column == _STATE else rows))
        for column in range(len(rows[0]))
    ]
    for row, one in zip(rows, found, strict=True):
        cells = [pad(cell, wide) for cell, wide in zip(row, widths, strict=True)]
        tone: Tone = "stops" if one.state == "broken" else "plain"
        line = "  ".join(cells).rstrip()
        if label is None:
            session.out.line(session.out.paint(line, tone))
        else:
            session.out.row(label, line, tone)
            label = ""


def _columns(one: Environment, session: Session) -> tuple[str, ...]:
    stack = one.record.stack
    packages = stack.packages or one.packages
    first = next(iter(packages.items()), ("", ""))
    label = f"{first[0]} {first[1]}" + (f"+{stack.build}" if stack.build else "")
    beside = [one for one in named_in(packages) if one in packages and one != first[0]]
    label = ", ".join([label, *(f"{one} {packages[one]}" for one in beside)])
    if one.state == "broken":
        why = session.words.text(one.problem) if one.problem else ""
        state = session.say("cli.state.broken", why=why)
    elif one.verified:
        state = session.say("cli.state.verified", when=one.verified[:10])
    else:
        state = session.say("cli.state.unverified")
    if is_elsewhere(one.record.name):
        return _elsewhere(one, label, session)
    if one.state == "foreign":
        size = one.record.path
        return one.record.name, label, f"Python {stack.python}", _foreign(state, session), size
    size = session.say("cli.size", own=size_of(one.size.own), shared=size_of(one.size.shared))
    return one.record.name, label, f"Python {stack.python}", state, size


def _elsewhere(one: Environment, label: str, session: Session) -> tuple[str, ...]:
    """Columns for what torchup neither made nor adopted: its path is named once."""
    name, path, python = one.record.name, one.record.path, one.record.stack.python
    state = session.say("cli.state.elsewhere")
    if one.state == "broken" and one.problem:
        state = session.say("cli.state.broken", why=session.words.text(one.problem))
    if not one.record.stack.packages:
        label = session.say("cli.no-framework")
    return name, label, f"Python {python}" if python else "", state, "" if name == path else path


def _foreign(state: str, session: Session) -> str:
    return session.say("cli.state.foreign", state=state)
