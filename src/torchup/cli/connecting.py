"""Connecting a project's folder, after ``create --project`` and ``use``."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from torchup.errors import EXIT_DONE, EXIT_NO, EXIT_OUTSIDE, TorchupError, UsageError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from torchup.api.connections import Connection
    from torchup.cli.session import Session
    from torchup.model import StepOutcome
    from torchup.model.record import StepStatus
    from torchup.words import Words


class Connected(NamedTuple):
    """How connecting ended; ``status`` says so of ways that the user named."""

    steps: tuple[StepOutcome, ...] = ()
    status: int = EXIT_DONE


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
) -> Connected:
    """Connect what is found in a folder, and print a line for each.

    Args:
        args: the options.
        session: this run.
        name: the environment.
        folder: the project's folder.
        but: ways that were gone already.
    """
    if args.no_connect:
        return Connected()
    from torchup.api.connections import chosen_ways, connect, connections, failure

    ways = [one for one in chosen_ways(args.connect) if one not in but]
    asked = args.connect is not None
    made = connections(session.context, name, folder, ways, asked=asked)
    try:
        if not args.dry_run:
            connect(session.context, name, made)
    except TorchupError as error:
        # What was asked for is done by now, and isn't undone by a folder that can't be written.
        made = tuple(failure(one.way, error) if one.edits else one for one in made)
    if not session.json:
        _tell(session, made)
    failed = {one.failed for one in made if one.failed} if asked else set()
    status = EXIT_OUTSIDE if EXIT_OUTSIDE in failed else EXIT_NO if failed else EXIT_DONE
    return Connected(tuple(_step(one, session, dry_run=args.dry_run) for one in made), status)


def _step(one: Connection, session: Session, *, dry_run: bool) -> StepOutcome:
    """How a way ended: the files that were written, else why none was."""
    from torchup.model import StepOutcome

    status: StepStatus = "done" if one.edits and not dry_run else "skipped"
    if one.failed:
        status = "failed"
    paths = ", ".join(edit.path for edit in one.edits)
    detail = paths or session.words.text(one.told)
    return StepOutcome(id=f"connect-{one.way}", status=status, detail=detail)


def _tell(session: Session, made: Sequence[Connection]) -> None:
    label = session.say("connect.label")
    lines = {session.words.text(one.told): one for one in made}  # one failure may be of several
    for said, one in lines.items():
        session.out.row(label, said, "good" if one.edits else "costs")
        label = ""
