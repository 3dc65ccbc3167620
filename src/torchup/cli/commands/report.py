"""``torchup report``: everything for a report of a bug."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from torchup.api.verifying import reporting
from torchup.errors import EXIT_DONE, UsageError
from torchup.wire.report import ReportV1

if TYPE_CHECKING:
    import argparse

    from torchup.cli.session import Session
    from torchup.words import Words


def add_arguments(parser: argparse.ArgumentParser, words: Words) -> None:
    """Add the environment, the layout and a file."""
    parser.add_argument("name", metavar="NAME", help=words.say("cli.option.name"))
    parser.add_argument(
        "--format",
        choices=reporting.FORMS,
        default=None,
        help=words.say("cli.option.report-format"),
    )
    parser.add_argument(
        "-o", "--output", metavar="FILE", help=words.say("cli.option.report-output")
    )


def run(args: argparse.Namespace, session: Session) -> int:
    """Gather, redact, print."""
    if args.json and args.format:
        raise UsageError("report.json-or-format")
    gathered = reporting.gather(session.context, args.name)
    if session.json:
        document = reporting.as_document(session.context, gathered, session.words)
        session.emit(ReportV1(**document))
        return EXIT_DONE
    form: reporting.Form = args.format or "markdown"
    text = reporting.as_text(session.context, gathered, form, session.words)
    if args.output:
        reporting.write_report(Path(args.output), text)
        out = session.out
        said = session.say("report.written", path=args.output)
        out.row(session.say("cli.label.done"), said, "good")
        return EXIT_DONE
    for line in text.splitlines():
        session.out.line(line)
    return EXIT_DONE
