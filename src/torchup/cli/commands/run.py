"""``torchup run``: a command inside an environment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchup.api import environments
from torchup.cli.cleaning import clean_up
from torchup.errors import UsageError

if TYPE_CHECKING:
    import argparse

    from torchup.cli.session import Session
    from torchup.words import Words


def add_arguments(parser: argparse.ArgumentParser, words: Words) -> None:
    """Add the environment and the command after ``--``."""
    import argparse

    parser.add_argument("name", metavar="NAME", help=words.say("cli.option.name"))
    parser.add_argument(
        "command", nargs=argparse.REMAINDER, metavar="-- CMD", help=words.say("cli.option.command")
    )


def run(args: argparse.Namespace, session: Session) -> int:
    """Run the command and return its exit status."""
    command = args.command[1:] if args.command[:1] == ["--"] else args.command
    if not command:
        raise UsageError("cli.run.nothing", name=args.name)
    clean_up(session)
    argv, variables = environments.command_for(session.context, args.name, command)
    if session.json:
        raise UsageError("cli.run.json")
    status = session.host.attach(argv, env=variables)
    if status == 127:  # noqa: PLR2004 - the shells' status for a command that isn't there
        raise UsageError("cli.run.not-found", command=command[0], name=args.name)
    return status
