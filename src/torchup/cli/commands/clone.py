"""``torchup clone``: a second environment of the same content."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchup.api.environments import cloning, known
from torchup.cli.cleaning import clean_up
from torchup.cli.sharing import say_not_shared
from torchup.errors import EXIT_DONE
from torchup.model import Outcome, StepOutcome
from torchup.wire import write

if TYPE_CHECKING:
    import argparse

    from torchup.cli.session import Session
    from torchup.words import Words


def add_arguments(parser: argparse.ArgumentParser, words: Words) -> None:
    """Add both names."""
    parser.add_argument("name", metavar="NAME", help=words.say("cli.option.name"))
    parser.add_argument("target", metavar="NEW", help=words.say("cli.option.new-name"))
    parser.add_argument("--dry-run", action="store_true", help=words.say("cli.option.dry-run"))


def run(args: argparse.Namespace, session: Session) -> int:
    """Clone."""
    cleaned = clean_up(session)
    if args.dry_run:
        return _dry(args, session, cleaned)
    done = cloning.clone(session.context, args.name, args.target)
    if session.json:
        session.emit(write.outcome(done.outcome, session.words, cleaned=cleaned))
        return EXIT_DONE
    count = done.copied
    code = "cli.cloned" if count.shared else "cli.cloned-copied"
    said = session.say(
        code, name=args.name, target=args.target, shared=count.shared, copied=count.copied
    )
    session.out.row(session.say("cli.label.done"), said, "good")
    if not count.shared:
        say_not_shared(session, args.target)
    session.out.row(session.say("cli.label.next"), f"torchup verify {args.target}")
    return EXIT_DONE


def _dry(args: argparse.Namespace, session: Session, cleaned: tuple[str, ...]) -> int:
    cloning.check(session.context, args.name, args.target)
    found, _ = known.show(session.context, args.name)
    if session.json:
        step = StepOutcome(id="copy", status="skipped", detail=found.record.path)
        outcome = Outcome(command="clone", ok=True, steps=(step,), environment=found)
        session.emit(write.outcome(outcome, session.words, cleaned=cleaned))
    else:
        said = session.say("cli.would-clone", name=args.name, target=args.target)
        session.out.row(session.say("cli.label.done"), said)
    return EXIT_DONE
