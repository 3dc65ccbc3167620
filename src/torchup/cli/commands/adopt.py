"""``torchup adopt``: list an environment that torchup did not make."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchup.api.environments import adopting
from torchup.cli.cleaning import clean_up
from torchup.cli.environment_table import print_environments
from torchup.errors import EXIT_DONE
from torchup.model import Outcome, StepOutcome
from torchup.wire import write

if TYPE_CHECKING:
    import argparse

    from torchup.cli.session import Session
    from torchup.model.record import StepStatus
    from torchup.words import Words


def add_arguments(parser: argparse.ArgumentParser, words: Words) -> None:
    """Add the place, and a name for it."""
    parser.add_argument("path", metavar="PATH", help=words.say("cli.option.adopt-path"))
    parser.add_argument("--name", metavar="NAME", help=words.say("cli.option.adopt-name"))
    parser.add_argument("--dry-run", action="store_true", help=words.say("cli.option.dry-run"))


def run(args: argparse.Namespace, session: Session) -> int:
    """Adopt it."""
    cleaned = clean_up(session)
    found = adopting.adopt(session.context, args.path, args.name, dry_run=args.dry_run)
    if session.json:
        status: StepStatus = "skipped" if args.dry_run else "done"
        step = StepOutcome(id="adopt", status=status, detail=found.record.path)
        outcome = Outcome(command="adopt", ok=True, steps=(step,), environment=found)
        session.emit(write.outcome(outcome, session.words, cleaned=cleaned))
        return EXIT_DONE
    print_environments((found,), session)
    name = found.record.name
    code = "cli.would-adopt" if args.dry_run else "cli.adopted"
    session.out.row(session.say("cli.label.done"), session.say(code, name=name), "good")
    if args.dry_run:
        return EXIT_DONE
    session.out.row(session.say("cli.label.next"), f"torchup verify {name}")
    return EXIT_DONE
