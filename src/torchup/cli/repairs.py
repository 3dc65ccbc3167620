"""Showing what would be mended, and what is left to the user."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from torchup.api.repairs.rights import needs_root
from torchup.model import StepOutcome

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from torchup.api.repairs.proposal import Proposal
    from torchup.cli.session import Session
    from torchup.model.finding import Finding, Remedy

_OWN: Final = ("torchup", "repair")


def print_proposal(one: Proposal, session: Session) -> None:
    """Print what is wrong, and what would be done about it; nothing where a program reads."""
    if session.json:
        return
    out = session.out
    error = one.finding.severity == "error"
    mark = out.paint("✗" if error else "!", "stops" if error else "costs")
    out.line(f"{mark} {session.words.text(one.finding.title)}", folds=True)
    for line in one.lines:
        out.line(f"  {out.paint(session.words.text(line), 'quiet')}")
    safety = session.say(f"finding.{one.safety}")
    said = session.words.text(one.title)
    out.line(f"  → {said} {out.paint(f'({safety})', 'quiet')}", folds=True)
    for edit in one.edits:
        out.line(f"    {out.paint(edit.path, 'quiet')}")


def print_left(found: Sequence[Finding], session: Session) -> None:
    """Print what torchup doesn't mend itself; what needs the administrator comes last, together."""
    out = session.out
    as_root: list[Remedy] = []
    for one in found:
        error = one.severity == "error"
        mark = out.paint("✗" if error else "!", "stops" if error else "costs")
        out.line(f"{mark} {session.words.text(one.title)}", folds=True)
        for line in one.because:
            out.line(f"  {out.paint(line, 'quiet')}")
        for remedy in one.remedies:
            if any(command[:2] == _OWN for command in remedy.commands):
                continue
            if needs_root(remedy):
                as_root.append(remedy)
            else:
                _print_remedy(remedy, session)
    if as_root:
        out.line()
        out.line(session.say("repair.as-root"), folds=True)
        for remedy in as_root:
            _print_remedy(remedy, session)


def _print_remedy(remedy: Remedy, session: Session) -> None:
    session.out.line(f"  → {session.words.text(remedy.title)}", folds=True)
    for command in remedy.commands:
        line = command[0] if len(command) == 1 else session.pasteable(*command)
        session.out.line(f"      {line}")


def steps_of(proposals: Iterable[Proposal]) -> tuple[StepOutcome, ...]:
    """What would be done, as steps that were not taken."""
    steps: list[StepOutcome] = []
    for one in proposals:
        code = one.finding.code
        steps += one.steps or [
            StepOutcome(id=code, status="skipped", detail=edit.path) for edit in one.edits
        ]
    return tuple(steps)
