"""Connecting a project's folder, after ``create --project`` and ``use``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchup.errors import TorchupError, UsageError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from torchup.api.connections import Connection
    from torchup.cli.session import Session
    from torchup.model import StepOutcome
    from torchup.words import Words


def add_connect_options(parser: argparse.ArgumentParser, words: Words) -> None:
    """Add ``--connect`` and ``--no-connect``."""
    parser.add_argument("--connect", metavar="LIST", help=words.say("cli.option.connect"))
    parser.add_argument(
        "--no-connect", action="store_true", help=words.say("cli.option.no-connect")
    )


def check_connect_options(args: argparse.Namespace) -> None:
    """See that they make sense, before anything is done.

    Raises:
        UsageError: ``connect.both``, ``connect.unknown``.
    """
    from torchup.api.connections import chosen_ways

    if args.connect is not None and args.no_connect:
        raise UsageError("connect.both")
    chosen_ways(args.connect)


def connect_folder(
    args: argparse.Namespace, session: Session, name: str, folder: str, *, but: tuple[str, ...] = ()
) -> tuple[StepOutcome, ...]:
    """Connect what is found in a folder, and print a line for each.

    Args:
        args: the options.
        session: this run.
        name: the environment.
        folder: the project's folder.
        but: ways that were gone already.
    """
    if args.no_connect:
        return ()
    from torchup.api.connections import chosen_ways, connect, connections
    from torchup.model import StepOutcome

    ways = [one for one in chosen_ways(args.connect) if one not in but]
    asked = args.connect is not None
    made = connections(session.context, name, folder, ways, asked=asked)
    failed: TorchupError | None = None
    try:
        if args.dry_run:
            steps = tuple(StepOutcome(id=f"connect-{one.way}", status="skipped") for one in made)
        else:
            steps = connect(session.context, name, made)
    except TorchupError as error:
        # What was asked for is done by now, and isn't undone by a folder that can't be written.
        failed = error
        steps = tuple(StepOutcome(id=f"connect-{one.way}", status="failed") for one in made)
    if not session.json:
        _tell(session, made, failed)
    return steps


def _tell(session: Session, made: Sequence[Connection], failed: TorchupError | None) -> None:
    label = session.say("connect.label")
    if failed is not None:
        session.out.row(label, session.say(failed.code, **failed.details), "costs")
        return
    for one in made:
        said = session.words.text(one.told)
        session.out.row(label, said, "good" if one.edits else "costs")
        label = ""
