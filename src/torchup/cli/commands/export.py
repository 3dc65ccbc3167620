"""``torchup export``: write an environment down for other tools."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from torchup.api.exporting import export
from torchup.cli.cleaning import clean_up
from torchup.cli.files import check_folders, write_file
from torchup.cli.screen import Screen
from torchup.errors import EXIT_DONE, UsageError
from torchup.plan.exporting import FORMATS, Format

if TYPE_CHECKING:
    import argparse

    from torchup.cli.session import Session
    from torchup.words import Words


def add_arguments(parser: argparse.ArgumentParser, words: Words) -> None:
    """Add the environment, the form and the file."""
    parser.add_argument("name", metavar="NAME", help=words.say("cli.option.name"))
    parser.add_argument("--format", choices=FORMATS, help=words.say("cli.option.format"))
    parser.add_argument(
        "--containerfile", action="store_true", help=words.say("cli.option.containerfile")
    )
    parser.add_argument("-o", "--output", metavar="FILE", help=words.say("cli.option.output"))
    parser.add_argument("--hashes", action="store_true", help=words.say("cli.option.hashes"))


def run(args: argparse.Namespace, session: Session) -> int:
    """Write.

    Raises:
        UsageError: ``export.two-formats``.
    """
    form = _form(args)
    if args.output:
        check_folders((args.output,))
    clean_up(session)
    written = export(session.context, args.name, form, hashed=args.hashes)
    text = written.text
    path = str(Path(args.output).absolute()) if args.output else None
    if path:
        write_file(path, text.encode())
    if session.json:
        from torchup.wire.contents import ExportV1

        session.emit(
            ExportV1(
                environment=args.name,
                format=form,
                text=text,
                path=path,
                left_out=written.left_out,
            )
        )
    elif path:
        session.out.row(session.say("cli.label.saved"), path)
    else:
        sys.stdout.write(text)
    if written.left_out and not session.json:
        screen = Screen(sys.stderr, session.host)
        said = session.say("export.left-out", names=", ".join(written.left_out))
        screen.line(screen.paint(said, "costs"), folds=True)
    return EXIT_DONE


def _form(args: argparse.Namespace) -> Format:
    """The form that is asked for: by its name, or by the option that has a name of its own."""
    named: Format | None = args.format
    if args.containerfile:
        if named not in (None, "containerfile"):
            raise UsageError(
                "export.two-formats", first=f"--format {named}", second="--containerfile"
            )
        return "containerfile"
    return named or "requirements"
