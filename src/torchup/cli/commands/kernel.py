"""``torchup kernel``: Jupyter's kernels of environments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from torchup.cli.changes import add_care
from torchup.cli.cleaning import clean_up
from torchup.errors import UsageError

if TYPE_CHECKING:
    import argparse

    from torchup.cli.session import Session
    from torchup.words import Words

_ACTIONS: Final = ("add", "list", "check", "delete", "repair")
_OF_ADD: Final = ("title", "as_name")


def add_arguments(parser: argparse.ArgumentParser, words: Words) -> None:
    """Add what to do with which kernel, and where a new one goes."""
    parser.add_argument(
        "action",
        nargs="?",
        choices=_ACTIONS,
        default="list",
        help=words.say("cli.option.kernel-action"),
    )
    parser.add_argument("name", nargs="?", metavar="NAME", help=words.say("cli.option.kernel-name"))
    parser.add_argument(
        "--as", dest="as_name", metavar="KERNEL", help=words.say("cli.option.kernel-as")
    )
    parser.add_argument("--title", metavar="TEXT", help=words.say("cli.option.kernel-title"))
    parser.add_argument("--prefix", metavar="DIR", help=words.say("cli.option.kernel-prefix"))
    parser.add_argument("--jupyter", metavar="PATH", help=words.say("cli.option.kernel-jupyter"))
    add_care(parser, words)


def run(args: argparse.Namespace, session: Session) -> int:
    """Do one of the five.

    Raises:
        UsageError: ``kernel.usage``: options or a name that don't belong to it.
    """
    adding = any(getattr(args, name) for name in _OF_ADD)
    careful = args.dry_run or args.yes
    if adding and args.action != "add":
        raise UsageError("kernel.usage")
    if careful and args.action in ("list", "check"):
        raise UsageError("kernel.usage")
    if args.action == "delete" and not args.name:
        raise UsageError("kernel.delete-what")
    if args.action == "list" and args.name:
        raise UsageError("kernel.usage")
    from torchup.cli import kernel_mending, kernels

    cleaned = clean_up(session)
    if args.action == "add":
        return kernels.add(args, session, cleaned)
    if args.action == "check":
        return kernels.check(args, session)
    if args.action == "delete":
        return kernel_mending.delete(args, session, cleaned)
    if args.action == "repair":
        return kernel_mending.repair(args, session, cleaned)
    return kernels.show(args, session)
