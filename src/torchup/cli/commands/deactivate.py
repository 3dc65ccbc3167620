"""``torchup deactivate``: lines that take the shell out of its environment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchup.api.shells import activating
from torchup.cli.evaluated import add_shell_option, give_lines

if TYPE_CHECKING:
    import argparse

    from torchup.cli.session import Session
    from torchup.words import Words


def add_arguments(parser: argparse.ArgumentParser, words: Words) -> None:
    """Add the shell."""
    add_shell_option(parser, words)


def run(args: argparse.Namespace, session: Session) -> int:
    """Print the lines; on a terminal, say what to do with them."""
    kind = activating.shell_kind(session.context, args.shell)
    lines = activating.deactivation(session.context, kind)
    return give_lines(session, "deactivate", None, kind, lines)
