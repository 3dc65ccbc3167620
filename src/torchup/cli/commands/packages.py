"""``torchup packages``: everything that an environment's Python finds, and who put it there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchup.api.environments.contents import packages
from torchup.cli.cleaning import clean_up
from torchup.cli.columns import print_columns
from torchup.cli.naming import add_name_option, meant, see_packages
from torchup.errors import EXIT_DONE, EXIT_NO

if TYPE_CHECKING:
    import argparse

    from torchup.cli.screen import Tone
    from torchup.cli.session import Session
    from torchup.model.contents import InstalledPackage
    from torchup.words import Words

_LEAKS = {
    "user": "packages.leak-user",
    "system": "packages.leak-system",
    "PYTHONPATH": "packages.leak-path",
}


def add_arguments(parser: argparse.ArgumentParser, words: Words) -> None:
    """Add the environment, and which packages are wanted."""
    parser.add_argument(
        "packages", nargs="*", default=[], metavar="PACKAGE", help=words.say("cli.option.matching")
    )
    add_name_option(parser, words)


def run(args: argparse.Namespace, session: Session) -> int:
    """List."""
    clean_up(session)
    see_packages(session, args.name, "packages", args.packages)
    name = meant(session, args.name)
    held = packages(session.context, name, args.packages)
    found = held.packages
    if session.json:
        from torchup.wire.contents import PackagesV1

        record = held.environment.record
        session.emit(
            PackagesV1(environment=record.name, path=record.path, packages=found, gone=held.gone)
        )
    elif found:
        rows = [(one.name, one.version, one.by, _notes(one, session)) for one in found]
        print_columns(rows, session, [_tone(one) for one in found])
    elif not held.gone:
        session.out.line(session.say("packages.none", name=name))
    if held.gone and not session.json:
        gone = ", ".join(f"{one} {version}".strip() for one, version in held.gone.items())
        said = session.say("packages.gone", names=gone)
        session.out.line(session.out.paint(said, "costs"), folds=True)
    return EXIT_DONE if found or not args.packages else EXIT_NO


def _notes(one: InstalledPackage, session: Session) -> str:
    notes = []
    if one.leak is not None:
        notes.append(session.say(_LEAKS[one.leak], where=one.where))
    if one.hides:
        notes.append(session.say("packages.hides"))
    if one.editable:
        notes.append(session.say("packages.editable", where=one.source))
    elif one.source:
        notes.append(f"{one.source}@{one.commit[:12]}" if one.commit else one.source)
    if one.lock == "other":
        notes.append(session.say("packages.lock-other", version=one.locked))
    elif one.lock == "absent":
        notes.append(session.say("packages.lock-absent"))
    return " · ".join(notes)


def _tone(one: InstalledPackage) -> Tone:
    return "costs" if one.leak or one.lock == "other" else "plain"
