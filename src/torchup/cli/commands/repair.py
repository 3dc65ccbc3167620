"""``torchup repair``: an environment again as its record says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchup.api import repairing
from torchup.cli.checks import CheckPrinter
from torchup.cli.cleaning import clean_up
from torchup.cli.request import this_machine
from torchup.errors import EXIT_DONE, EXIT_NO
from torchup.model import Outcome, Requirement, StepOutcome
from torchup.wire import write

if TYPE_CHECKING:
    import argparse

    from torchup.cli.session import Session
    from torchup.words import Words


def add_arguments(parser: argparse.ArgumentParser, words: Words) -> None:
    """Add the name, and the usual ways to be careful."""
    parser.add_argument("name", metavar="NAME", help=words.say("cli.option.name"))
    parser.add_argument("--no-verify", action="store_true", help=words.say("cli.option.no-verify"))
    parser.add_argument("-y", "--yes", action="store_true", help=words.say("cli.option.yes"))
    parser.add_argument("--dry-run", action="store_true", help=words.say("cli.option.dry-run"))


def run(args: argparse.Namespace, session: Session) -> int:
    """Look, say what is wrong, and put it in order."""
    cleaned = clean_up(session)
    found = repairing.look(session.context, args.name)
    _show(found, session)
    if not found.needed or args.dry_run:
        return _nothing(args, found, cleaned, session)
    machine = this_machine(Requirement(), session)
    printer = CheckPrinter(session)
    outcome = repairing.carry_out(
        session.context, found, machine, verified=not args.no_verify, on_check=printer.show
    )
    printer.end()
    if session.json:
        session.emit(write.outcome(outcome, session.words, cleaned=cleaned))
    else:
        code = "cli.repaired" if outcome.ok else "cli.not-repaired"
        label = "cli.label.done" if outcome.ok else "cli.label.failed"
        said = session.say(code, name=args.name)
        session.out.row(session.say(label), said, "good" if outcome.ok else "stops")
    return EXIT_DONE if outcome.ok else EXIT_NO


def _show(found: repairing.Repair, session: Session) -> None:
    if session.json:
        return
    label = session.say("cli.label.wrong")
    if found.python_gone:
        session.out.row(label, session.say("repair.python-gone"), "stops")
        label = ""
    for name, why in sorted(found.packages.items()):
        session.out.row(label, session.say(f"repair.fault.{why}", name=name), "stops")
        label = ""
    if found.toolkit_broken:
        session.out.row(label, session.say("repair.toolkit-broken"), "stops")
    session.out.flush()


def _nothing(
    args: argparse.Namespace,
    found: repairing.Repair,
    cleaned: tuple[str, ...],
    session: Session,
) -> int:
    unmended = not found.needed and found.environment.state == "broken"
    if session.json:
        lost = {"python": found.python_gone, "toolkit": found.toolkit_broken}
        gone = tuple(
            StepOutcome(id=one, status="skipped") for one, is_lost in lost.items() if is_lost
        )
        steps = gone + tuple(
            StepOutcome(id="repair", status="skipped", detail=f"{name} {why}")
            for name, why in sorted(found.packages.items())
        )
        outcome = Outcome(
            command="repair", ok=not unmended, steps=steps, environment=found.environment
        )
        session.emit(write.outcome(outcome, session.words, cleaned=cleaned))
    elif unmended and found.environment.problem is not None:
        why = session.words.text(found.environment.problem)
        session.out.row(session.say("cli.label.wrong"), why, "stops")
        session.out.row(session.say("cli.label.next"), f"torchup verify {args.name}")
    else:
        code = "cli.would-repair" if found.needed else "cli.nothing-to-repair"
        session.out.row(session.say("cli.label.done"), session.say(code, name=args.name))
    return EXIT_NO if unmended else EXIT_DONE
