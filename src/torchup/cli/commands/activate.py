"""``torchup activate``: lines that take the shell into an environment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchup.api.shells import activating
from torchup.cli.cleaning import clean_up
from torchup.cli.evaluated import add_shell_option, give_lines
from torchup.cli.naming import entered

if TYPE_CHECKING:
    import argparse

    from torchup.cli.session import Session
    from torchup.words import Words


def add_arguments(parser: argparse.ArgumentParser, words: Words) -> None:
    """Add the environment and the shell."""
    parser.add_argument("name", nargs="?", metavar="NAME", help=words.say("cli.option.name"))
    add_shell_option(parser, words)


def run(args: argparse.Namespace, session: Session) -> int:
    """Print the lines; on a terminal, say what to do with them."""
    kind = activating.shell_kind(session.context, args.shell)
    clean_up(session)
    name = entered(session, args.name, "activate")
    lines = activating.activation(session.context, name, kind)
    return give_lines(session, "activate", name, kind, lines)
