"""``torchup mirror``: where files come from, how the places do, and which of them are used."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from torchup.api.mirrors import choice, race, status
from torchup.cli.mirrors.choosing import auto, use
from torchup.cli.mirrors.documents import measured_row, mirror_row, pick
from torchup.cli.mirrors.racing import measure
from torchup.cli.mirrors.screen import print_in_use, print_list, print_measured
from torchup.cli.mirrors.taking_back import reset
from torchup.errors import EXIT_DONE, EXIT_NO, UsageError
from torchup.model.mirror import KINDS
from torchup.wire.mirrors import MirrorsV1

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Sequence

    from torchup.cli.session import Session
    from torchup.model.mirror import Mirror, MirrorKind
    from torchup.words import Words

_ACTIONS: Final = ("list", "test", "use", "auto", "reset", "status")
_PROGRAMS: Final = ("pip", "uv", "conda", "all")
_OPTIONS: Final[dict[str, frozenset[str]]] = {
    "names": frozenset({"use", "test"}),
    "write": frozenset({"use", "auto"}),
    "all": frozenset({"list", "test"}),
    "planned": frozenset({"test", "auto"}),
    "dry_run": frozenset({"use", "auto", "reset"}),
    "yes": frozenset({"use", "auto", "reset"}),
}
"""Option → the actions that it belongs to."""


def add_arguments(parser: argparse.ArgumentParser, words: Words) -> None:
    """Add what to do, and for which kinds."""
    parser.add_argument(
        "action",
        nargs="?",
        choices=_ACTIONS,
        default="status",
        help=words.say("cli.option.mirror-action"),
    )
    parser.add_argument(
        "names", nargs="*", default=[], metavar="NAME", help=words.say("cli.option.mirror-names")
    )
    parser.add_argument(
        "--kind",
        action="append",
        choices=KINDS,
        default=[],
        help=words.say("cli.option.mirror-kind"),
    )
    parser.add_argument(
        "--write",
        action="append",
        choices=_PROGRAMS,
        default=[],
        help=words.say("cli.option.mirror-write"),
    )
    parser.add_argument("--all", action="store_true", help=words.say("cli.option.mirror-all"))
    parser.add_argument(
        "--for",
        action="append",
        dest="planned",
        default=[],
        metavar="REQUIREMENT",
        help=words.say("cli.option.mirror-for"),
    )
    parser.add_argument("--dry-run", action="store_true", help=words.say("cli.option.dry-run"))
    parser.add_argument("-y", "--yes", action="store_true", help=words.say("cli.option.yes"))


def run(args: argparse.Namespace, session: Session) -> int:
    """Do one of the six.

    Raises:
        UsageError: ``mirror.usage``: options that don't belong to it; ``mirror.name-needed``.
    """
    for option, actions in _OPTIONS.items():
        if getattr(args, option) and args.action not in actions:
            raise UsageError("mirror.usage")
    if not all(name.strip() for name in args.names):
        raise UsageError("mirror.name-needed", action=args.action)
    kinds: tuple[MirrorKind, ...] = tuple(dict.fromkeys(args.kind)) or KINDS
    ways: dict[str, Callable[[argparse.Namespace, Session, Sequence[MirrorKind]], int]] = {
        "list": _list,
        "test": _test,
        "use": use,
        "auto": auto,
        "reset": reset,
        "status": _status,
    }
    return ways[args.action](args, session, kinds)


def _list(args: argparse.Namespace, session: Session, kinds: Sequence[MirrorKind]) -> int:
    found = choice.listed(session.context, kinds)
    if not args.all:
        found = tuple(one for one in found if one.state not in race.UNFIT)
    if session.json:
        rows = tuple(mirror_row(one, session) for one in found)
        session.emit(MirrorsV1(action="list", mirrors=rows))
        return EXIT_DONE
    print_list(found, session)
    session.out.row(session.say("cli.label.next"), "torchup mirror auto")
    return EXIT_DONE


def _status(_args: argparse.Namespace, session: Session, kinds: Sequence[MirrorKind]) -> int:
    found = status.in_use(session.context, kinds)
    if session.json:
        session.emit(MirrorsV1(action="status", used=tuple(map(status.document, found))))
        return EXIT_DONE
    for one in found:
        print_in_use(one, session)
    session.out.row(session.say("cli.label.next"), "torchup mirror test")
    return EXIT_DONE


def _test(args: argparse.Namespace, session: Session, kinds: Sequence[MirrorKind]) -> int:
    mirrors = _mirrors_to_test(args, session, kinds)
    wanted, found = measure(args, session, kinds, mirrors)
    if session.json:
        rows = tuple(measured_row(one, session) for one in found)
        best = tuple(pick(c.kind, one) for c in race.winners(wanted, found) for one in c.mirrors)
        session.emit(MirrorsV1(action="test", measured=rows, best=best))
    else:
        first = {
            kind: places[0]
            for kind in wanted
            if (places := race.ranked([one for one in found if one.wanted.kind == kind]))
        }
        print_measured(found, wanted, first, session)
        session.out.row(session.say("cli.label.next"), "torchup mirror auto")
    return EXIT_DONE if any(one.usable for one in found) else EXIT_NO


def _mirrors_to_test(
    args: argparse.Namespace, session: Session, kinds: Sequence[MirrorKind]
) -> list[Mirror]:
    known = choice.listed(session.context, kinds)
    if args.names:
        chosen = choice.choose(kinds, choice.unmasked(session.context, args.names))
        return [mirror for one in chosen for mirror in one.mirrors]
    if args.all:
        return [one for one in known if one.layout != "page"]
    return [one for kind in kinds for one in race.contestants(kind, known)]
