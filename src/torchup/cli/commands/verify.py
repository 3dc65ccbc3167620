"""``torchup verify``: compute inside an environment, for real."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from torchup.api import verifying
from torchup.api.environments import known
from torchup.cli.checks import CheckPrinter
from torchup.cli.cleaning import clean_up
from torchup.cli.naming import meant
from torchup.cli.screen import Screen
from torchup.errors import EXIT_DONE, EXIT_NO, NoAnswerError, OutsideError, UsageError
from torchup.verify.speed import LOW
from torchup.wire import write

if TYPE_CHECKING:
    import argparse

    from torchup.cli.session import Session
    from torchup.model import VerifyReport
    from torchup.verify import Level
    from torchup.words import Words

_DEVICE: Final = re.compile(r"(auto|cpu|mps|(cuda|rocm|xpu|directml|openvino)(:\d{1,3})?)")


def add_arguments(parser: argparse.ArgumentParser, words: Words) -> None:
    """Add the environment, or an interpreter, and how much to try."""
    parser.add_argument("name", nargs="?", metavar="NAME", help=words.say("cli.option.name"))
    parser.add_argument("--python", metavar="PATH", help=words.say("cli.option.verify-python"))
    parser.add_argument("--all", action="store_true", help=words.say("cli.option.verify-all"))
    parser.add_argument(
        "--device", metavar="DEVICE", default="", help=words.say("cli.option.verify-device")
    )
    parser.add_argument("--quick", action="store_true", help=words.say("cli.option.quick"))
    parser.add_argument("--full", action="store_true", help=words.say("cli.option.full"))
    parser.add_argument("--bench", action="store_true", help=words.say("cli.option.bench"))
    parser.add_argument("--report", metavar="FILE", help=words.say("cli.option.verify-report"))


def run(args: argparse.Namespace, session: Session) -> int:
    """Verify and print each check as it ends."""
    if sum((bool(args.name), bool(args.python), args.all)) > 1:
        raise UsageError("cli.verify.what")
    if args.quick and args.full:
        raise UsageError("cli.verify.one-level")
    if args.device and not _DEVICE.fullmatch(args.device):
        raise UsageError("cli.verify.bad-device", device=args.device)
    if args.all and args.report:
        raise UsageError("cli.verify.report-of-one")
    clean_up(session)
    if not (args.name or args.python or args.all):
        args.name = meant(session, None, "verify")
    if not args.all:
        return EXIT_DONE if _verify(args.name, args, session).ok else EXIT_NO
    names = [found.record.name for found in known.list_all(session.context)]
    if not names:
        raise NoAnswerError("cli.verify.none")
    fine = [_verify_one_of_all(name, args, session) for name in names]
    return EXIT_DONE if all(fine) else EXIT_NO


def _verify_one_of_all(name: str, args: argparse.Namespace, session: Session) -> bool:
    """Verify one of many: of one that can't be asked the reason is told, and the next one comes."""
    try:
        return _verify(name, args, session).ok
    except (NoAnswerError, OutsideError) as error:
        worded = write.error(error, session.words)
        if session.json:
            session.emit(worded, lines=True)
            return False
        label = session.say("cli.label.failed")
        session.out.row(label, f"{name}: {worded.message}", "stops")
        for line in worded.hint.splitlines():
            session.out.row(session.say("cli.label.next"), line)
        return False


def _verify(name: str | None, args: argparse.Namespace, session: Session) -> VerifyReport:
    level: Level = "quick" if args.quick else "full" if args.full else "standard"
    printer = CheckPrinter(session)
    python = None if name else str(Path(args.python).expanduser().absolute())
    what = name or args.python
    if args.all and not session.json:
        session.out.row(session.say("cli.label.environment"), what)
    report = verifying.verify(
        session.context,
        name=name,
        python=python,
        level=level,
        bench=args.bench,
        device=args.device,
        on_check=printer.show,
        on_unrecorded=lambda error: _not_recorded(error, session),
    )
    printer.end()
    judged = verifying.rated(report)
    if args.report:
        verifying.write_page(session.context, Path(args.report), what, report, session.words)
    if session.json:
        shares = verifying.shares(judged)
        session.emit(write.verify(report, name=name or "", shares=shares), lines=args.all)
    else:
        _print_end(what, report, judged, args, session)
    return report


def _print_end(
    what: str,
    report: VerifyReport,
    judged: tuple[verifying.Rated, ...],
    args: argparse.Namespace,
    session: Session,
) -> None:
    out = session.out
    for index, one in enumerate(judged):
        label = session.say("cli.label.speed") if index == 0 else ""
        out.row(label, session.words.text(one.said), "costs" if one.name == LOW else "plain")
    if args.bench and report.ok and not judged:
        from torchup.facts.load import titles

        said = session.say("verify.no-speeds", framework=titles(report.packages))
        out.row(session.say("cli.label.speed"), said, "costs")
    if args.report:
        out.row(session.say("cli.label.page"), args.report)
    if report.ok:
        packages = " · ".join(f"{name} {version}" for name, version in report.packages.items())
        said = session.say("cli.verified", name=what, device=report.device, packages=packages)
        out.row(session.say("cli.label.done"), said, "good")
    else:
        said = session.say("cli.not-verified", name=what)
        out.row(session.say("cli.label.failed"), said, "stops")
    if not report.ok and not args.python:
        out.row(session.say("cli.label.next"), f"torchup doctor {what}")


def _not_recorded(error: OutsideError, session: Session) -> None:
    """Say that nothing was kept of a verification that was made all the same."""
    screen = Screen(sys.stderr, session.host)
    screen.line(screen.paint(session.words.say(error.code, error.details), "costs"))
