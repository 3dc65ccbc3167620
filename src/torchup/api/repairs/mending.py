"""Choosing what to mend, and mending it: whole, verified, and so that it can be undone."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from torchup.api.repairs import propose
from torchup.api.repairs.afterwards import see_repaired
from torchup.errors import TorchupError, UsageError
from torchup.model import StepOutcome
from torchup.state import undo

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from torchup.api.context import Context
    from torchup.api.repairs.proposal import Hands, Proposal
    from torchup.model.finding import Finding
    from torchup.state.undo import Change


class Mending(NamedTuple):
    """What torchup would mend, and what it leaves to the user."""

    proposals: tuple[Proposal, ...]
    left: tuple[Finding, ...]


def plan(context: Context, found: Sequence[Finding], wanted: Sequence[str] = ()) -> Mending:
    """Ask of every finding whether torchup can mend it; nothing is changed.

    Args:
        context: the session.
        found: what is wrong.
        wanted: codes of findings; all where none is named.

    Raises:
        UsageError: ``repair.no-finding``: nothing of a named kind is wrong.
    """
    codes = {one.code for one in found}
    for code in wanted:
        if code not in codes:
            raise UsageError("repair.no-finding", finding=code, known=", ".join(sorted(codes)))
    here = [one for one in found if not wanted or one.code in wanted]
    asked = [(one, propose(context, one)) for one in here]
    seen: list[Proposal] = []
    for _, one in asked:
        if one is not None and not any(_same(one, other) for other in seen):
            seen.append(one)
    left = (finding for finding, one in asked if one is None and finding.severity != "info")
    return Mending(tuple(seen), tuple(left))


def _same(one: Proposal, other: Proposal) -> bool:
    """Two findings about one thing may be mended by one and the same repair."""
    same = (one.title, one.environment, one.edits) == (other.title, other.environment, other.edits)
    return same and (one.work is None) == (other.work is None)


def carry_out(
    hands: Hands, proposals: Iterable[Proposal], on_done: Callable[[Proposal], None]
) -> tuple[StepOutcome, ...]:
    """Mend; what belongs to one environment is mended together, and verified.

    Args:
        hands: what repairs work with.
        proposals: those that were agreed to.
        on_done: told each one that was carried out; not one that turns out to have nothing to do
            when its turn comes.

    Raises:
        NoAnswerError: ``repair.verify-failed``: an environment doesn't compute afterwards, so
            what was done to it was put back.
        TorchupError: a repair failed; that environment, or those files, are as they were.
    """
    together: dict[str, list[Proposal]] = {}
    for number, one in enumerate(proposals):
        together.setdefault(one.environment or f"\0{number}", []).append(one)
    steps: list[StepOutcome] = []
    for group in together.values():
        mended, carried_out = _mended(hands, group)
        steps += mended
        for one in carried_out:
            on_done(one)
    return tuple(steps)


def _mended(hands: Hands, group: Sequence[Proposal]) -> tuple[list[StepOutcome], list[Proposal]]:
    context = hands.context
    done: list[Change] = []
    steps: list[StepOutcome] = []
    carried_out: list[Proposal] = []
    try:
        for one in sorted(group, key=lambda one: one.work is not None):  # edits first
            made = _carried_out(hands, one, done)
            steps += [StepOutcome(id=one.finding.code, status="skipped")] if made is None else made
            carried_out += [] if made is None else [one]
        if done and hands.verified and group[0].environment and not any(one.work for one in group):
            see_repaired(hands, group[0].environment)
    except BaseException as first:
        stuck = [why for one in reversed(done) if (why := _taken_back(context, one)) is not None]
        if stuck and isinstance(first, TorchupError):
            raise stuck[0] from first  # the first one would say that everything is as it was
        raise
    return steps, carried_out


def _taken_back(context: Context, change: Change) -> TorchupError | OSError | None:
    """Take a change back; why that could not be done, since the others go all the same."""
    try:
        undo.undo(context.host, context.home, change)
    except (TorchupError, OSError) as error:
        return error
    return None


def _carried_out(hands: Hands, one: Proposal, done: list[Change]) -> list[StepOutcome] | None:
    """Look once more: a repair before this one may have changed the same file; None for nothing."""
    context, code = hands.context, one.finding.code
    now = propose(context, one.finding)
    if now is None:
        return None
    steps = []
    if now.edits:
        change = undo.change(
            context.host,
            context.home,
            what=now.title,
            edits=now.edits,
            command="repair",
            about=now.environment,
        )
        done.append(change)
        paths = (part.path for part in change.parts)
        steps += [StepOutcome(id=code, status="done", detail=path) for path in paths]
    return [*steps, *(now.work(hands) if now.work is not None else ())]
