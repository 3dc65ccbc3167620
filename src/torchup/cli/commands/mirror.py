"""``torchup mirror``: where files come from, how the places do, and which of them are used."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final

from torchup.api.mirrors import choice, keeping, race, status, writing
from torchup.api.mirrors.checking import check_addresses
from torchup.api.mirrors.preview import diff_of
from torchup.api.mirrors.taking_back import taking_back
from torchup.cli.mirror_documents import measured_row, mirror_row, pick
from torchup.cli.mirror_progress import MirrorLines
from torchup.cli.mirror_screen import LiveTable, print_in_use, print_list, print_measured
from torchup.errors import EXIT_DONE, EXIT_NO, OutsideError, UsageError
from torchup.model import StepOutcome, shown_url
from torchup.model.mirror import KINDS
from torchup.wire import v1
from torchup.wire.mirrors import MirrorsV1

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Sequence

    from torchup.api.mirrors.choice import Chosen
    from torchup.api.mirrors.writing import Written
    from torchup.cli.screen import Tone
    from torchup.cli.session import Session
    from torchup.model.mirror import Mirror, MirrorKind
    from torchup.model.mirror_speed import Measured, Wanted
    from torchup.words import Words

_ACTIONS: Final = ("list", "test", "use", "auto", "reset", "status")
_PROGRAMS: Final = ("pip", "uv", "conda", "all")
_TONES: Final[dict[str, Tone]] = {"+": "good", "-": "stops"}
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
        "use": _use,
        "auto": _auto,
        "reset": _reset,
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
    wanted, found = _measure(args, session, kinds, mirrors)
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


def _measure(
    args: argparse.Namespace,
    session: Session,
    kinds: Sequence[MirrorKind],
    mirrors: Sequence[Mirror],
) -> tuple[dict[MirrorKind, Wanted], list[Measured]]:
    wanted = _wanted(args, session, kinds)
    taking = [one for one in mirrors if one.kind in wanted]
    with _table(args, session, taking) as table:
        return wanted, race.compare(session.context, wanted, mirrors, table)


def _table(
    args: argparse.Namespace, session: Session, taking: Sequence[Mirror]
) -> LiveTable | MirrorLines:
    if args.progress == "json":
        return MirrorLines(sys.stderr, taking)
    return LiveTable(session, taking, progress=args.progress)


def _wanted(
    args: argparse.Namespace, session: Session, kinds: Sequence[MirrorKind]
) -> dict[MirrorKind, Wanted]:
    """The planned files.

    Raises:
        OutsideError: ``mirror.offline``.
    """
    from torchup.api.machines import machine
    from torchup.api.mirrors.wanted import wanted_files

    if args.offline:
        raise OutsideError("mirror.offline")
    here = machine.probe(session.context)
    return wanted_files(session.context, here, kinds, args.planned)


def _use(args: argparse.Namespace, session: Session, kinds: Sequence[MirrorKind]) -> int:
    if not args.names:
        raise UsageError("mirror.name-needed", action="use")
    # The context comes first: a site's own places are known from then on.
    chosen = choice.choose(kinds, choice.unmasked(session.context, args.names))
    if not session.context.offline:
        check_addresses(session.context, chosen)
    return _keep(args, session, chosen)


def _auto(args: argparse.Namespace, session: Session, kinds: Sequence[MirrorKind]) -> int:
    known = choice.listed(session.context, kinds)
    mirrors = [one for kind in kinds for one in race.contestants(kind, known)]
    wanted = _wanted(args, session, kinds)
    taking = [one for one in mirrors if one.kind in wanted]
    with _table(args, session, taking) as table:
        chosen, found = race.race(session.context, wanted, mirrors, table)
    if not chosen:
        raise OutsideError("mirror.none-usable")
    if not session.json:
        winners = [one.mirrors[0] for one in chosen]
        best = {one.wanted.kind: one for one in found if one.mirror in winners}
        print_measured(found, wanted, best, session)
        left = set(wanted) - {one.kind for one in chosen}
        for kind in sorted(left):
            said = session.say("mirror.nothing-chosen", kind=session.say(f"mirror.kind-{kind}"))
            session.out.row("", said, "costs")
    return _keep(args, session, chosen)


def _keep(args: argparse.Namespace, session: Session, chosen: Sequence[Chosen]) -> int:
    context = session.context
    files = writing.prepare(context, chosen, writing.programs_of(args.write))
    steps = keeping.keep(context, chosen, files, dry_run=args.dry_run)
    if session.json:
        return _emit(session, steps)
    code = "mirror.would-choose" if args.dry_run else "mirror.chosen"
    label = session.say("cli.label.done")
    for one in chosen:
        first = one.mirrors[0]
        kind = session.say(f"mirror.kind-{one.kind}")
        said = session.say(code, name=first.name, kind=kind, url=shown_url(first.url))
        session.out.row(label, said, "good")
        label = ""
    _print_written(args, session, files, chosen)
    following = _again(args, session) if args.dry_run else "torchup plan"
    session.out.row(session.say("cli.label.next"), following)
    return EXIT_DONE


def _again(args: argparse.Namespace, session: Session) -> str:
    """The command that does what was only tried."""
    options = {"--kind": args.kind, "--write": args.write, "--for": args.planned}
    given = [word for name, values in options.items() for one in values for word in (name, one)]
    return shown_url(session.pasteable("torchup", "mirror", args.action, *args.names, *given))


def _print_written(
    args: argparse.Namespace,
    session: Session,
    files: Sequence[Written],
    chosen: Sequence[Chosen],
) -> None:
    label = "" if args.dry_run else session.say("cli.label.written")
    for one in files:
        code = "mirror.would-write" if args.dry_run else "mirror.written"
        said = session.say("mirror.unchanged" if one.same else code, path=one.path)
        session.out.row(label, said)
        label = ""
        for line in diff_of(one) if args.dry_run else ():
            session.out.line(session.out.paint(f"  {line}", _TONES.get(line[:1], "quiet")))
    for program in writing.programs_of(args.write):
        if not any(one.program == program for one in files):
            session.out.row("", session.say("mirror.not-written", program=program), "costs")
    told = writing.overruled(session.context, files, chosen, dry_run=args.dry_run)
    for said_by in told:
        session.out.row("", session.words.text(said_by), "costs")


def _reset(args: argparse.Namespace, session: Session, kinds: Sequence[MirrorKind]) -> int:
    # All of it or nothing: a file that was changed since is seen before anything is forgotten.
    taken = taking_back(session.context, kinds)
    if taken.failed:
        raise taken.failed[0]
    steps = keeping.forget(session.context, kinds, taken.edits, dry_run=args.dry_run)
    restored = taken.steps(dry_run=args.dry_run)
    if session.json:
        left = [StepOutcome(id="left", status="skipped", detail=one.path) for one in taken.left]
        return _emit(session, [*steps, *restored, *left])
    code = "mirror.would-reset" if args.dry_run else "mirror.reset"
    label = session.say("cli.label.done")
    for one in steps:
        session.out.row(label, session.say(code, key=one.id), "good")
        label = ""
    code = "mirror.would-restore" if args.dry_run else "mirror.restored"
    for one in restored:
        session.out.row(label, session.say(code, path=one.detail), "good")
        label = ""
    for path, about in taken.left:
        session.out.row("", session.say("mirror.left", path=path, kinds=about), "costs")
    if not (steps or restored or taken.left):
        session.out.row(label, session.say("mirror.nothing-to-reset"))
    following = "torchup mirror reset" if taken.left else "torchup mirror status"
    if args.dry_run and (steps or restored):
        following = _again(args, session)
    session.out.row(session.say("cli.label.next"), following)
    return EXIT_DONE


def _emit(session: Session, steps: Sequence[StepOutcome]) -> int:
    session.emit(v1.OutcomeV1(command="mirror", ok=True, steps=tuple(steps), environment=None))
    return EXIT_DONE
