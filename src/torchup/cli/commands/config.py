"""``torchup config``: the settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchup.errors import EXIT_DONE, EXIT_NO, UsageError
from torchup.state.config import KEYS, config_path, read_config, write_config
from torchup.wire import v1

if TYPE_CHECKING:
    import argparse

    from torchup.cli.session import Session
    from torchup.words import Words


def add_arguments(parser: argparse.ArgumentParser, words: Words) -> None:
    """Add what to do with which key."""
    parser.add_argument(
        "action",
        nargs="?",
        choices=("list", "get", "set", "unset"),
        default="list",
        help=words.say("cli.option.config-action"),
    )
    parser.add_argument("key", nargs="?", metavar="KEY", help=words.say("cli.option.config-key"))
    parser.add_argument(
        "value", nargs="?", metavar="VALUE", help=words.say("cli.option.config-value")
    )


def run(args: argparse.Namespace, session: Session) -> int:
    """Show or change settings."""
    path = config_path(session.host)
    needs_value = args.action == "set"
    if (args.action != "list") != bool(args.key) or needs_value != (args.value is not None):
        raise UsageError("cli.config.usage")
    if args.key is not None and args.key not in KEYS:
        raise UsageError("config.unknown-key", key=args.key, choices=", ".join(KEYS))
    if args.action in ("set", "unset"):
        write_config(path, args.key, args.value)
    values = read_config(path, mending=args.action in ("set", "unset"))
    if session.json:
        shown = {args.key: values[args.key]} if args.key in values else values
        session.emit(v1.ConfigV1(path=str(path), values=shown if args.action == "get" else values))
    elif args.action == "get":
        session.out.line(values.get(args.key, ""))
    else:
        for key, value in values.items():
            session.out.row(key, value)
        session.out.row(session.say("cli.label.path"), str(path), "quiet")
    return EXIT_NO if args.action == "get" and args.key not in values else EXIT_DONE
