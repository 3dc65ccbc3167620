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
    from torchup.model import Environment, Machine, Resolution
    from torchup.model.finding import Finding
    from torchup.words import Words

_HARDWARE = ("card", "driver", "runtime", "build", "python")
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


def _described(args: argparse.Namespace, session: Session) -> tuple[Finding, ...]:
    from torchup.api.evident import with_evident
    from torchup.cli.request import machines_of

    machines = machines_of(args.machine)
    if len(machines) != 1:
        raise UsageError("doctor.one-machine", count=len(machines))
    machine = with_evident(machines[0])
    examined = doctor.examine(machine, _answer(machine, session, live=False))
    _lines((one for one in examined.links if one.what in _HARDWARE), args, session)
    return examined.findings


def _here(args: argparse.Namespace, session: Session) -> tuple[Finding, ...]:
    from torchup.api.machine import probe
    from torchup.api.software import reachable, with_software

    context = session.context
    clean_up(session)
    environments = _environments(args, session)
    machine = probe(context)
    answer = _answer(machine, session, live=True)
    first = doctor.examine(machine, answer)
    hardware = [one for one in first.links if one.what in _HARDWARE]
    _lines(hardware, args, session)
    more, software = with_software(context.host, context.home, machine)
    sources = reachable(context) or ()
    examined = doctor.examine(more, answer, environments, None if args.name else software, sources)
    _lines((one for one in examined.links if one not in hardware), args, session)
    names = [one.record.name for one in environments] if args.name or args.all else []
    files = [one for name in names for one in doctor.examine_files(context, name)]
    conda = () if args.name else doctor.conda_findings(context)
    return doctor.together(examined.findings, files, conda)


def _environments(args: argparse.Namespace, session: Session) -> tuple[Environment, ...]:
    from torchup.api import environments

    if args.name:
        return (environments.show(session.context, args.name)[0],)
    return environments.list_all(session.context)


def _answer(machine: Machine, session: Session, *, live: bool) -> Resolution:
    from torchup.api.planning import preview
    from torchup.model import Requirement

    context = session.context
    asked = Requirement(offline=context.offline, today=context.today())
    return preview(context, machine, asked, live=live).resolution


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
