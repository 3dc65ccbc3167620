"""``torchup start``: the first minute, from this machine to the first environment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from torchup.cli.asking import agreed, may_ask
from torchup.cli.commands import status
from torchup.cli.parsing import make_parser
from torchup.errors import EXIT_DONE, EXIT_NO, UsageError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from torchup.cli.session import Session
    from torchup.model import Environment
    from torchup.words import Words

NAME: Final = "work"
"""What the first environment is called where nobody says otherwise."""


def add_arguments(parser: argparse.ArgumentParser, words: Words) -> None:
    """Add the environment, and the bundle that it is made of."""
    parser.add_argument("name", nargs="?", metavar="NAME", help=words.say("cli.option.start-name"))
    parser.add_argument(
        "--from", dest="source", metavar="BUNDLE", help=words.say("cli.option.from")
    )
    parser.add_argument("-y", "--yes", action="store_true", help=words.say("cli.option.start-yes"))


def run(args: argparse.Namespace, session: Session) -> int:
    """Show where things stand, and make the first environment where that is wanted.

    One that is named is made beside others, too. The status is 1 where nothing fits this machine.

    Raises:
        UsageError: ``start.json``: with ``--json`` nothing is asked, so it has to be said.
    """
    if session.json and not args.yes:
        raise UsageError("start.json")
    out = session.out
    name = args.name or (None if args.source else NAME)
    command = session.pasteable(
        *("torchup", "create", *([name] if name else [])),
        *(("--from", args.source) if args.source else ()),
    )
    if session.json:
        return _create(args, name, session)
    stack, found = status.show(session)
    if args.source is not None:
        from torchup.bundles.reading import open_bundle
        from torchup.cli.bundles.showing import print_contents

        with open_bundle(args.source) as bundle:
            print_contents(bundle.index, session)
    else:
        names = [one.record.name for one in found]
        wanted = args.name is not None and args.name not in names
        if names and not wanted:
            return _next([one for one in found if args.name in (None, one.record.name)], session)
        if stack is None:
            out.row(session.say("cli.label.next"), "torchup why")
            return EXIT_NO
    out.flush()
    asked = may_ask(session, yes=args.yes)
    if args.yes or (asked and agreed(session.say("start.ask", command=command), by_default=True)):
        return _create(args, name, session)
    out.row(session.say("cli.label.next"), command)
    return EXIT_DONE


def _create(args: argparse.Namespace, name: str | None, session: Session) -> int:
    """Do what ``torchup create`` does."""
    from torchup.cli.commands import create

    parser = make_parser("create", session.words)
    create.add_arguments(parser, session.words)
    source = ["--from", args.source] if args.source else []
    words = [*([name] if name else []), *source, *(["--yes"] if args.yes else [])]
    return create.run(parser.read(words), session)


def _next(found: Sequence[Environment], session: Session) -> int:
    """Say what to do now: with what is there, or beside it; a broken one is mended first."""
    out = session.out
    one = next((one for one in found if one.state != "broken"), found[0])
    name = one.record.name
    words = ("doctor", name) if one.state == "broken" else ("run", name, "--", "python")
    out.row(session.say("cli.label.next"), session.pasteable("torchup", *words))
    out.row("", "torchup create NAME")
    return EXIT_DONE
