"""``torchup remove``: packages out of an environment, with what only they needed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchup.api.environments.edits import Edit
from torchup.cli.changes import add_care, change
from torchup.cli.naming import add_name_option

if TYPE_CHECKING:
    import argparse

    from torchup.cli.session import Session
    from torchup.words import Words


def add_arguments(parser: argparse.ArgumentParser, words: Words) -> None:
    """Add the packages and the environment."""
    parser.add_argument(
        "packages", nargs="+", metavar="PKG", help=words.say("cli.option.packages-gone")
    )
    add_name_option(parser, words)
    add_care(parser, words)


def run(args: argparse.Namespace, session: Session) -> int:
    """Remove them."""
    return change(args, session, Edit(kind="remove", packages=tuple(args.packages)))
