"""``torchup rename``: another name for an environment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchup.api.environments import cloning
from torchup.cli.cleaning import clean_up
from torchup.cli.copying import add_names, would
from torchup.cli.kernel_mending import say_lost_kernels
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
    """Rename."""
    cleaned = clean_up(session)
    was = session.context.home.environment(args.name)
    if args.dry_run:
        outcome = would(args, session, "rename")
    else:
        outcome = cloning.rename(session.context, args.name, args.target)
    if session.json:
        session.emit(write.outcome(outcome, session.words, cleaned=cleaned))
    else:
        code = "cli.would-rename" if args.dry_run else "cli.renamed"
        said = session.say(code, name=args.name, target=args.target)
        session.out.row(session.say("cli.label.done"), said, "good")
        if not args.dry_run:
            say_lost_kernels(session, args.target, str(was))
    return EXIT_DONE
