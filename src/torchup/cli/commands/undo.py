"""``torchup undo``: take a change of a file or an environment back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchup.api import undoing
from torchup.cli.cleaning import clean_up
from torchup.errors import EXIT_DONE
from torchup.wire.changes import changes, worded

if TYPE_CHECKING:
    import argparse

    from torchup.cli.session import Session
    from torchup.words import Words


def add_arguments(parser: argparse.ArgumentParser, words: Words) -> None:
    """Add which change, and the usual ways to be careful."""
    parser.add_argument(
        "id", nargs="?", default="last", metavar="ID", help=words.say("cli.option.undo-id")
    )
    parser.add_argument("--list", action="store_true", help=words.say("cli.option.undo-list"))
    parser.add_argument("--force", action="store_true", help=words.say("cli.option.undo-force"))
    parser.add_argument("-y", "--yes", action="store_true", help=words.say("cli.option.yes"))
    parser.add_argument("--dry-run", action="store_true", help=words.say("cli.option.dry-run"))


def run(args: argparse.Namespace, session: Session) -> int:
    """Show what can be undone, or undo."""
    if args.list:
        return _list(session)
    cleaned = clean_up(session)
    found = undoing.find(session.context, args.id)
    if not args.force:
        undoing.check(session.context, found)
    what = worded(found, session.words)
    if not session.json:
        label = session.say("undo.label.undo")
        for one in undoing.effects(session.context, found):
            session.out.row(label, session.words.text(one))
            label = ""
        session.out.flush()
    outcome = undoing.take_back(session.context, found, force=args.force, dry_run=args.dry_run)
    if session.json:
        from torchup.wire import write

        session.emit(write.outcome(outcome, session.words, cleaned=cleaned))
    else:
        said = session.say("undo.would" if args.dry_run else "undo.done", what=what)
        session.out.row(session.say("cli.label.done"), said, "plain" if args.dry_run else "good")
    return EXIT_DONE


def _list(session: Session) -> int:
    found = undoing.listed(session.context)
    if session.json:
        session.emit(changes(found, session.words, undoing.unreadable(session.context)))
        return EXIT_DONE
    out = session.out
    for one in found:
        change = one.change
        out.line(f"{out.paint(change.id, 'strong')}  {worded(change, session.words)}")
        marks = [change.at.replace("T", " ")[:16]]
        marks += [f"torchup {change.command}"] if change.command else []
        marks += [] if change.done else [session.say("undo.unfinished")]
        out.line(f"  {out.paint(' · '.join(marks), 'quiet')}")
        if not one.undoable:
            why = "undo.gone" if one.lost else "undo.changed-since"
            out.line(f"  {out.paint(session.say(why), 'costs')}")
        for part in change.parts:
            out.line(f"  {out.paint(part.path, 'quiet')}")
    unreadable = undoing.unreadable(session.context)
    for path in unreadable:
        out.line(out.paint(session.say("undo.unreadable", path=path), "costs"))
    if found:
        out.line()
        out.row(session.say("cli.label.next"), f"torchup undo {found[0].change.id} --dry-run")
    elif not unreadable:
        out.line(session.say("undo.nothing"))
    return EXIT_DONE
