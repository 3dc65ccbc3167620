"""``torchup clone``: a second environment of the same content."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchup.api.environments import cloning
from torchup.cli.cleaning import clean_up
from torchup.cli.copying import add_names, would
from torchup.cli.sharing import say_not_shared
from torchup.errors import EXIT_DONE
from torchup.wire import write

if TYPE_CHECKING:
    import argparse

    from torchup.cli.session import Session
    from torchup.words import Words


def add_arguments(parser: argparse.ArgumentParser, words: Words) -> None:
    """Add both names."""
    add_names(parser, words)


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
    outcome = would(args, session, "clone")
    if session.json:
        session.emit(write.outcome(outcome, session.words, cleaned=cleaned))
    else:
        said = session.say("cli.would-clone", name=args.name, target=args.target)
        session.out.row(session.say("cli.label.done"), said)
    return EXIT_DONE
