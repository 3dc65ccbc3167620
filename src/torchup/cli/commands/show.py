"""``torchup show``: one environment, with its stack, files and receipt."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from torchup.api.environments import known
from torchup.cli.checks import CheckPrinter
from torchup.cli.cleaning import clean_up
from torchup.cli.environment_table import print_environments
from torchup.cli.render import stack_line
from torchup.model import shown_url

if TYPE_CHECKING:
    import argparse

    from torchup.cli.session import Session
    from torchup.words import Words


def add_arguments(parser: argparse.ArgumentParser, words: Words) -> None:
    """Add the environment's name."""
    parser.add_argument("name", metavar="NAME", help=words.say("cli.option.name"))


def run(args: argparse.Namespace, session: Session) -> int:
    """Show."""
    clean_up(session)
    found, receipt = known.show(session.context, args.name)
    if session.json:
        from torchup.wire import write

        session.emit(write.shown(found, receipt, session.words))
        return 0
    out = session.out
    print_environments((found,), session)
    if found.record.stack.packages:
        out.row(session.say("cli.label.stack"), stack_line(found.record.stack))
    out.row(session.say("cli.label.path"), found.record.path)
    out.row(session.say("cli.label.from"), shown_url(found.record.stack.index_url))
    lock = found.record.lock
    if lock is not None:
        code = "show.lock-changed" if lock.left else "show.lock"
        said = session.say(code, row=lock.row, file=lock.file, digest=lock.digest[:12])
        out.row(session.say("cli.label.lock"), said)
    own = found.record.toolkit
    if own is not None:
        home = str(Path(found.record.path) / own.home)
        said = session.say("toolkit.by.environment", version=own.runtime, path=home)
        out.row(session.say("cli.label.builds"), said)
    label = session.say("cli.label.packages")
    for name, version in sorted(found.packages.items()):
        out.row(label, f"{name} {version}")
        label = ""
    if receipt is not None:
        printer = CheckPrinter(session)
        for check in receipt.checks:
            printer.show(check)
        printer.end()
    return 0
