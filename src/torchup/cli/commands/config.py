"""``torchup config``: the settings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from torchup.cli.kernel_mending import say_lost_kernels
from torchup.errors import EXIT_DONE, EXIT_NO, UsageError
from torchup.model.source import shown_url
from torchup.state.config import KEYS, config_path, read_config, write_config
from torchup.wire import v1

if TYPE_CHECKING:
    import argparse

    from torchup.api.environments.rehoming import Change
    from torchup.cli.session import Session
    from torchup.model import StepOutcome
    from torchup.words import Words

_HOME = "home"
_MIRROR: Final = "mirror."


def add_arguments(parser: argparse.ArgumentParser, words: Words) -> None:
    """Add what to do with which key."""
    parser.add_argument(
        "action",
        nargs="?",
        choices=("list", "get", "set", "unset", "conda"),
        default="list",
        help=words.say("cli.option.config-action"),
    )
    parser.add_argument(
        "rest", nargs="*", default=[], metavar="KEY", help=words.say("cli.option.config-key")
    )
    parser.add_argument("--no-move", action="store_true", help=words.say("cli.option.no-move"))
    parser.add_argument("--dry-run", action="store_true", help=words.say("cli.option.dry-run"))
    conda = parser.add_argument_group("config conda")
    conda.add_argument("--file", metavar="FILE", help=words.say("cli.option.conda-file"))
    conda.add_argument("--first", action="store_true", help=words.say("cli.option.conda-first"))
    conda.add_argument("-y", "--yes", action="store_true", help=words.say("cli.option.yes"))


_WORDS: Final = {"list": 0, "get": 1, "set": 2, "unset": 1}
"""Words that each action takes after it."""


def run(args: argparse.Namespace, session: Session) -> int:
    """Show or change settings."""
    if args.action == "conda":
        from torchup.cli.conda_config import run as run_conda

        return run_conda(args, session, args.rest)
    if args.file or args.first:
        raise UsageError("conda.config-only")
    if len(args.rest) != _WORDS[args.action]:
        raise UsageError("cli.config.usage")
    args.key, args.value = (*args.rest, None, None)[:2]
    return _own(args, session)


def _own(args: argparse.Namespace, session: Session) -> int:
    path = config_path(session.host)
    if args.key is not None and args.key not in KEYS:
        raise UsageError("config.unknown-key", key=args.key, choices=", ".join(KEYS))
    changing = args.action in ("set", "unset")
    steps: tuple[StepOutcome, ...] = ()
    if changing:
        steps = _change(args, path, session)
    values = read_config(path, mending=changing)
    if session.json:
        said = {key: shown_url(value) for key, value in values.items()}
        shown = {args.key: said[args.key]} if args.key in said else said
        asked = shown if args.action == "get" else said
        session.emit(v1.ConfigV1(path=str(path), values=asked, steps=steps))
    elif args.action == "get":
        session.out.line(shown_url(values.get(args.key, "")))
    else:
        for key, value in values.items():
            session.out.row(key, shown_url(value))
        session.out.row(session.say("cli.label.file"), str(path), "quiet")
    return EXIT_NO if args.action == "get" and args.key not in values else EXIT_DONE


def _change(args: argparse.Namespace, path: str, session: Session) -> tuple[StepOutcome, ...]:
    """Change a setting; another home takes along what is in the old one."""
    if args.key.startswith(_MIRROR) and args.value is not None:
        from torchup.facts.mirrors import chosen_mirrors

        chosen_mirrors({args.key: args.value})
    if args.key != _HOME:
        if not args.dry_run:
            write_config(path, args.key, args.value)
        return ()
    from torchup.api.environments import rehoming

    if args.value is not None:
        KEYS[_HOME](args.value)
    over = rehoming.overruled(session.host, args.home)
    moving = not (args.no_move or over)
    change = rehoming.prepare(session.host, args.value, moving=moving)
    if args.dry_run:
        steps = rehoming.planned(change)
    else:
        _say(session, *_coming(change, session))
        session.out.flush()
        steps = rehoming.carry_out(session.host, change)
    _say(session, *_done(change, session, over, dry=args.dry_run))
    if change.rehoming is not None and not args.dry_run and not session.json:
        for name in change.rehoming.names:
            say_lost_kernels(session, name, str(change.old.environments / name))
    return steps


def _say(session: Session, *lines: str) -> None:
    if not session.json:
        for line in lines:
            session.out.line(line)


def _coming(change: Change, session: Session) -> tuple[str, ...]:
    if change.rehoming is None or not change.rehoming.size:
        return ()
    return (_worded("rehome.copying", change, session),)


def _done(change: Change, session: Session, over: str, *, dry: bool) -> tuple[str, ...]:
    if over:
        return (session.say("rehome.overruled", path=over),)
    if change.given_up:
        return (session.say("rehome.given-up", path=change.given_up),)
    if change.rehoming is None:
        return ()
    linked = change.rehoming.linked
    if dry:
        return (_worded("rehome.would-link" if linked else "rehome.would-copy", change, session),)
    return (_worded("rehome.moved", change, session),)


def _worded(code: str, change: Change, session: Session) -> str:
    from torchup.cli.screen import size_of

    moving = change.rehoming
    return session.say(
        code,
        old=change.old.root,
        new=change.new.root,
        count=len(moving.names) if moving else 0,
        size=size_of(moving.size if moving else 0),
    )
