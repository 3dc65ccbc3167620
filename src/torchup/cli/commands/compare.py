"""``torchup compare``: in what two environments differ."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchup.api.environments.contents import compare
from torchup.cli.cleaning import clean_up
from torchup.cli.columns import print_columns
from torchup.errors import EXIT_DONE, EXIT_NO

if TYPE_CHECKING:
    import argparse

    from torchup.cli.session import Session
    from torchup.words import Words

_FACTS = {
    "python": "compare.python",
    "build": "compare.build",
    "runtime": "compare.runtime",
    "device": "compare.device",
}


def add_arguments(parser: argparse.ArgumentParser, words: Words) -> None:
    """Add the two environments."""
    parser.add_argument("first", metavar="A", help=words.say("cli.option.name"))
    parser.add_argument("second", metavar="B", help=words.say("cli.option.name"))


def run(args: argparse.Namespace, session: Session) -> int:
    """Compare; equal ones give status 0."""
    clean_up(session)
    found = compare(session.context, args.first, args.second)
    if session.json:
        from torchup.wire.contents import ComparisonV1

        session.emit(
            ComparisonV1(
                first=args.first,
                second=args.second,
                equal=found.equal,
                stack=found.stack,
                packages=found.packages,
                same=found.same,
            )
        )
    elif found.equal:
        said = session.say("compare.equal", first=args.first, second=args.second, count=found.same)
        session.out.line(said)
    else:
        stack = [(session.say(_FACTS[one.name]), one) for one in found.stack]
        rows = [*stack, *((one.name, one) for one in found.packages)]
        cells = [(name, one.first or "-", one.second or "-") for name, one in rows]
        print_columns([("", args.first, args.second), *cells], session)
        session.out.line(session.say("compare.same", count=found.same))
    return EXIT_DONE if found.equal else EXIT_NO
