"""``torchup doctor``: the whole chain checked, and what is wrong with the way out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchup.api import doctor
from torchup.cli.cleaning import clean_up
from torchup.cli.diagram import why_of
from torchup.cli.findings import print_findings
from torchup.errors import EXIT_DONE, EXIT_NO, UsageError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable

    from torchup.api.chain.link import Link
    from torchup.cli.session import Session
    from torchup.model import Machine, Resolution
    from torchup.model.finding import Finding
    from torchup.words import Words

_MARKS = {"good": "✓", "costs": "!", "stops": "✗", "quiet": "·"}


def add_arguments(parser: argparse.ArgumentParser, words: Words) -> None:
    """Add what to look at, and how closely."""
    parser.add_argument("name", nargs="?", metavar="NAME", help=words.say("cli.option.name"))
    parser.add_argument("--all", action="store_true", help=words.say("cli.option.doctor-all"))
    parser.add_argument("--machine", metavar="FILE", help=words.say("cli.option.machine"))
    parser.add_argument(
        "-v", "--verbose", action="store_true", help=words.say("cli.option.doctor-verbose")
    )


def run(args: argparse.Namespace, session: Session) -> int:
    """Look, print a line for each link, then the findings."""
    if sum(map(bool, (args.name, args.all, args.machine))) > 1:
        raise UsageError("doctor.one-thing")
    found = _described(args, session) if args.machine else _here(args, session)
    if session.json:
        from torchup.wire.diagnosis import diagnosis

        session.emit(diagnosis(found, session.words))
    else:
        _print(found, session)
        if not args.machine:
            _mend(args, found, session)
    return EXIT_NO if any(one.severity == "error" for one in found) else EXIT_DONE


def _print(found: tuple[Finding, ...], session: Session) -> None:
    out = session.out
    counts = [sum(one.severity == kind for one in found) for kind in ("error", "warning")]
    print_findings(found, session)
    out.line()
    if not any(counts):
        out.line(out.paint(session.say("doctor.well"), "good"))
    else:
        said = session.say("doctor.count", errors=counts[0], warnings=counts[1])
        out.line(out.paint(said, "stops" if counts[0] else "costs"))


def _mend(args: argparse.Namespace, found: tuple[Finding, ...], session: Session) -> None:
    """Name the command that mends, where there is anything that it may mend."""
    from torchup.api.repairs import REPAIRS

    if any(one.code in REPAIRS and one.severity != "info" for one in found):
        named = [args.name] if args.name else []
        mending = session.pasteable("torchup", "repair", *named)
        session.out.row(session.say("doctor.mend"), mending)
        session.out.row("", session.say("doctor.mend-how"), "quiet")


def _described(args: argparse.Namespace, session: Session) -> tuple[Finding, ...]:
    from torchup.api.checks.here import HARDWARE
    from torchup.api.machines.evident import with_evident
    from torchup.cli.request import machines_of

    machines = machines_of(args.machine)
    if len(machines) != 1:
        raise UsageError("doctor.one-machine", count=len(machines))
    machine = with_evident(machines[0])
    examined = doctor.examine(machine, _answer(machine, session))
    _lines((one for one in examined.links if one.what in HARDWARE), args, session)
    return examined.findings


def _here(args: argparse.Namespace, session: Session) -> tuple[Finding, ...]:
    """What is known at once comes first; the rest is looked at side by side."""
    from torchup.api.checks.here import Here
    from torchup.cli.looking import Watching

    clean_up(session)
    here = Here(session.context, args.name or "", closely=args.all)
    first = here.hardware()
    _lines(first, args, session)
    watching = Watching(args, session)
    try:
        examined = here.whole(watching.tell)
    finally:
        watching.end()
    _lines((one for one in examined.links if one not in first), args, session)
    return examined.findings


def _answer(machine: Machine, session: Session) -> Resolution:
    from torchup.api.stacks.planning import preview
    from torchup.model import Requirement

    context = session.context
    asked = Requirement(offline=context.offline, today=context.today())
    return preview(context, machine, asked, live=False).resolution


def _lines(links: Iterable[Link], args: argparse.Namespace, session: Session) -> None:
    """A line for each link; what is well is told shortly, and whole with ``--verbose``."""
    if session.json:
        return
    for link in links:
        label = session.say(f"chain.label.{link.what}")
        mark = session.out.paint(_MARKS[link.state], link.state)
        session.out.row(label, f"{mark} {link.shown}")
        if args.verbose or link.state in ("costs", "stops"):
            session.out.row("", f"  {why_of(link, session)}", "quiet")
    session.out.flush()
