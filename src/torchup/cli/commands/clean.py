"""``torchup clean``: make room; environments are never touched."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from torchup.api import room
from torchup.cli.asking import agreed, may_ask
from torchup.cli.cleaning import clean_up
from torchup.cli.screen import size_of
from torchup.errors import EXIT_DONE, EXIT_NO
from torchup.model import Outcome, StepOutcome

if TYPE_CHECKING:
    import argparse

    from torchup.cli.session import Session
    from torchup.words import Words

_WHAT: Final = {
    "uv-cache": "clean.uv-cache",
    "conda-cache": "clean.conda-cache",
    "listings": "clean.listings",
    "downloads": "clean.downloads",
    "work": "clean.work",
    "trash": "clean.trash",
    "drafts": "clean.drafts",
    "undo": "clean.undo",
}


def add_arguments(parser: argparse.ArgumentParser, words: Words) -> None:
    """Add how much is to go, and the usual ways to be careful."""
    parser.add_argument("--all", action="store_true", help=words.say("cli.option.clean-all"))
    parser.add_argument("-y", "--yes", action="store_true", help=words.say("cli.option.yes"))
    parser.add_argument("--dry-run", action="store_true", help=words.say("cli.option.dry-run"))


def run(args: argparse.Namespace, session: Session) -> int:
    """Say what goes, ask a person who sits at a terminal, and remove it."""
    cleaned = clean_up(session)
    found = room.clearings(session.context, everything=args.all)
    if not session.json:
        for one in found:
            session.out.row(_size(one), session.say(_what(one, everything=args.all)))
        session.out.flush()
    if args.dry_run or not found:
        return _end(session, [(one, None) for one in found], cleaned)
    if may_ask(session, yes=args.yes) and not agreed(session.say("clean.ask"), by_default=False):
        return EXIT_NO
    done = [(one, room.clear(session.context, one, everything=args.all)) for one in found]
    return _end(session, [*done], cleaned)


def _what(one: room.Clearing, *, everything: bool) -> str:
    return "clean.uv-cache-all" if one.id == "uv-cache" and everything else _WHAT[one.id]


def _size(one: room.Clearing) -> str:
    return "?" if one.frees is None else size_of(one.frees)


def _end(
    session: Session, done: list[tuple[room.Clearing, int | None]], cleaned: tuple[str, ...]
) -> int:
    """Say what became free; nothing did where only the plan was wanted."""
    wanted_only = any(freed is None for _, freed in done)
    freed = sum(freed or 0 for _, freed in done)
    if session.json:
        from torchup.wire import write

        steps = tuple(
            StepOutcome(
                id=one.id,
                status="skipped" if freed is None else "done",
                detail=" ".join(one.folders),
            )
            for one, freed in done
        )
        outcome = Outcome(command="clean", ok=True, steps=steps)
        planned = sum(one.frees or 0 for one, _ in done)
        amount = planned if wanted_only else freed
        session.emit(write.outcome(outcome, session.words, cleaned=cleaned, freed=amount))
        return EXIT_DONE
    if not done:
        said = session.say("clean.nothing")
    elif wanted_only:
        said = session.say("clean.dry-run")
    else:
        said = session.say("clean.done", size=size_of(freed))
    session.out.row(session.say("cli.label.done"), said)
    return EXIT_DONE
