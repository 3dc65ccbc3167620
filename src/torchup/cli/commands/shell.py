"""``torchup shell``: a shell inside an environment."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from torchup.api.shells import activating
from torchup.api.shells.shell import shell_for
from torchup.cli.cleaning import clean_up
from torchup.cli.evaluated import add_shell_option
from torchup.cli.naming import entered
from torchup.cli.screen import Screen
from torchup.errors import NoAnswerError, UsageError

if TYPE_CHECKING:
    import argparse

    from torchup.cli.session import Session
    from torchup.words import Words


def add_arguments(parser: argparse.ArgumentParser, words: Words) -> None:
    """Add the environment and the shell."""
    parser.add_argument("name", nargs="?", metavar="NAME", help=words.say("cli.option.name"))
    add_shell_option(parser, words)


def run(args: argparse.Namespace, session: Session) -> int:
    """Start the shell and return its exit status."""
    if session.json:
        raise UsageError("shell.json")
    kind = activating.shell_kind(session.context, args.shell)
    clean_up(session)
    name = entered(session, args.name, "shell")
    interactive = sys.stdin.isatty()
    started = shell_for(session.context, name, kind, interactive=interactive)
    if interactive:
        Screen(sys.stderr, session.host).line(session.say("shell.inside", name=name))
    status = session.host.attach(started.argv, env=started.variables)
    if status == 127:  # noqa: PLR2004 - the shells' status for a command that isn't there
        raise NoAnswerError("shell.missing", shell=kind)
    return status
