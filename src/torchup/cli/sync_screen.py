"""What ``sync`` and ``create --from`` show: the rows, what changes, how it ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchup.cli.difference import painted
from torchup.cli.render import stack_line
from torchup.model import Outcome, Reason
from torchup.wire import write
from torchup.wire.locks import JudgedRowV1, SyncedV1
from torchup.words.reasons import reason_text

if TYPE_CHECKING:
    from torchup.api.locks import syncing
    from torchup.api.locks.choice import Judged
    from torchup.cli.session import Session


def show_rows(sync: syncing.Sync, session: Session) -> None:
    """Print the row that is taken, and of each other one why it isn't."""
    if session.json:
        return
    if sync.lock.newer:
        said = session.say("lock.newer-minor", version=sync.lock.newer)
        session.out.line(session.out.paint(said, "costs"), folds=True)
    label = session.say("cli.label.row")
    ordered = sorted(sync.judged, key=lambda one: one is not sync.chosen)
    for one in ordered:
        if one is sync.chosen:
            line = f"{one.row.name}  {stack_line(one.stack or one.row.stack)}"
            session.out.row(label, line, "good")
        else:
            why = _why(one, session) or session.say("sync.row.other-better")
            session.out.row(label, f"{one.row.name}  {why}", "quiet")
        label = ""
    session.out.flush()


def _why(one: Judged, session: Session) -> str:
    if one.why is None:
        return ""
    if isinstance(one.why, Reason):
        return reason_text(one.why, session.words)
    return session.words.text(one.why)


def show_changes(sync: syncing.Sync, session: Session) -> None:
    """Print a line for each package that comes, goes or changes."""
    if session.json:
        return
    out, label = session.out, session.say("cli.label.changes")
    if sync.environment is None:
        count = len(sync.artifacts)
        out.row(label, session.say("sync.made", name=sync.name, count=count), "good")
        return
    if sync.anew and sync.chosen is not None:
        line = sync.chosen.row.stack.python
        has = sync.environment.record.stack.python
        out.row(label, session.say("sync.anew", has=has, needs=line), "costs")
        label = ""
    for one in sync.differences:
        out.row(label, painted(one, out))
        label = ""
    for name, why in sorted(sync.damaged.items()):
        out.row(label, session.say(f"repair.fault.{why}", name=name), "costs")
        label = ""
    out.flush()


def print_end(outcome: Outcome, sync: syncing.Sync, took: float, session: Session) -> None:
    """Print how it ended, after so many seconds."""
    out = session.out
    row = sync.chosen.row.name if sync.chosen else ""
    if outcome.ok:
        said = session.say("sync.done", name=sync.name, row=row, took=f"{took:.0f}")
        out.row(session.say("cli.label.done"), said, "good")
        return
    out.row(
        session.say("cli.label.failed"), session.say("cli.not-verified", name=sync.name), "stops"
    )
    out.row(session.say("cli.label.next"), f"torchup verify {sync.name}")


def emit(outcome: Outcome, sync: syncing.Sync, cleaned: tuple[str, ...], session: Session) -> None:
    """Print the outcome as a document: the lock, its rows, what was cleaned up before."""
    document = SyncedV1(
        file=sync.file,
        digest=sync.lock.digest,
        row=sync.chosen.row.name if sync.chosen else None,
        rows=tuple(_judged(one, session) for one in sync.judged),
    )
    session.emit(write.outcome(outcome, session.words, cleaned=cleaned, lock=document))


def _judged(one: Judged, session: Session) -> JudgedRowV1:
    return JudgedRowV1(
        name=one.row.name,
        platform=one.row.platform,
        python=one.row.stack.python,
        build=one.row.stack.build,
        state=one.state,
        why=_why(one, session),
        remedy=session.words.text(one.remedy) if one.remedy else "",
    )
