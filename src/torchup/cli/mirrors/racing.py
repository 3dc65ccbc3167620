"""A race of places that is shown while it goes on."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from torchup.api.mirrors import race
from torchup.cli.mirrors.progress import MirrorLines
from torchup.cli.mirrors.screen import LiveTable
from torchup.errors import OutsideError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from torchup.cli.session import Session
    from torchup.model.mirror import Mirror, MirrorKind
    from torchup.model.mirror_speed import Measured, Wanted


def measure(
    args: argparse.Namespace,
    session: Session,
    kinds: Sequence[MirrorKind],
    mirrors: Sequence[Mirror],
) -> tuple[dict[MirrorKind, Wanted], list[Measured]]:
    """Measure places while a table shows it; what was fetched from them, and how each did.

    Raises:
        OutsideError: ``mirror.offline``.
    """
    wanted = wanted_in(args, session, kinds)
    taking = [one for one in mirrors if one.kind in wanted]
    with shown_race(args, session, taking) as table:
        return wanted, race.compare(session.context, wanted, mirrors, table)


def shown_race(
    args: argparse.Namespace, session: Session, taking: Sequence[Mirror]
) -> LiveTable | MirrorLines:
    """Show a race on the screen, or as JSON lines where ``--progress json`` asks for them."""
    if args.progress == "json":
        return MirrorLines(sys.stderr, taking)
    return LiveTable(session, taking, progress=args.progress)


def wanted_in(
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
