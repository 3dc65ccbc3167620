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
from torchup.cli.render import machine_line
from torchup.cli.request import this_machine
from torchup.cli.sync_screen import emit, print_end, show_changes, show_rows
from torchup.errors import EXIT_DONE, EXIT_NO, InterruptedByUserError
from torchup.model import Outcome, Requirement, StepOutcome

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

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
    show_rows(sync, session)
    if sync.chosen is None:
        return _none(sync, args, bringing, session)
    show_changes(sync, session)
    if args.dry_run or not (sync.needed or not sync.recorded):
        return _nothing(sync, bringing, session)
    if not _agreed(args, sync, session):
        return EXIT_NO
    work = partial(carry_out, sync, sync.chosen, verified=not args.no_verify)
    outcome = _carried_out(work, sync, session)
    if session.json:
        emit(outcome, sync, bringing.cleaned, session)
    else:
        print_end(outcome, sync, perf_counter() - bringing.started, session)
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


def _none(
    sync: syncing.Sync, args: argparse.Namespace, bringing: Bringing, session: Session
) -> int:
    """Say that no row is for this machine, and what would be nearest."""
    if session.json:
        outcome = Outcome(command=bringing.command, ok=False, environment=sync.environment)
        emit(outcome, sync, bringing.cleaned, session)
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
        emit(outcome, sync, bringing.cleaned, session)
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
