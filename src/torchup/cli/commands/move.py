"""``torchup move``: another disk or folder for an environment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchup.api.environments import moving
from torchup.api.long_paths import long_paths
from torchup.cli.cleaning import clean_up
from torchup.cli.kernel_mending import say_lost_kernels
from torchup.cli.screen import size_of
from torchup.cli.sharing import say_not_shared
from torchup.errors import EXIT_DONE, UsageError
from torchup.wire import write
from torchup.words.reasons import reason_text

if TYPE_CHECKING:
    import argparse

    from torchup.apply.move import Move
    from torchup.cli.session import Session
    from torchup.words import Words


def add_arguments(parser: argparse.ArgumentParser, words: Words) -> None:
    """Add the names and the place."""
    parser.add_argument("names", nargs="*", metavar="NAME", help=words.say("cli.option.names"))
    parser.add_argument(
        "--to", required=True, metavar="DISK|DIR", help=words.say("cli.option.move-to")
    )
    parser.add_argument("--all", action="store_true", help=words.say("cli.option.move-all"))
    parser.add_argument("--dry-run", action="store_true", help=words.say("cli.option.dry-run"))


def run(args: argparse.Namespace, session: Session) -> int:
    """Move."""
    if bool(args.names) == args.all:
        raise UsageError("move.which")
    cleaned = clean_up(session)
    moves = moving.prepare(session.context, args.names, args.to)
    if args.dry_run:
        outcome = moving.planned(session.context, moves)
    else:
        outcome = moving.move(session.context, moves)
    if session.json:
        session.emit(write.outcome(outcome, session.words, cleaned=cleaned))
        return EXIT_DONE
    for one in moves:
        said = session.say(
            _code(one, dry=args.dry_run),
            name=one.name,
            source=one.source,
            target=one.target,
            size=size_of(one.size),
        )
        session.out.row(session.say("cli.label.done"), said, "good")
        if not args.dry_run and not one.needless:
            say_lost_kernels(session, one.name, str(one.source))
        for reason in long_paths(session.host, str(one.target)):
            session.out.row("", reason_text(reason, session.words), "costs")
    if moves and not args.dry_run:
        say_not_shared(session, moves[0].name)
    if not moves:
        session.out.row(session.say("cli.label.done"), session.say("cli.no-environments"))
    return EXIT_DONE


def _code(one: Move, *, dry: bool) -> str:
    if one.needless:
        return "cli.move.there"
    if dry:
        return "cli.would-move-copied" if one.size else "cli.would-move"
    return "cli.moved"
