"""Changing what isn't torchup's: the conda that is installed is called, and that is said."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from torchup.api import verifying
from torchup.api.condas import client
from torchup.api.environments import foreign, foreign_removal
from torchup.cli.asking import may_ask
from torchup.cli.checks import CheckPrinter
from torchup.cli.cleaning import clean_up
from torchup.cli.naming import meant
from torchup.errors import EXIT_DONE, EXIT_NO, UsageError
from torchup.model import Outcome, StepOutcome
from torchup.model.names import is_elsewhere
from torchup.wire import write

if TYPE_CHECKING:
    import argparse

    from torchup.api.environments.edits import Edit
    from torchup.api.environments.foreign_removal import Removal
    from torchup.cli.session import Session
    from torchup.model import VerifyReport


def delete_elsewhere(args: argparse.Namespace, session: Session, cleaned: tuple[str, ...]) -> int:
    """Delete what a path or conda's name means, after its name was typed or with ``--yes``.

    Raises:
        UsageError: ``foreign.unasked``: nobody can be asked.
    """
    context = session.context
    planned = foreign_removal.left_over(context, args.name)
    if planned is None:
        record = foreign.load(context, args.name, sized=False, gone=True).record
        if not is_elsewhere(record.name):
            from torchup.cli.commands.delete import delete_known

            return delete_known(args, session, cleaned, record.name)
        planned = foreign_removal.removal(context, Path(record.path))
    if args.dry_run:
        return _deleted(session, planned, cleaned, done=False)
    if not args.yes and not planned.gone:
        if not may_ask(session, yes=False):
            raise UsageError("foreign.unasked", path=planned.path)
        if not _typed(session, planned):
            return EXIT_NO
    _say_called(session, planned.command)
    foreign_removal.remove(context, planned, shown=not session.json)
    return _deleted(session, planned, cleaned, done=True)


def change_by_conda(args: argparse.Namespace, session: Session, edit: Edit) -> int:
    """Let the installed conda change one of its environments; verify it where it has PyTorch.

    Raises:
        UsageError: ``change.conda``: no conda is installed; conda can't be asked for that.
        OutsideError: ``foreign.client-failed``.
    """
    cleaned = clean_up(session)
    context, name = session.context, meant(session, args.name)
    path = Path(foreign.load(context, name, sized=False).record.path)
    program = client.find_client(context, path)
    if program is None:
        raise UsageError("change.conda", name=name)
    asks = may_ask(session, yes=args.yes)
    command = client.changing(program, path, edit, asks=asks)
    if args.dry_run:
        return _changed(session, edit.kind, command, cleaned, name=name, done=False)
    _say_called(session, command)
    client.call(context, command, shown=not session.json)
    report = None
    if not args.no_verify and foreign.load(context, name, sized=False).record.stack.packages:
        printer = CheckPrinter(session)
        report = verifying.verify(context, name=name, level="quick", on_check=printer.show)
        printer.end()
    return _changed(session, edit.kind, command, cleaned, name=name, done=True, report=report)


def _typed(session: Session, planned: Removal) -> bool:
    """Ask for the folder's name: what goes is not torchup's, and doesn't come back."""
    name = Path(planned.path).name
    sys.stdout.write(f"{session.say('foreign.ask', path=planned.path, name=name)} ")
    sys.stdout.flush()
    return sys.stdin.readline().strip() == name


def _say_called(session: Session, command: tuple[str, ...]) -> None:
    if command and not session.json:
        said = session.say("foreign.calling", command=" ".join(command))
        session.out.row(session.say("cli.label.conda"), said)
        session.out.flush()


def _deleted(session: Session, planned: Removal, cleaned: tuple[str, ...], *, done: bool) -> int:
    command = " ".join(planned.command)
    if session.json:
        detail = command or planned.path
        step = StepOutcome(id="delete", status="done" if done else "skipped", detail=detail)
        outcome = Outcome(command="delete", ok=True, steps=(step,))
        session.emit(write.outcome(outcome, session.words, cleaned=cleaned))
        return EXIT_DONE
    if planned.gone:
        code = "foreign.unlisted" if done else "foreign.would-unlist"
    elif done:
        code = "foreign.deleted"
    else:
        code = "foreign.would-call" if command else "foreign.would-delete"
    said = session.say(code, path=planned.path, command=command)
    session.out.row(session.say("cli.label.done"), said)
    return EXIT_DONE


def _changed(
    session: Session,
    kind: str,
    command: tuple[str, ...],
    cleaned: tuple[str, ...],
    *,
    name: str,
    done: bool,
    report: VerifyReport | None = None,
) -> int:
    called, well = " ".join(command), report is None or report.ok
    if session.json:
        step = StepOutcome(id="conda", status="done" if done else "skipped", detail=called)
        outcome = Outcome(command=kind, ok=well, steps=(step,), report=report)
        session.emit(write.outcome(outcome, session.words, cleaned=cleaned))
    elif not well:
        said = session.say("foreign.not-verified", name=name)
        session.out.row(session.say("cli.label.failed"), said, "stops")
    else:
        code = "foreign.changed" if done else "foreign.would-call"
        said = session.say(code, name=name, command=called)
        session.out.row(session.say("cli.label.done"), said)
    return EXIT_DONE if well else EXIT_NO
