"""``torchup delete``: remove an environment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchup.api.environments import known
from torchup.cli.asking import agreed, may_ask
from torchup.cli.cleaning import clean_up
from torchup.cli.kernel_mending import say_left_kernels
from torchup.errors import EXIT_DONE, EXIT_NO
from torchup.model import Outcome, StepOutcome
from torchup.model.names import is_elsewhere
from torchup.wire import write

if TYPE_CHECKING:
    import argparse

    from torchup.cli.session import Session
    from torchup.words import Words


def add_arguments(parser: argparse.ArgumentParser, words: Words) -> None:
    """Add the name, and the usual ways to be careful."""
    parser.add_argument("name", metavar="NAME", help=words.say("cli.option.name"))
    parser.add_argument("-y", "--yes", action="store_true", help=words.say("cli.option.yes"))
    parser.add_argument("--dry-run", action="store_true", help=words.say("cli.option.dry-run"))


def run(args: argparse.Namespace, session: Session) -> int:
    """Delete, after asking a person who sits at a terminal."""
    cleaned = clean_up(session)
    if is_elsewhere(args.name):
        from torchup.cli.foreign import delete_elsewhere

        return delete_elsewhere(args, session, cleaned)
    return delete_known(args, session, cleaned, args.name)


def delete_known(
    args: argparse.Namespace, session: Session, cleaned: tuple[str, ...], name: str
) -> int:
    """Delete one of this home, or forget one that was adopted.

    Args:
        args: ``yes`` and ``dry_run``.
        session: this run.
        cleaned: what was cleaned up before.
        name: the environment.
    """
    found, _ = known.show(session.context, name)
    path = found.record.path
    foreign = known.is_foreign(session.context, name)
    if args.dry_run:
        return _report(session, name, path, cleaned, done=False, foreign=foreign)
    question = session.say("cli.delete.ask", name=name, path=path)
    if may_ask(session, yes=args.yes or foreign) and not agreed(question, by_default=False):
        return EXIT_NO
    known.delete(session.context, name)
    return _report(session, name, path, cleaned, done=True, foreign=foreign)


def _report(
    session: Session,
    name: str,
    path: str,
    cleaned: tuple[str, ...],
    *,
    done: bool,
    foreign: bool,
) -> int:
    if session.json:
        step = StepOutcome(id="delete", status="done" if done else "skipped", detail=path)
        outcome = Outcome(command="delete", ok=True, steps=(step,))
        session.emit(write.outcome(outcome, session.words, cleaned=cleaned))
    else:
        code = "cli.deleted" if done else "cli.would-delete"
        if foreign:
            code = "cli.forgotten" if done else "cli.would-forget"
        session.out.row(session.say("cli.label.done"), session.say(code, name=name, path=path))
        if done and not foreign:
            say_left_kernels(session, path)
    return EXIT_DONE
