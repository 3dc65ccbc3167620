"""``torchup sync``: an environment brought exactly to a lock, by the row for this machine."""

from __future__ import annotations

from functools import partial
from time import perf_counter
from typing import TYPE_CHECKING, NamedTuple

from torchup.api.environments.presence import is_there
from torchup.api.locks import syncing
from torchup.api.locks import work as syncing_work
from torchup.bundles.reading import is_bundle
from torchup.cli.asking import agreed, may_ask
from torchup.cli.changes import add_care
from torchup.cli.checks import CheckPrinter
from torchup.cli.cleaning import clean_up
from torchup.cli.render import machine_line, stack_line
from torchup.cli.request import this_machine
from torchup.errors import EXIT_DONE, EXIT_NO, InterruptedByUserError
from torchup.model import Outcome, Reason, Requirement, StepOutcome
from torchup.wire import write
from torchup.wire.locks import JudgedRowV1, SyncedV1
from torchup.words.reasons import reason_text

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from torchup.api.locks.choice import Judged
    from torchup.cli.session import Session
    from torchup.model import Machine
    from torchup.words import Words


def add_arguments(parser: argparse.ArgumentParser, words: Words) -> None:
    """Add the lock, the environment and the row."""
    parser.add_argument(
        "file", nargs="?", default=".", metavar="FILE", help=words.say("cli.option.sync-file")
    )
    parser.add_argument("-n", "--name", metavar="ENV", help=words.say("cli.option.sync-name"))
    parser.add_argument("--row", metavar="ROW", help=words.say("cli.option.sync-row"))
    add_care(parser, words)


class Bringing(NamedTuple):
    """One run: how the environment is compared, and since when it has gone on."""

    command: str
    prepare: Callable[[Machine], syncing.Sync]
    started: float
    cleaned: tuple[str, ...]


def run(args: argparse.Namespace, session: Session) -> int:
    """Pick the row, show what changes, and carry it out."""
    if is_bundle(args.file):
        from torchup.cli.bundles.installing import sync_with

        return sync_with(args, session)
    started = perf_counter()
    cleaned = clean_up(session)
    lock, path = syncing.read(args.file)  # mistakes first

    def prepare(machine: Machine) -> syncing.Sync:
        return syncing.prepare(session.context, machine, lock, path, name=args.name, row=args.row)

    carry_out = partial(syncing_work.carry_out, session.context)
    return bring(args, session, Bringing("sync", prepare, started, cleaned), carry_out)


def bring(
    args: argparse.Namespace,
    session: Session,
    bringing: Bringing,
    carry_out: Callable[..., Outcome],
) -> int:
    """Look at this machine, pick the row, show what changes, and carry it out.

    Args:
        args: the arguments; those of care count.
        session: the run.
        bringing: how the environment is compared.
        carry_out: does it: the comparison, the row, ``verified`` and ``on_check``.
    """
    machine = this_machine(Requirement(), session)
    if not session.json:
        session.out.row(session.say("cli.label.looking"), machine_line(machine, session))
        session.out.flush()
    sync = bringing.prepare(machine)
    _show_rows(sync, session)
    if sync.chosen is None:
        return _none(sync, args, bringing, session)
    _show_changes(sync, session)
    if args.dry_run or not (sync.needed or not sync.recorded):
        return _nothing(sync, bringing, session)
    if not _agreed(args, sync, session):
        return EXIT_NO
    work = partial(carry_out, sync, sync.chosen, verified=not args.no_verify)
    outcome = _carried_out(work, sync, session)
    if session.json:
        _emit(outcome, sync, bringing.cleaned, session)
    else:
        _print_end(outcome, sync, perf_counter() - bringing.started, session)
        if outcome.ok:
            command = f"torchup run {sync.name} -- python train.py"
            session.out.row(session.say("cli.label.next"), command)
    return EXIT_DONE if outcome.ok else EXIT_NO


def _carried_out(work: Callable[..., Outcome], sync: syncing.Sync, session: Session) -> Outcome:
    printer = CheckPrinter(session)
    try:
        outcome = work(on_check=printer.show)
    except KeyboardInterrupt:
        # Stopped while it computed in what was made whole before: that is not taken back.
        if sync.environment is None and is_there(session.context, sync.name):
            raise InterruptedByUserError("create.stopped-whole", name=sync.name) from None
        raise
    printer.end()
    return outcome


def _show_rows(sync: syncing.Sync, session: Session) -> None:
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


def _show_changes(sync: syncing.Sync, session: Session) -> None:
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
        if not one.before:
            said = out.paint(f"+ {one.name} {one.after}", "good")
        elif not one.after:
            said = out.paint(f"- {one.name} {one.before}", "stops")
        else:
            said = out.paint(f"~ {one.name} {one.before} → {one.after}", "costs")
        out.row(label, said)
        label = ""
    for name, why in sorted(sync.damaged.items()):
        out.row(label, session.say(f"repair.fault.{why}", name=name), "costs")
        label = ""
    out.flush()


def _none(
    sync: syncing.Sync, args: argparse.Namespace, bringing: Bringing, session: Session
) -> int:
    """Say that no row is for this machine, and what would be nearest."""
    if session.json:
        outcome = Outcome(command=bringing.command, ok=False, environment=sync.environment)
        _emit(outcome, sync, bringing.cleaned, session)
        return EXIT_NO
    code = "sync.row-not-here" if args.row else "sync.none-here"
    out = session.out
    out.line(out.paint(session.say(code, file=sync.lock.where, row=args.row or ""), "stops"))
    label = session.say("cli.label.next")
    for one in sync.judged:
        if args.row in {None, one.row.name} and one.remedy is not None:
            out.row(label, f"{one.row.name}: {session.words.text(one.remedy)}")
            label = ""
    for one in sync.judged:
        if one.state == "if-named" and args.row is None:
            how = ("create", "--from") if bringing.command == "create" else ("sync",)
            command = session.pasteable("torchup", *how, sync.lock.where, "--row", one.row.name)
            out.row(label, command)
            label = ""
    if label:
        out.row(label, session.say("sync.none-here.next"))
    return EXIT_NO


def _nothing(sync: syncing.Sync, bringing: Bringing, session: Session) -> int:
    """Say that nothing has to be done, or what would be."""
    todo = sync.needed or not sync.recorded
    if session.json:
        steps = [
            StepOutcome(id="sync", status="skipped", detail=f"{one.name} {one.after or '-'}")
            for one in sync.differences
        ]
        steps += [
            StepOutcome(id="sync", status="skipped", detail=f"{name} {why}")
            for name, why in sorted(sync.damaged.items())
        ]
        outcome = Outcome(
            command=bringing.command, ok=True, steps=tuple(steps), environment=sync.environment
        )
        _emit(outcome, sync, bringing.cleaned, session)
    else:
        code = "sync.would" if todo else "sync.nothing"
        session.out.row(session.say("cli.label.done"), session.say(code, name=sync.name), "good")
    return EXIT_DONE


def _agreed(args: argparse.Namespace, sync: syncing.Sync, session: Session) -> bool:
    """Ask a person at a terminal where something that is there goes or changes."""
    careful = sync.anew or any(one.before for one in sync.differences)
    if sync.environment is None or not careful or not may_ask(session, yes=args.yes):
        return True
    return agreed(session.say("cli.ask"), by_default=True)


def _print_end(outcome: Outcome, sync: syncing.Sync, took: float, session: Session) -> None:
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


def _emit(outcome: Outcome, sync: syncing.Sync, cleaned: tuple[str, ...], session: Session) -> None:
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
