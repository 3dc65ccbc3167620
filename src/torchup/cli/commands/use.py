"""``torchup use``: name the environment of a folder, or the default."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchup.api.environments import using
from torchup.api.environments.current import DEFAULT_KEY
from torchup.cli.cleaning import clean_up
from torchup.cli.connecting import (
    Connected,
    add_connect_options,
    check_connect_options,
    connect_folder,
)
from torchup.errors import EXIT_DONE, EXIT_NO, UsageError

if TYPE_CHECKING:
    import argparse

    from torchup.cli.session import Session
    from torchup.words import Words

_WHY = {
    "active": "use.because-active",
    "folder": "use.because-folder",
    "default": "use.because-default",
}


def add_arguments(parser: argparse.ArgumentParser, words: Words) -> None:
    """Add the name, and where it is to count."""
    parser.add_argument("name", nargs="?", metavar="NAME", help=words.say("cli.option.name"))
    parser.add_argument(
        "--global", action="store_true", dest="everywhere", help=words.say("cli.option.global")
    )
    parser.add_argument("--off", action="store_true", help=words.say("cli.option.off"))
    add_connect_options(parser, words)
    parser.add_argument("--dry-run", action="store_true", help=words.say("cli.option.dry-run"))


def run(args: argparse.Namespace, session: Session) -> int:
    """Name, take back, or show."""
    if args.name and args.off:
        raise UsageError("use.name-or-off")
    check_connect_options(args)
    if args.connect is not None and (args.off or args.everywhere or not args.name):
        raise UsageError("connect.of-a-folder")
    clean_up(session)
    if not args.name and not args.off:
        if args.everywhere:
            raise UsageError("use.global-what")
        return _show(session)
    scope: using.Scope = "default" if args.everywhere else "folder"
    if args.off:
        done = using.forget(session.context, scope, dry_run=args.dry_run)
    else:
        done = using.name_environment(session.context, args.name, scope, dry_run=args.dry_run)
    connected = Connected()
    connects = scope == "folder" and bool(done.name)
    if session.json and connects:
        connected = _connect(args, session, done.name)
    _report(done, session, connected, dry_run=args.dry_run)
    if not session.json and connects:
        connected = _connect(args, session, done.name)
    return connected.status


def _connect(args: argparse.Namespace, session: Session, name: str) -> Connected:
    """Connect what is found in this folder; its own file was just written."""
    return connect_folder(args, session, name, session.host.real_path("."), but=("folder",))


def _report(done: using.Naming, session: Session, connected: Connected, *, dry_run: bool) -> None:
    changed = done.name != done.replaced and not dry_run
    if session.json:
        from torchup.model import Outcome, StepOutcome
        from torchup.wire import write

        step = StepOutcome(id="use", status="done" if changed else "skipped", detail=done.where)
        ok = connected.status == EXIT_DONE
        outcome = Outcome(command="use", ok=ok, steps=(step, *connected.steps))
        session.emit(write.outcome(outcome, session.words))
        return
    args = {"name": done.name, "where": done.where, "old": done.replaced}
    said = session.say(_said(done, dry_run=dry_run), **args)
    session.out.row(session.say("cli.label.done"), said)
    if done.name and done.replaced and done.replaced != done.name:
        session.out.row("", session.say("use.replaced", **args))
    if done.over:
        session.out.row("", session.say("use.active-counts", name=done.over), "costs")


def _said(done: using.Naming, *, dry_run: bool) -> str:
    if dry_run:
        return "use.would-change"
    if done.name:
        return "use.named-folder" if done.scope == "folder" else "use.named-default"
    return "use.off" if done.replaced else "use.off-already"


def _show(session: Session) -> int:
    found = using.counting(session.context, session.config.get(DEFAULT_KEY))
    if session.json:
        from torchup.wire.places import CurrentV1

        session.emit(
            CurrentV1(
                name=found.current.name,
                by=found.current.by,
                where=found.current.where,
                path=found.path,
                exists=found.exists,
            )
            if found
            else CurrentV1()
        )
    elif found is None:
        session.out.line(session.say("use.none"), folds=True)
        session.out.row(session.say("cli.label.next"), "torchup use NAME")
    else:
        args = {"name": found.current.name, "where": found.current.where, "path": found.path}
        session.out.line(session.say(_WHY[found.current.by], **args))
        if not found.exists:
            said = session.say("use.gone", **args)
            session.out.line(session.out.paint(said, "stops"))
            session.out.row(session.say("cli.label.next"), "torchup list")
    return EXIT_DONE if found and found.exists else EXIT_NO
