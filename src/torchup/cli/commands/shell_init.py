"""``torchup shell-init``: what a shell is told once, as it starts."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from torchup.errors import EXIT_DONE, EXIT_NO, UsageError
from torchup.integrate.shells import KINDS

if TYPE_CHECKING:
    import argparse

    from torchup.api.shell_setup import Startup
    from torchup.cli.session import Session
    from torchup.words import Words


def add_arguments(parser: argparse.ArgumentParser, words: Words) -> None:
    """Add the shell, and what to do with its start-up file."""
    parser.add_argument("shell", nargs="?", choices=KINDS, help=words.say("cli.option.shell"))
    parser.add_argument("--install", action="store_true", help=words.say("cli.option.rc-install"))
    parser.add_argument("--undo", action="store_true", help=words.say("cli.option.rc-undo"))
    parser.add_argument("-y", "--yes", action="store_true", help=words.say("cli.option.yes"))
    parser.add_argument("--dry-run", action="store_true", help=words.say("cli.option.dry-run"))


def run(args: argparse.Namespace, session: Session) -> int:
    """Print the lines for the shell; at a terminal, offer the line that evaluates them.

    Raises:
        UsageError: ``shell-init.usage``: ``--install`` and ``--undo`` together.
    """
    from torchup.api.shells.activating import shell_kind

    if args.install and args.undo:
        raise UsageError("shell-init.usage")
    kind = shell_kind(session.context, args.shell)
    changing = args.install or args.undo or args.yes or args.dry_run
    if not changing and (session.json or not sys.stdout.isatty()):
        return _give(kind, session)
    from torchup.api.shell_setup import startup_of

    found = startup_of(session.context, kind)
    return _remove(args, session, found) if args.undo else _add(args, session, found)


def _give(kind: str, session: Session) -> int:
    from torchup.cli.completion import completion_table
    from torchup.cli.evaluated import speak_as_the_console
    from torchup.integrate.shells.setup import Setup, writer_for

    (named,) = (one for one in KINDS if one == kind)
    setup = Setup(commands=completion_table(session), home=str(session.context.home.place))
    lines = tuple(writer_for(named).lines(setup))
    if session.json:
        from torchup.wire.places import ShellV1

        session.emit(ShellV1(command="shell-init", environment=None, shell=named, lines=lines))
    else:
        speak_as_the_console(lines)
        sys.stdout.write("".join(f"{line}\n" for line in lines))
    return EXIT_DONE


def _add(args: argparse.Namespace, session: Session, found: Startup) -> int:
    from torchup.api.shell_setup import add_line
    from torchup.cli.asking import agreed, may_ask

    if found.there:
        return _end(session, "shell-init.there", found, done=False)
    if not session.json:
        said = session.say("shell-init.file", path=found.path)
        session.out.row(session.say("shell-init.label"), said)
        session.out.line(f"  {found.line}")
    if args.dry_run:
        return _end(session, "shell-init.would", found, done=False)
    sure = args.yes or (args.install and not may_ask(session, yes=False))
    if not sure and not agreed(session.say("shell-init.ask", path=found.path), by_default=False):
        return EXIT_NO
    add_line(session.context, found)
    return _end(session, "shell-init.added", found, done=True)


def _remove(args: argparse.Namespace, session: Session, found: Startup) -> int:
    from torchup.api.shell_setup import remove_line

    if found.theirs and not session.json:
        said = session.say("shell-init.theirs", path=found.path)
        session.out.row(session.say("shell-init.label"), said, "costs")
        for line in found.theirs:
            session.out.line(f"  {line}")
    if not found.own:
        return _end(session, "shell-init.not-there", found, done=False)
    if args.dry_run:
        return _end(session, "shell-init.would", found, done=False)
    remove_line(session.context, found)
    return _end(session, "shell-init.removed", found, done=True)


def _end(session: Session, code: str, found: Startup, *, done: bool) -> int:
    if session.json:
        from torchup.model import Outcome, StepOutcome
        from torchup.wire import write

        step = StepOutcome(id="shell-init", status="done" if done else "skipped", detail=found.path)
        outcome = Outcome(command="shell-init", ok=True, steps=(step,))
        session.emit(write.outcome(outcome, session.words))
    else:
        said = session.say(code, path=found.path)
        session.out.row(session.say("cli.label.done"), said, "good" if done else "plain")
    return EXIT_DONE
