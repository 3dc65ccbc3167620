"""``torchup add``: packages into an environment, the framework staying as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchup.api.environments.edits import Edit
from torchup.cli.changes import add_care, change
from torchup.cli.naming import add_name_option
from torchup.cli.options import add_channels, add_files

if TYPE_CHECKING:
    import argparse

    from torchup.cli.session import Session
    from torchup.words import Words


def add_arguments(parser: argparse.ArgumentParser, words: Words) -> None:
    """Add the packages and the environment."""
    parser.add_argument(
        "packages", nargs="*", default=[], metavar="PKG", help=words.say("cli.option.packages")
    )
    add_files(parser, words)
    add_channels(parser, words, "cli.option.add-channel")
    add_name_option(parser, words)
    add_care(parser, words)


def run(args: argparse.Namespace, session: Session) -> int:
    """Add them."""
    packages: tuple[str, ...] = tuple(args.packages)
    constraints: tuple[str, ...] = ()
    if args.files:
        from torchup.sources.requirements_file import read_requirements

        found = read_requirements(session.host, args.files)
        session.context.named_places = found.places
        session.context.notes = found.notes
        packages, constraints = (*packages, *found.packages), found.constraints
    edit = Edit(
        kind="add", packages=packages, constraints=constraints, channels=tuple(args.channel)
    )
    return change(args, session, edit)
