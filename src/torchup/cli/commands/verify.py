"""``torchup verify``: compute inside an environment, for real."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from torchup.api import environments
from torchup.cli.checks import CheckPrinter
from torchup.cli.cleaning import clean_up
from torchup.cli.screen import Screen
from torchup.errors import EXIT_DONE, EXIT_NO, UsageError
from torchup.wire import write

if TYPE_CHECKING:
    import argparse

    from torchup.cli.session import Session
    from torchup.errors import OutsideError
    from torchup.words import Words


def add_arguments(parser: argparse.ArgumentParser, words: Words) -> None:
    """Add the environment, or an interpreter."""
    parser.add_argument("name", nargs="?", metavar="NAME", help=words.say("cli.option.name"))
    parser.add_argument("--python", metavar="PATH", help=words.say("cli.option.verify-python"))
    parser.add_argument("--quick", action="store_true", help=words.say("cli.option.quick"))


def run(args: argparse.Namespace, session: Session) -> int:
    """Verify and print each check as it ends."""
    if bool(args.name) == bool(args.python):
        raise UsageError("cli.verify.what")
    clean_up(session)
    printer = CheckPrinter(session)
    python = str(Path(args.python).expanduser().absolute()) if args.python else None
    report = environments.verify(
        session.context,
        name=args.name,
        python=python,
        quick=args.quick,
        on_check=printer.show,
        on_unrecorded=lambda error: _not_recorded(error, session),
    )
    printer.end()
    if session.json:
        session.emit(write.verify(report))
        return EXIT_DONE if report.ok else EXIT_NO
    what = args.name or args.python
    if report.ok:
        packages = " · ".join(f"{name} {version}" for name, version in report.packages.items())
        said = session.say("cli.verified", name=what, packages=packages)
        session.out.row(session.say("cli.label.done"), said, "good")
    else:
        said = session.say("cli.not-verified", name=what)
        session.out.row(session.say("cli.label.failed"), said, "stops")
    return EXIT_DONE if report.ok else EXIT_NO


def _not_recorded(error: OutsideError, session: Session) -> None:
    """Say that nothing was kept of a verification that was made all the same."""
    screen = Screen(sys.stderr, session.host)
    screen.line(screen.paint(session.words.say(error.code, error.details), "costs"))
