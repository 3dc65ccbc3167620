"""``torchup fleet``: many machines at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchup.cli.parsing import add_requirement
from torchup.errors import UsageError

if TYPE_CHECKING:
    import argparse

    from torchup.cli.session import Session
    from torchup.words import Words

ACTIONS = ("plan",)


def add_arguments(parser: argparse.ArgumentParser, words: Words) -> None:
    """Add what to do, on which hosts, and the requirement."""
    parser.add_argument("action", choices=ACTIONS, help=words.say("cli.option.fleet-action"))
    hosts = parser.add_argument_group(words.say("cli.help.fleet"))
    hosts.add_argument("--machines", metavar="PATH", help=words.say("cli.option.fleet-machines"))
    hosts.add_argument(
        "--host",
        action="append",
        default=[],
        metavar="NAME",
        help=words.say("cli.option.fleet-host"),
    )
    parser.add_argument(
        "-v", "--verbose", action="store_true", help=words.say("cli.option.fleet-verbose")
    )
    add_requirement(parser, words)


def run(args: argparse.Namespace, session: Session) -> int:
    """Do one of them.

    Raises:
        UsageError: an option that doesn't belong to it.
    """
    if args.project is not None or args.wheels is not None:
        option = "--project" if args.project is not None else "--wheels"
        raise UsageError("fleet.wheels-only", option=option)
    from torchup.cli.fleet import plan

    return plan.run(args, session)
