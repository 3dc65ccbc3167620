"""Which environment a command of the command line is about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchup.api.environments.current import DEFAULT_KEY, current
from torchup.apply import adopted_names, names
from torchup.errors import UsageError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from torchup.cli.session import Session
    from torchup.words import Words


def add_name_option(parser: argparse.ArgumentParser, words: Words) -> None:
    """Add ``-n``."""
    parser.add_argument("-n", "--name", metavar="ENV", help=words.say("cli.option.environment"))


def meant(session: Session, named: str | None, command: str = "") -> str:
    """Return the name of the environment that is meant; who reads the screen is told which.

    Args:
        session: this run.
        named: the environment, None where nobody named one.
        command: the command's words, for one that an environment's name follows without ``-n``.

    Raises:
        UsageError: nothing says which.
    """
    try:
        found = current(session.context, named, session.config.get(DEFAULT_KEY))
    except UsageError as error:
        if not command:
            raise
        raise UsageError("environment.none-follows", command=command) from error
    if found.by != "named" and not session.json:
        said = session.say(f"cli.current.{found.by}", name=found.name, where=found.where)
        session.out.row(session.say("cli.label.environment"), said, "quiet")
    return found.name


def see_packages(
    session: Session, named: str | None, command: str, packages: Sequence[str]
) -> None:
    """Tell an environment that stands among the packages, where nothing says which is meant.

    Args:
        session: this run.
        named: the environment, None where nobody named one.
        command: the command's words.
        packages: what was named behind them.

    Raises:
        UsageError: ``environment.name-as-word``.
    """
    if named or not packages or meant_here(session):
        return
    known = {*names(session.context.home), *adopted_names(session.context.home)}
    name = next((one for one in packages if one in known), "")
    if name:
        others = [one for one in packages if one != name]
        line = session.pasteable("torchup", command, "-n", name, *others)
        raise UsageError("environment.name-as-word", name=name, line=line)


def meant_here(session: Session) -> str:
    """Return the environment that commands mean here where none is named; empty for no such."""
    try:
        return current(session.context, None, session.config.get(DEFAULT_KEY)).name
    except UsageError:
        return ""


def entered(session: Session, named: str | None, command: str) -> str:
    """Return the name of the environment that is to be entered: the active one is not meant.

    Raises:
        UsageError: ``use.none-to-enter``: nothing says which.
    """
    default = session.config.get(DEFAULT_KEY)
    try:
        return current(session.context, named, default, entering=True).name
    except UsageError as error:
        raise UsageError("use.none-to-enter", command=command) from error
