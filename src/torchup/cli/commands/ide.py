"""``torchup ide``: which interpreter IDEs use for a folder, and telling them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from torchup.cli.cleaning import clean_up
from torchup.errors import EXIT_DONE, EXIT_NO, UsageError

if TYPE_CHECKING:
    import argparse

    from torchup.api.ides.telling import Telling
    from torchup.cli.screen import Tone
    from torchup.cli.session import Session
    from torchup.model.ides import Used
    from torchup.words import Words

_MARKS: Final[dict[Tone, str]] = {"good": "✓", "costs": "!", "stops": "✗", "quiet": "·"}
_ACTIONS: Final = ("check", "vscode", "pycharm")


def add_arguments(parser: argparse.ArgumentParser, words: Words) -> None:
    """Add what to do, for which environment and folder."""
    parser.add_argument(
        "action",
        nargs="?",
        choices=_ACTIONS,
        default="check",
        help=words.say("cli.option.ide-action"),
    )
    parser.add_argument("name", nargs="?", metavar="NAME", help=words.say("cli.option.name"))
    parser.add_argument("--project", metavar="DIR", help=words.say("cli.option.ide-project"))
    parser.add_argument("--all", action="store_true", help=words.say("cli.option.ide-all"))
    parser.add_argument("-y", "--yes", action="store_true", help=words.say("cli.option.yes"))
    parser.add_argument("--dry-run", action="store_true", help=words.say("cli.option.dry-run"))


def run(args: argparse.Namespace, session: Session) -> int:
    """Check, or tell one of them.

    Raises:
        UsageError: ``ide.usage``: check takes neither a name nor ways to be careful.
    """
    if args.action == "check" and (args.name or args.yes or args.dry_run):
        raise UsageError("ide.usage")
    if args.all and (args.action != "vscode" or args.name or args.project):
        raise UsageError("ide.usage-all")
    cleaned = clean_up(session)
    from torchup.api.ides.telling import folder_of

    folder = folder_of(session.context, args.project)
    if args.action == "check":
        return _check(folder, session)
    from torchup.api.ides.pycharm import tell_pycharm
    from torchup.api.ides.vscode import tell_everywhere, tell_vscode
    from torchup.cli.naming import meant

    if args.all:
        return _tell(args, tell_everywhere(session.context), session, cleaned)
    name = meant(session, args.name, f"ide {args.action}")
    tell = tell_vscode if args.action == "vscode" else tell_pycharm
    return _tell(args, tell(session.context, name, folder), session, cleaned)


def _tell(
    args: argparse.Namespace, told: Telling, session: Session, cleaned: tuple[str, ...]
) -> int:
    from torchup.api.ides.telling import carry_out
    from torchup.model import Outcome, StepOutcome

    if not session.json:
        label = session.say("cli.label.changes")
        for line in told.lines:
            session.out.row(label, session.words.text(line))
            label = ""
        session.out.flush()
    if args.dry_run:
        steps = tuple(
            StepOutcome(id=f"ide-{told.ide}", status="skipped", detail=one.path)
            for one in told.edits
        )
    else:
        steps = carry_out(session.context, (told,))
    if session.json:
        from torchup.wire import write

        notes = tuple(
            StepOutcome(id="ide-note", status="skipped", detail=session.words.text(note))
            for note in told.notes
        )
        outcome = Outcome(command=f"ide {told.ide}", ok=True, steps=(*steps, *notes))
        session.emit(write.outcome(outcome, session.words, cleaned=cleaned))
        return EXIT_DONE
    code = "ide.told" if told.edits else "ide.told-already"
    if not told.about:
        code = "ide.offers"
    said = session.say("ide.would" if args.dry_run else code, name=told.about)
    session.out.row(session.say("cli.label.done"), said, "good")
    for note in told.notes:
        session.out.row("", session.words.text(note), "costs")
    session.out.row(session.say("cli.label.next"), "torchup ide check")
    return EXIT_DONE


def _check(folder: str, session: Session) -> int:
    from torchup.api.ides.checking import check

    found = check(session.context, folder)
    if session.json:
        from torchup.wire.connecting import ides

        session.emit(ides(folder, found, session.words))
    elif not found:
        session.out.line(session.say("ide.none", folder=folder), folds=True)
        session.out.row(session.say("cli.label.next"), "torchup ide vscode NAME")
    else:
        for one in found:
            _row(one, session)
        kind = next((one.kind for one in found if not one.version), None)
        if kind is not None:
            session.out.row(session.say("cli.label.next"), f"torchup ide {kind} NAME")
    return EXIT_DONE if all(one.exists for one in found) else EXIT_NO


def _row(one: Used, session: Session) -> None:
    out = session.out
    tone: Tone = "good" if one.version else "costs"
    what = f"{one.framework} {one.version}" if one.version else session.say("ide.no-framework")
    if not one.exists:
        tone, what = "stops", session.say("ide.gone")
    elif not one.interpreter:
        tone, what = "quiet", session.say("ide.open")
    shown = " · ".join(filter(None, (one.environment, what)))
    mark = out.paint(_MARKS[tone], tone)
    out.line(f"{mark} {out.paint(one.ide, 'strong')}   {out.paint(shown, tone)}")
    if one.interpreter:
        out.line(f"  {out.paint(one.interpreter, 'quiet')}")
    out.line(f"  {out.paint(session.words.text(one.why), 'quiet')}", folds=True)
    for note in one.notes:
        out.line(f"  {out.paint(session.words.text(note), 'costs')}", folds=True)
