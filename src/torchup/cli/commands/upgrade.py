"""``torchup upgrade``: newer versions of packages, of the framework too where it is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchup.api.environments.edits import Edit
from torchup.cli.changes import add_care, change
from torchup.cli.naming import add_name_option
from torchup.errors import UsageError

if TYPE_CHECKING:
    import argparse

    from torchup.cli.session import Session
    from torchup.words import Words


def add_arguments(parser: argparse.ArgumentParser, words: Words) -> None:
    """Add the packages and the environment."""
    parser.add_argument(
        "packages", nargs="*", default=[], metavar="PKG", help=words.say("cli.option.packages-new")
    )
    parser.add_argument("--all", action="store_true", help=words.say("cli.option.all-packages"))
    add_name_option(parser, words)
    add_care(parser, words)


def run(args: argparse.Namespace, session: Session) -> int:
    """Upgrade them.

    Raises:
        UsageError: ``change.all-and-some``.
    """
    if args.all and args.packages:
        raise UsageError("change.all-and-some")
    edit = Edit(kind="upgrade", packages=tuple(args.packages), every=args.all)
    return change(args, session, edit)
