"""``torchup fleet``: many machines at once."""

from __future__ import annotations

from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any

from torchup.cli.fleet.hosts import FORKS, PACE
from torchup.cli.fleet.numbers import forks, number, seconds
from torchup.cli.options import add_requirement
from torchup.cli.ways import requirement_options
from torchup.errors import UsageError
from torchup.fleet.defaults import COMPUTE_S, PORT

if TYPE_CHECKING:
    import argparse

    from torchup.cli.session import Session
    from torchup.words import Words

ACTIONS = ("plan", "probe", "apply", "verify", "doctor", "check", "report", "rollback")
_MODULES = {"verify": "there", "doctor": "there", "rollback": "there"}
_REACHING = ("apply", "verify", "doctor", "check", "rollback")


def add_arguments(parser: argparse.ArgumentParser, words: Words) -> None:
    """Add what to do, on which hosts, and the requirement."""
    parser.add_argument("action", choices=ACTIONS, help=words.say("cli.option.fleet-action"))
    hosts = parser.add_argument_group(words.say("cli.help.fleet"))
    hosts.add_argument(
        "-i",
        "--inventory",
        action="append",
        default=[],
        metavar="INVENTORY",
        help=words.say("cli.option.fleet-inventory"),
    )
    hosts.add_argument("--limit", metavar="PATTERN", help=words.say("cli.option.fleet-limit"))
    hosts.add_argument(
        "--forks", type=forks, default=FORKS, metavar="N", help=words.say("cli.option.fleet-forks")
    )
    hosts.add_argument("--ansible", metavar="OPTIONS", help=words.say("cli.option.fleet-ansible"))
    hosts.add_argument("--machines", metavar="PATH", help=words.say("cli.option.fleet-machines"))
    hosts.add_argument(
        "--host",
        action="append",
        default=[],
        metavar="NAME",
        help=words.say("cli.option.fleet-host"),
    )
    _add_pace(parser, words)
    _add_together(parser, words)
    _add_report(parser, words)
    parser.add_argument(
        "--missing", action="store_true", help=words.say("cli.option.fleet-missing")
    )
    parser.add_argument(
        "-v", "--verbose", action="store_true", help=words.say("cli.option.fleet-verbose")
    )
    add_requirement(parser, words)


def _add_together(parser: argparse.ArgumentParser, words: Words) -> None:
    """Add how ``verify`` lets hosts compute with each other."""
    group = parser.add_argument_group(words.say("cli.help.fleet-verify"))
    group.add_argument(
        "--together", action="store_true", help=words.say("cli.option.fleet-together")
    )
    group.add_argument("--answers", metavar="FILE", help=words.say("cli.option.fleet-answers"))
    group.add_argument(
        "--port",
        type=partial(number, "--port"),
        default=PORT,
        metavar="N",
        help=words.say("cli.option.fleet-port", {"default": str(PORT)}),
    )
    group.add_argument(
        "--time-limit",
        type=seconds,
        default=COMPUTE_S,
        metavar="SECONDS",
        help=words.say("cli.option.fleet-time-limit", {"default": str(COMPUTE_S)}),
    )


def _add_report(parser: argparse.ArgumentParser, words: Words) -> None:
    """Add the forms of ``report``."""
    group = parser.add_argument_group(words.say("cli.help.fleet-report"))
    group.add_argument("--html", metavar="FILE", help=words.say("cli.option.fleet-html"))
    group.add_argument("--csv", action="store_true", help=words.say("cli.option.fleet-csv"))


def _add_pace(parser: argparse.ArgumentParser, words: Words) -> None:
    """Add how ``apply`` goes about it."""
    group = parser.add_argument_group(words.say("cli.help.fleet-apply"))
    group.add_argument("--shared", action="store_true", help=words.say("cli.option.fleet-shared"))
    for name, code in (
        ("--canary", "cli.option.fleet-canary"),
        ("--wave", "cli.option.fleet-wave"),
        ("--max-fail", "cli.option.fleet-max-fail"),
    ):
        kind, usual = partial(number, name), PACE[name]
        group.add_argument(name, type=kind, default=usual, metavar="N", help=words.say(code))
    group.add_argument(
        "--from", dest="source", metavar="BUNDLE", help=words.say("cli.option.fleet-from")
    )
    group.add_argument("--row", metavar="ROW", help=words.say("cli.option.sync-row"))
    group.add_argument("--again", action="store_true", help=words.say("cli.option.fleet-again"))
    group.add_argument("--wheelhouse", metavar="DIR", help=words.say("cli.option.fleet-wheelhouse"))
    group.add_argument("--quick", action="store_true", help=words.say("cli.option.quick"))
    group.add_argument("-y", "--yes", action="store_true", help=words.say("cli.option.yes"))
    group.add_argument("--dry-run", action="store_true", help=words.say("cli.option.dry-run"))


def run(args: argparse.Namespace, session: Session) -> int:
    """Do one of them.

    Raises:
        UsageError: an option that doesn't belong to it.
    """
    _check_options(args)
    module: Any = import_module(f"torchup.cli.fleet.{_MODULES.get(args.action, args.action)}")
    code: int = module.run(args, session)
    return code


def _check_options(args: argparse.Namespace) -> None:
    """Refuse what has no meaning here, before anything is done."""
    if args.project is not None or args.wheels is not None:
        option = "--project" if args.project is not None else "--wheels"
        raise UsageError("fleet.wheels-only", option=option)
    wishes = requirement_options(args)
    asked = args.requirements
    if args.action in ("probe", "report") and (wishes or asked or args.machines or args.host):
        raise UsageError("fleet.alone", action=args.action)
    if args.action in _REACHING[1:] and (wishes or len(asked) > 1 or args.machines):
        raise UsageError("fleet.name-alone", action=args.action)
    if args.action in ("plan", "report") and (args.inventory or args.limit or args.ansible):
        raise UsageError("fleet.reaches-none", action=args.action)
    if args.action in _REACHING and args.limit:
        raise UsageError("fleet.host-instead", action=args.action)
    _check_pace(args)
    if args.missing and args.action != "probe":
        raise UsageError("fleet.missing-only")
    _check_together(args)
    _check_bundle(args, settled=bool(wishes) or len(asked) > 1)
    if args.action != "report" and (args.html or args.csv):
        raise UsageError("fleet.report-only", option="--html" if args.html else "--csv")


def _check_bundle(args: argparse.Namespace, *, settled: bool) -> None:
    """Refuse what a bundle has settled, and a bundle where nothing takes one."""
    for option, given in (("--from", args.source), ("--row", args.row)):
        if given and args.action != "apply":
            raise UsageError("fleet.not-heeded", option=option, action=args.action)
    if args.row and not args.source:
        raise UsageError("fleet.row-alone")
    if args.source and (settled or args.shared or args.quick or args.offline):
        raise UsageError("fleet.from-and-more")


def _check_together(args: argparse.Namespace) -> None:
    """Refuse what belongs to computing together alone, and an inventory where none is asked."""
    if args.together and args.action != "verify":
        raise UsageError("fleet.together-only")
    if args.answers and not args.together:
        raise UsageError("fleet.answers-together")
    if args.answers and (args.inventory or args.host or args.ansible):
        raise UsageError("fleet.answers-alone")
    for option, moved in (
        ("--port", args.port != PORT),
        ("--time-limit", args.time_limit != COMPUTE_S),
    ):
        if moved and (args.answers or not args.together):
            raise UsageError("fleet.together-runs", option=option)


def _check_pace(args: argparse.Namespace) -> None:
    """Refuse options about how environments are made and looked at where nothing heeds them."""
    heeded = ("apply",)
    given = {
        "--shared": (args.shared, heeded),
        **{
            name: (getattr(args, name[2:].replace("-", "_")) != usual, heeded)
            for name, usual in PACE.items()
        },
        "--again": (args.again, heeded),
        "--quick": (args.quick, ("apply", "verify")),
        "--wheelhouse": (args.wheelhouse, _REACHING),
    }
    for option, (said, actions) in given.items():
        if said and args.action not in actions:
            raise UsageError("fleet.not-heeded", option=option, action=args.action)
