"""``torchup bench compare``: what became slower between two measurements."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchup.api import verifying
from torchup.errors import EXIT_DONE, EXIT_NO
from torchup.verify.speed import measured_on, scaled_value
from torchup.wire.bench import bench

if TYPE_CHECKING:
    import argparse

    from torchup.cli.session import Session
    from torchup.model import SpeedChange
    from torchup.words import Words


def add_arguments(parser: argparse.ArgumentParser, words: Words) -> None:
    """Add the two files."""
    parser.add_argument("action", choices=("compare",), help=words.say("cli.bench.compare"))
    parser.add_argument("before", metavar="A.json", help=words.say("cli.option.bench-before"))
    parser.add_argument("after", metavar="B.json", help=words.say("cli.option.bench-after"))
    parser.add_argument(
        "-v", "--verbose", action="store_true", help=words.say("cli.option.verbose")
    )


def run(args: argparse.Namespace, session: Session) -> int:
    """Compare; status 1 where something became slower."""
    before, after, changes = verifying.compared(args.before, args.after)
    slower = [one for one in changes if one.certain and one.change < 0]
    devices = measured_on(before), measured_on(after)
    if session.json:
        session.emit(bench(before, after, changes, devices=devices))
        return EXIT_NO if slower else EXIT_DONE
    faster = [one for one in reversed(changes) if one.certain and one.change > 0]
    out = session.out
    if devices[0] != devices[1]:
        said = session.say("cli.bench.other-device", before=devices[0], after=devices[1])
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
        kind=one.kind,
        size=one.size,
        before=scaled_value(one.before, one.unit),
        after=scaled_value(one.after, one.unit),
        change=f"{100 * one.change:+.0f}",
    )
