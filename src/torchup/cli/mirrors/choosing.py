"""Choosing where files come from: the places named, or those that win a race."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from torchup.api.mirrors import choice, keeping, race, writing
from torchup.api.mirrors.checking import check_addresses
from torchup.api.mirrors.preview import diff_of
from torchup.cli.mirrors.ending import again, emit
from torchup.cli.mirrors.racing import shown_race, wanted_in
from torchup.cli.mirrors.screen import print_measured
from torchup.errors import EXIT_DONE, OutsideError, UsageError
from torchup.model import shown_url

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from torchup.api.mirrors.choice import Chosen
    from torchup.api.mirrors.writing import Written
    from torchup.cli.screen import Tone
    from torchup.cli.session import Session
    from torchup.model.mirror import MirrorKind


_TONES: Final[dict[str, Tone]] = {"+": "good", "-": "stops"}


def use(args: argparse.Namespace, session: Session, kinds: Sequence[MirrorKind]) -> int:
    """Choose the places that are named.

    Raises:
        UsageError: ``mirror.name-needed``, or no such place is known.
    """
    if not args.names:
        raise UsageError("mirror.name-needed", action="use")
    # The context comes first: a site's own places are known from then on.
    chosen = choice.choose(kinds, choice.unmasked(session.context, args.names))
    if not session.context.offline:
        check_addresses(session.context, chosen)
    return _keep(args, session, chosen)


def auto(args: argparse.Namespace, session: Session, kinds: Sequence[MirrorKind]) -> int:
    """Let the known places race, and choose those that do best.

    Raises:
        OutsideError: ``mirror.offline``, or ``mirror.none-usable``.
    """
    known = choice.listed(session.context, kinds)
    mirrors = [one for kind in kinds for one in race.contestants(kind, known)]
    wanted = wanted_in(args, session, kinds)
    taking = [one for one in mirrors if one.kind in wanted]
    with shown_race(args, session, taking) as table:
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
        return emit(session, steps)
    code = "mirror.would-choose" if args.dry_run else "mirror.chosen"
    label = session.say("cli.label.done")
    for one in chosen:
        first = one.mirrors[0]
        kind = session.say(f"mirror.kind-{one.kind}")
        said = session.say(code, name=first.name, kind=kind, url=shown_url(first.url))
        session.out.row(label, said, "good")
        label = ""
    _print_written(args, session, files, chosen)
    following = again(args, session) if args.dry_run else "torchup plan"
    session.out.row(session.say("cli.label.next"), following)
    return EXIT_DONE


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
