"""``torchup run``: a command inside an environment, and why it died."""

from __future__ import annotations

import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from torchup.api.environments import known
from torchup.api.environments.current import DEFAULT_KEY, current
from torchup.api.environments.foreign import load
from torchup.cli.cleaning import clean_up
from torchup.cli.naming import meant_here
from torchup.cli.screen import Screen
from torchup.errors import NoAnswerError, UsageError
from torchup.host import NOT_STARTED

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping, Sequence

    from torchup.cli.session import Session
    from torchup.words import Words

_OFF: Final = "--no-explain"
_FOLLOWED: Final = "TORCHUP_FOLLOWED"
"""Set for what is run: a ``torchup run`` in there leaves the explaining to this one."""
_STOPPED: Final = frozenset({1, 2, 3, 13, 15})
"""Signals that somebody sends to end a command: HUP, INT, QUIT, PIPE, TERM."""


def add_arguments(parser: argparse.ArgumentParser, words: Words) -> None:
    """Add the environment and the command after ``--``."""
    import argparse

    parser.add_argument(_OFF, action="store_true", help=words.say("cli.option.no-explain"))
    parser.add_argument("name", metavar="NAME", help=words.say("cli.option.name"))
    parser.add_argument(
        "command", nargs=argparse.REMAINDER, metavar="-- CMD", help=words.say("cli.option.command")
    )


def run(args: argparse.Namespace, session: Session) -> int:
    """Run the command and return its exit status."""
    silent, command = _command(args)
    clean_up(session)
    _check_words(args, command, session)
    if not command:
        start = session.pasteable("torchup", "run", *filter(None, [args.name]))
        raise UsageError("cli.run.nothing", start=start)
    args.name = _name(args, session)
    argv, variables = known.command_for(session.context, args.name, command)
    if session.json:
        raise UsageError("cli.run.json")
    if silent or session.config.get("explain") == "off" or session.host.env(_FOLLOWED):
        status = session.host.attach(argv, env=variables)
        started = status != NOT_STARTED
    else:
        status, started = _followed(args.name, argv, variables, session)
    if not started:
        raise UsageError("cli.run.not-found", command=command[0], name=args.name)
    return status


def _check_words(args: argparse.Namespace, command: Sequence[str], session: Session) -> None:
    """Tell who forgot the environment, or ``--`` in its place, from who means one.

    Raises:
        UsageError: ``cli.run.dashes``: a program stands where the environment's name belongs.
    """
    if not args.name or not session.host.which(args.name):
        return
    try:
        load(session.context, args.name, sized=False, gone=True)
    except NoAnswerError:
        where = [] if meant_here(session) else ["NAME"]
        line = session.pasteable("torchup", "run", *where, "--", args.name, *command)
        raise UsageError("cli.run.dashes", name=args.name, line=line) from None


def _name(args: argparse.Namespace, session: Session) -> str:
    """The environment that is meant; a person is told which, where nobody named it.

    Raises:
        UsageError: ``cli.run.no-environment``: nothing says which.
    """
    try:
        found = current(session.context, args.name or None, session.config.get(DEFAULT_KEY))
    except UsageError as error:
        raise UsageError("cli.run.no-environment") from error
    if found.by != "named" and sys.stderr.isatty():
        screen = Screen(sys.stderr, session.host)
        said = session.say(f"cli.current.{found.by}", name=found.name, where=found.where)
        screen.row(session.say("cli.label.environment"), said, "quiet")
        screen.flush()
    return found.name


def _command(args: argparse.Namespace) -> tuple[bool, list[str]]:
    """Tell whether nothing is to be explained, and the command; the option may follow the name."""
    head, dashes, rest = args.command, [], []
    if "--" in args.command:
        at = args.command.index("--")
        head, dashes, rest = args.command[:at], ["--"], args.command[at + 1 :]
    if head == [_OFF] and dashes:
        return True, rest
    return args.no_explain, [*head, *dashes, *rest] if head else rest


def _followed(
    name: str, argv: Sequence[str], variables: Mapping[str, str | None], session: Session
) -> tuple[int, bool]:
    """Run it with an ear on what it says, and explain where it dies; else just run it.

    Returns:
        Its status, and whether it was started.
    """
    from torchup.api.explain.dying import KEPT

    followed = session.host.follow(argv, env={**variables, _FOLLOWED: "1"}, keep=KEPT)
    if followed is None:
        status = session.host.attach(argv, env=variables)
        return status, status != NOT_STARTED
    status = followed.status
    if followed.started and status and -status not in _STOPPED and status - 128 not in _STOPPED:
        _explain(name, followed.tail, session)
    if status < 0:
        from torchup.host.following import die_by

        sys.stderr.flush()
        die_by(-status)
    return status, followed.started


def _explain(name: str, said: bytes, session: Session) -> None:
    """Say why on standard error; nothing at all where that can't be told, or goes wrong."""
    from torchup.api.explain.dying import why
    from torchup.cli.findings import print_findings
    from torchup.errors import TorchupError

    with suppress(TorchupError, OSError, ValueError, KeyError):  # its own status is what counts
        found = why(session.context, name, said)
        if found is None:
            return
        screen = Screen(sys.stderr, session.host)
        print_findings([found], session, out=screen)
        screen.line()
        screen.row(session.say("cli.label.next"), f"torchup explain --list {found.code}")
        screen.flush()
