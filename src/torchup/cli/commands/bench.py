"""``torchup bench``: the measurements that are kept, and what became slower between two."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchup.api import measurements
from torchup.cli.columns import print_columns
from torchup.errors import EXIT_DONE, EXIT_NO, UsageError
from torchup.verify.page import devices
from torchup.verify.speed import measured_on, scaled_value, shown_size
from torchup.wire.bench import MeasurementsV1, bench, measurement

if TYPE_CHECKING:
    import argparse

    from torchup.cli.session import Session
    from torchup.model import SpeedChange
    from torchup.words import Words


def add_arguments(parser: argparse.ArgumentParser, words: Words) -> None:
    """Add what to do, and with which two."""
    parser.add_argument("action", choices=("list", "compare"), help=words.say("cli.bench.compare"))
    parser.add_argument("before", nargs="?", metavar="A", help=words.say("cli.option.bench-before"))
    parser.add_argument("after", nargs="?", metavar="B", help=words.say("cli.option.bench-after"))
    parser.add_argument(
        "-v", "--verbose", action="store_true", help=words.say("cli.option.verbose")
    )


def run(args: argparse.Namespace, session: Session) -> int:
    """List, or compare; status 1 where something became slower.

    Raises:
        UsageError: ``bench.usage``: what to compare is not said, or said where it means nothing.
    """
    if (args.before is not None) != (args.action == "compare"):
        raise UsageError("bench.usage")
    return _list(session) if args.action == "list" else _compare(args, session)


def _list(session: Session) -> int:
    found = measurements.listed(session.context)
    if session.json:
        rows = tuple(measurement(one.id, one.name, one.report) for one in found)
        session.emit(MeasurementsV1(measurements=rows))
        return EXIT_DONE
    rows_shown = [
        (
            one.id,
            " · ".join(f"{name} {version}" for name, version in one.report.packages.items()),
            devices(one.report),
        )
        for one in found
    ]
    print_columns(rows_shown, session)
    if not found:
        session.out.line(session.say("cli.bench.none"))
    names = [one.name for one in found]
    twice = next((name for name in names if names.count(name) > 1), None)
    following = f"bench compare {twice}" if twice else "verify NAME --bench"
    session.out.row(session.say("cli.label.next"), f"torchup {following}")
    return EXIT_DONE


def _compare(args: argparse.Namespace, session: Session) -> int:
    before, after, changes = measurements.compared(session.context, args.before, args.after)
    slower = [one for one in changes if one.certain and one.change < 0]
    measured = measured_on(before), measured_on(after)
    if session.json:
        session.emit(bench(before, after, changes, devices=measured))
        return EXIT_NO if slower else EXIT_DONE
    faster = [one for one in reversed(changes) if one.certain and one.change > 0]
    out = session.out
    if measured[0] != measured[1]:
        said = session.say("cli.bench.other-device", before=measured[0], after=measured[1])
        out.row(session.say("cli.label.problem"), said, "costs")
    for code, tone, found in (("slower", "stops", slower), ("faster", "good", faster)):
        for index, one in enumerate(found):
            label = session.say(f"cli.label.{code}") if index == 0 else ""
            out.row(label, _said(one, session), "stops" if tone == "stops" else "good")
    same = [one for one in changes if not one.certain]
    if args.verbose:
        for index, one in enumerate(same):
            out.row(session.say("cli.label.same") if index == 0 else "", _said(one, session))
    code = "cli.bench.slower" if slower else "cli.bench.not-slower"
    said = session.say(code, count=len(slower), same=len(same), all=len(changes))
    label = session.say("cli.label.failed" if slower else "cli.label.done")
    out.row(label, said, "stops" if slower else "good")
    return EXIT_NO if slower else EXIT_DONE


def _said(one: SpeedChange, session: Session) -> str:
    return session.say(
        "cli.bench.change",
        what=f"@verify.speed.{one.name}",
        kind=", ".join(filter(None, (one.kind, shown_size(one.name, one.size), one.device))),
        before=scaled_value(one.before, one.unit),
        after=scaled_value(one.after, one.unit),
        change=f"{100 * one.change:+.0f}",
    )
