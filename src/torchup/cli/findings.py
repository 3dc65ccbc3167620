"""Printing what is wrong: the cause, what it rests on, and what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from torchup.cli.screen import Screen, Tone
    from torchup.cli.session import Session
    from torchup.model.finding import Finding

_MARKS: Final[dict[str, tuple[str, Tone]]] = {
    "error": ("✗", "stops"),
    "warning": ("!", "costs"),
    "info": ("·", "quiet"),
}


def print_findings(found: Iterable[Finding], session: Session, out: Screen | None = None) -> None:
    """Print findings, each with its remedies; nothing where there are none.

    Args:
        found: the findings.
        session: for the words.
        out: where to print; standard output if left out.
    """
    out = out or session.out
    for one in found:
        mark, tone = _MARKS[one.severity]
        out.line()
        sure = f" ({one.confidence:.0%})" if one.confidence < 1 else ""
        said = f"{session.words.text(one.title)}{out.paint(sure, 'quiet')}"
        out.line(f"{out.paint(mark, tone)} {said}", folds=True)
        for line in one.because:
            out.line(f"  {out.paint(line, 'quiet')}")
        for remedy in one.remedies:
            said = session.words.text(remedy.title)
            safety = session.say(f"finding.{remedy.safety}")
            out.line(f"  → {said} {out.paint(f'({safety})', 'quiet')}", folds=True)
            for command in remedy.commands:
                line = command[0] if len(command) == 1 else session.pasteable(*command)
                out.line(f"      {line}")
