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
        choices=("list", "get", "set", "unset", "conda"),
        default="list",
        help=words.say("cli.option.config-action"),
    )
    parser.add_argument(
        "rest", nargs="*", default=[], metavar="KEY", help=words.say("cli.option.config-key")
    )
    conda = parser.add_argument_group("config conda")
    conda.add_argument("--file", metavar="FILE", help=words.say("cli.option.conda-file"))
    conda.add_argument("--first", action="store_true", help=words.say("cli.option.conda-first"))
    conda.add_argument("--dry-run", action="store_true", help=words.say("cli.option.dry-run"))
    conda.add_argument("-y", "--yes", action="store_true", help=words.say("cli.option.yes"))


def run(args: argparse.Namespace, session: Session) -> int:
    """Show or change settings."""
    if args.action == "conda":
        from torchup.cli.conda_config import run as run_conda

        return run_conda(args, session, args.rest)
    if args.file or args.first or args.dry_run:
        raise UsageError("conda.config-only")
    return _own(args.action, args.rest, session)


_WORDS = {"list": 0, "get": 1, "set": 2, "unset": 1}


def _own(action: str, rest: list[str], session: Session) -> int:
    path = config_path(session.host)
    if len(rest) != _WORDS[action]:
        raise UsageError("cli.config.usage")
    key, value = (*rest, None, None)[:2]
    if key is not None and key not in KEYS:
        raise UsageError("config.unknown-key", key=key, choices=", ".join(KEYS))
    if key is not None and action in ("set", "unset"):
        write_config(path, key, value)
    values = read_config(path, mending=action in ("set", "unset"))
    if session.json:
        shown = {key: values[key]} if key is not None and key in values else dict(values)
        session.emit(v1.ConfigV1(path=str(path), values=shown if action == "get" else dict(values)))
    elif action == "get":
        session.out.line(values.get(key or "", ""))
    else:
        for name, said in values.items():
            session.out.row(name, said)
        session.out.row(session.say("cli.label.path"), str(path), "quiet")
    return EXIT_NO if action == "get" and key not in values else EXIT_DONE
