"""``torchup bundle``: everything that another machine needs, in one file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from torchup.cli.machines import add_machine
from torchup.cli.options import add_backend, add_files, add_rows
from torchup.errors import UsageError

if TYPE_CHECKING:
    import argparse

    from torchup.cli.session import Session
    from torchup.words import Words

UV: Final = "uv"
_ACTIONS: Final = ("create", "verify", "update", "show", "serve")
_MAKING: Final = (
    *("output", "rows", "files", "python", "cpu", "build", "no_companions", "wheels", "as_of"),
    *("machine", "gpu", "driver", "os", "arch"),
    *("backend", "channel"),
)
_OF: Final[dict[str, frozenset[str]]] = {
    "create": frozenset({*_MAKING, "no_python", "no_torchup", "dry_run"}),
    "update": frozenset({"wheels", "dry_run"}),
    "verify": frozenset(),
    "show": frozenset(),
    "serve": frozenset({"port", "host"}),
}
"""The options that belong to each."""


def add_arguments(parser: argparse.ArgumentParser, words: Words) -> None:
    """Add what to do, with what, for which machines."""
    parser.add_argument("action", choices=_ACTIONS, help=words.say("cli.option.bundle-action"))
    parser.add_argument(
        "words",
        nargs="*",
        default=[],
        metavar="NAME|REQUIREMENT|FILE",
        help=words.say("cli.option.bundle-words"),
    )
    parser.add_argument("-o", "--output", metavar="FILE", help=words.say("cli.option.bundle-out"))
    add_rows(parser, words, "cli.option.bundle-row")
    add_machine(parser, words)
    add_files(parser, words)
    parser.add_argument("--python", metavar="X.Y", help=words.say("cli.option.python"))
    parser.add_argument("--cpu", action="store_true", help=words.say("cli.option.cpu"))
    parser.add_argument("--build", metavar="BUILD", help=words.say("cli.option.build"))
    parser.add_argument(
        "--no-companions", action="store_true", help=words.say("cli.option.no-companions")
    )
    parser.add_argument("--wheels", metavar="DIR", help=words.say("cli.option.wheels"))
    parser.add_argument("--as-of", metavar="DAY", help=words.say("cli.option.as-of"))
    parser.add_argument(
        "--no-python", action="store_true", help=words.say("cli.option.bundle-no-python")
    )
    parser.add_argument(
        "--no-torchup", action="store_true", help=words.say("cli.option.bundle-no-torchup")
    )
    parser.add_argument("--port", type=int, metavar="PORT", help=words.say("cli.option.port"))
    parser.add_argument("--host", metavar="ADDRESS", help=words.say("cli.option.serve-host"))
    parser.add_argument("--dry-run", action="store_true", help=words.say("cli.option.dry-run"))
    parser.add_argument("-y", "--yes", action="store_true", help=words.say("cli.option.yes"))
    add_backend(parser, words, default="")
    parser.set_defaults(project=None, use_gpu=[], nightly=False, builds=[])


def run(args: argparse.Namespace, session: Session) -> int:
    """Do one of the five.

    Raises:
        UsageError: ``bundle.usage``: an option that doesn't belong to it; ``bundle.one-file``.
    """
    given = {name for name in {*_MAKING, *_OF["create"], *_OF["serve"]} if getattr(args, name)}
    foreign = sorted(given - _OF[args.action])
    if foreign:
        option = "--" + foreign[0].replace("_", "-").replace("rows", "row")
        raise UsageError("bundle.usage", option=option, action=args.action)
    args.backend_named = bool(args.backend)
    args.backend = args.backend or UV
    if args.action == "create":
        from torchup.cli.bundles.making import create

        return create(args, session)
    if len(args.words) != 1:
        raise UsageError("bundle.one-file", action=args.action)
    if args.action == "update":
        from torchup.cli.bundles.making import update

        return update(args, session)
    if args.action == "serve":
        from torchup.cli.bundles.serving import serve

        return serve(args, session)
    from torchup.cli.bundles.showing import show, verify

    return (show if args.action == "show" else verify)(args.words[0], session)
