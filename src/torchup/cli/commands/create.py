"""``torchup create``: from this machine to a verified environment."""

from __future__ import annotations

import argparse
from time import perf_counter
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from torchup.api.condas.bare import is_base
from torchup.cli.asking import agreed, may_ask
from torchup.cli.building import allow_builds
from torchup.cli.checks import CheckPrinter
from torchup.cli.cleaning import clean_up
from torchup.cli.connecting import (
    Connected,
    add_connect_options,
    check_connect_options,
    connect_folder,
)
from torchup.cli.offline import say_ways
from torchup.cli.options import add_requirement
from torchup.cli.render import machine_line, print_choice, print_fetching, print_plan
from torchup.cli.request import requirement_of, this_machine
from torchup.cli.sharing import say_not_shared
from torchup.errors import EXIT_DONE, EXIT_NO, EXIT_OUTSIDE, InterruptedByUserError, UsageError

if TYPE_CHECKING:
    from torchup.api.environments import presence
    from torchup.api.stacks.sizes import Sizing
    from torchup.cli.session import Session
    from torchup.model import Artifact, Machine, Outcome, Plan, Requirement
    from torchup.words import Words

ASK_ABOVE: Final = 1_000_000_000
"""Bytes above which a person at a terminal is asked before the download."""


def add_arguments(parser: argparse.ArgumentParser, words: Words) -> None:
    """Add the name and what is wanted."""
    parser.add_argument("name", nargs="?", metavar="NAME", help=words.say("cli.option.name"))
    add_requirement(parser, words)
    parser.add_argument(
        "--from", dest="source", metavar="BUNDLE", help=words.say("cli.option.from")
    )
    parser.add_argument("--row", metavar="ROW", help=words.say("cli.option.from-row"))
    parser.add_argument("--no-verify", action="store_true", help=words.say("cli.option.no-verify"))
    parser.add_argument("--quick", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("-y", "--yes", action="store_true", help=words.say("cli.option.yes"))
    parser.add_argument("--dry-run", action="store_true", help=words.say("cli.option.dry-run"))
    add_connect_options(parser, words)
    parser.add_argument(
        "-v", "--verbose", action="store_true", help=words.say("cli.option.verbose")
    )


def run(args: argparse.Namespace, session: Session) -> int:
    """Make the environment, or say that it is there already."""
    if args.source is not None:
        from torchup.cli.bundles.installing import create_from

        return create_from(args, session)
    from torchup.api.environments import presence

    if args.name is None:
        raise UsageError("create.name-needed")
    if args.row is not None:
        raise UsageError("bundle.row-without")
    started = perf_counter()
    check_connect_options(args)
    if args.connect is not None and not args.project:
        raise UsageError("connect.of-a-project")
    cleaned = clean_up(session)
    requirement = requirement_of(args, session)
    there = presence.present(session.context, args.name, requirement)
    if there is not None:
        return _present(there, session)
    try:
        return _create(args, session, requirement, cleaned, started)
    except KeyboardInterrupt:
        # Stopped while it computed or counted: what was made before that is not taken back.
        if presence.is_there(session.context, args.name):
            raise InterruptedByUserError("create.stopped-whole", name=args.name) from None
        raise


def _create(
    args: argparse.Namespace,
    session: Session,
    requirement: Requirement,
    cleaned: tuple[str, ...],
    started: float,
) -> int:
    from torchup.api.solve.warming import begin

    allow_builds(args, session)
    begin(session.context)
    machine = this_machine(requirement, session)
    if not session.json:
        session.out.row(session.say("cli.label.looking"), machine_line(machine, session))
        session.out.flush()
    from torchup.api.environments import creation  # loaded while the machine was looked at

    prepared = creation.prepare(
        session.context, args.name, requirement, machine, dry_run=args.dry_run
    )
    if prepared.stack is None:
        return _none(prepared.plan, machine, args, session)
    sizing = _sizing(prepared.plan, machine, args, session)
    if args.dry_run:
        return EXIT_DONE
    if not _agreed(args, sizing, session):
        return EXIT_NO
    printer = CheckPrinter(session)
    outcome = creation.create(
        session.context,
        prepared,
        verified=not args.no_verify,
        sized=session.json,
        sizing=sizing,
        on_check=printer.show,
    )
    printer.end()
    took = perf_counter() - started
    connected = _connect(args, session, outcome)
    if session.json:
        steps = (*outcome.steps, *connected.steps)
        outcome = replace(outcome, ok=outcome.ok and connected.status == EXIT_DONE, steps=steps)
        planned = replace(prepared.plan, artifacts=sizing.wait())
        from torchup.wire import write

        session.emit(write.outcome(outcome, session.words, planned=planned, cleaned=cleaned))
    else:
        _print_end(outcome, args.name, took, session)
    return connected.status or (EXIT_DONE if outcome.ok else EXIT_NO)


def _none(planned: Plan, machine: Machine, args: argparse.Namespace, session: Session) -> int:
    """Say that nothing fits, why, and the ways out."""
    _say_plan(planned, machine, args, session)
    say_ways(planned.resolution, args.name, session)
    lost = any(one.code == "source-unreachable" for one in planned.resolution.reasons)
    return EXIT_OUTSIDE if lost else EXIT_NO


def _connect(args: argparse.Namespace, session: Session, outcome: Outcome) -> Connected:
    """Connect the project's folder with what was made for it."""
    if not (args.project and outcome.ok):
        return Connected()
    folder = session.host.real_path(args.project)
    if not session.host.is_dir(folder):
        return Connected()
    return connect_folder(args, session, args.name, folder)


def _say_plan(plan: Plan, machine: Machine, args: argparse.Namespace, session: Session) -> None:
    if session.json:
        from torchup.wire import write

        session.emit(write.plan(plan, session.words))
    else:
        print_plan(plan, machine, session, details=args.verbose)
        session.out.flush()


def _sizing(plan: Plan, machine: Machine, args: argparse.Namespace, session: Session) -> Sizing:
    """Show the choice at once, and the sizes when they are known: the work need not wait."""
    from torchup.api.stacks.sizes import Sizing

    def show(known: tuple[Artifact, ...]) -> None:
        if not session.json and plan.artifacts:
            print_fetching(replace(plan, artifacts=known), session)
            session.out.flush()

    if not session.json:
        print_choice(plan, machine, session, details=args.verbose)
        session.out.flush()
    sizing = Sizing(session.context, plan.artifacts, show)
    if args.dry_run and session.json:
        from torchup.wire import write

        session.emit(write.plan(replace(plan, artifacts=sizing.wait()), session.words))
    elif args.dry_run:
        sizing.wait()
    return sizing


def _present(there: presence.Present, session: Session) -> int:
    name = there.environment.record.name
    why = session.words.text(there.why) if there.why else ""
    if session.json:
        from torchup.wire import write

        session.emit(write.outcome(there.outcome(why), session.words))
    elif there.fits:
        session.out.row(
            session.say("cli.label.done"), session.say("cli.already", name=name), "good"
        )
    else:
        session.out.line(session.out.paint(session.say("cli.differs", name=name, why=why), "stops"))
        session.out.row(session.say("cli.label.next"), session.say("cli.differs.next", name=name))
    return EXIT_DONE if there.fits else EXIT_NO


def _agreed(args: argparse.Namespace, sizing: Sizing, session: Session) -> bool:
    """Ask a person at a terminal before a large download."""
    if not may_ask(session, yes=args.yes):
        return True
    if sum(one.size or 0 for one in sizing.wait()) < ASK_ABOVE:
        return True
    return agreed(session.say("cli.ask"), by_default=True)


def _print_end(outcome: Outcome, name: str, took: float, session: Session) -> None:
    out = session.out
    made = outcome.environment
    if made is not None and is_base(made.record.stack):
        said = session.say("conda.base-ready", name=name, path=made.record.path)
        out.row(session.say("cli.label.done"), said, "good")
        out.row(session.say("cli.label.next"), f"torchup run {name} -- conda init")
    elif outcome.ok:
        code = "cli.ready" if outcome.report else "cli.ready-unverified"
        out.row(
            session.say("cli.label.done"), session.say(code, name=name, took=f"{took:.0f}"), "good"
        )
        line = f"torchup run {name} -- python train.py"
        say_not_shared(session, name)
        out.row(session.say("cli.label.next"), line if outcome.report else f"torchup verify {name}")
    else:
        out.row(
            session.say("cli.label.failed"), session.say("cli.not-verified", name=name), "stops"
        )
        out.row(session.say("cli.label.next"), f"torchup verify {name}")
