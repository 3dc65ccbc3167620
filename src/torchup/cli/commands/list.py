"""``torchup list``: the environments of this home; with ``--all`` every other one too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchup.api.environments import known
from torchup.cli.cleaning import clean_up
from torchup.cli.environment_table import print_environments
from torchup.cli.naming import meant_here

if TYPE_CHECKING:
    import argparse

    from torchup.cli.session import Session
    from torchup.words import Words


def add_arguments(parser: argparse.ArgumentParser, words: Words) -> None:
    """Add whether others' environments are listed too."""
    parser.add_argument("--all", action="store_true", help=words.say("cli.option.list-all"))


def run(args: argparse.Namespace, session: Session) -> int:
    """List."""
    clean_up(session)
    found = known.list_all(session.context)
    if args.all:
        from torchup.api.environments.foreign import list_elsewhere

        found = (*found, *list_elsewhere(session.context))
    if session.json:
        from torchup.wire import v1, write

        rows = tuple(write.environment(one, session.words) for one in found)
        session.emit(v1.EnvironmentsV1(environments=rows))
    elif found:
        print_environments(found, session, marked=meant_here(session))
    else:
        session.out.line(session.say("cli.no-environments"))
        session.out.row(session.say("cli.label.next"), "torchup create NAME")
    if found and session.keeping and known.at_rest(session.context):
        home = session.context.home
        looked_at = known.looked_at(session.context)
        session.keeping.keep(home, session.words, looked_at)
    return 0
