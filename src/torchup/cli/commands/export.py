"""``torchup export``: write an environment down for other tools."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from torchup.api.exporting import export
from torchup.cli.cleaning import clean_up
from torchup.cli.files import check_folders, write_file
from torchup.errors import EXIT_DONE
from torchup.plan.exporting import FORMATS

if TYPE_CHECKING:
    import argparse

    from torchup.cli.session import Session
    from torchup.words import Words


def add_arguments(parser: argparse.ArgumentParser, words: Words) -> None:
    """Add the environment, the form and the file."""
    parser.add_argument("name", metavar="NAME", help=words.say("cli.option.name"))
    parser.add_argument(
        "--format", choices=FORMATS, default="requirements", help=words.say("cli.option.format")
    )
    parser.add_argument("-o", "--output", metavar="FILE", help=words.say("cli.option.output"))
    parser.add_argument("--hashes", action="store_true", help=words.say("cli.option.hashes"))


def run(args: argparse.Namespace, session: Session) -> int:
    """Write."""
    if args.output:
        check_folders((args.output,))
    clean_up(session)
    text = export(session.context, args.name, args.format, hashed=args.hashes)
    path = str(Path(args.output).absolute()) if args.output else None
    if path:
        write_file(path, text.encode())
    if session.json:
        from torchup.wire.contents import ExportV1

        session.emit(ExportV1(environment=args.name, format=args.format, text=text, path=path))
    elif path:
        session.out.row(session.say("cli.label.saved"), path)
    else:
        sys.stdout.write(text)
    return EXIT_DONE
