"""``torchup explain``: from an error text to its cause."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, BinaryIO, Final

from torchup.api.explain.causes import Explained, about_cause, explain_log
from torchup.cli.findings import print_findings
from torchup.errors import EXIT_DONE, EXIT_NO, OutsideError, UsageError
from torchup.model.no_document import NO_DOCUMENT

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from torchup.cli.session import Session
    from torchup.model import Machine
    from torchup.words import Words

_BLOCK: Final = 1 << 18


def add_arguments(parser: argparse.ArgumentParser, words: Words) -> None:
    """Add the log, and what is known of its machine."""
    parser.add_argument("file", nargs="?", metavar="FILE", help=words.say("cli.option.log"))
    parser.add_argument("--machine", metavar="FILE", help=words.say("cli.option.log-machine"))
    parser.add_argument("--facts", metavar="JSON", help=words.say("cli.option.log-facts"))
    parser.add_argument("--here", action="store_true", help=words.say("cli.option.log-here"))
    parser.add_argument(
        "--list",
        nargs="*",
        dest="search",
        metavar="WORD",
        help=words.say("cli.option.causes"),
    )


def run(args: argparse.Namespace, session: Session) -> int:
    """Read the log, and say what it means."""
    if args.search is not None:
        return _list(args.search, session)
    facts, machine = _facts(args.facts), _machine(args, session)
    with _opened(args.file, session) as stream:
        found = explain_log(
            _blocks(stream), facts=facts, machine=machine, system=session.host.system
        )
    stops = any(one.severity == "error" for one in found.findings)
    if session.json:
        from torchup.wire.diagnosis import diagnosis

        asks = session.say(f"question.{found.question}") if found.question else None
        session.emit(diagnosis(found.findings, session.words, question=asks))
    else:
        _print(found, session)
    return EXIT_NO if stops else EXIT_DONE


def _print(found: Explained, session: Session) -> None:
    out = session.out
    if not found.findings:
        out.line(session.say("explain.nothing"), folds=True)
        out.row(session.say("cli.label.next"), "torchup doctor")
        return
    print_findings(found.findings[:1], session)
    _tell(found.findings[0].code, session)
    if len(found.findings) > 1:
        out.line()
        out.line(out.paint(session.say("explain.or"), "strong"))
        for one in found.findings[1:]:
            said = session.say(
                "explain.also",
                title=session.words.text(one.title),
                sure=f"{one.confidence:.0%}",
                cause=one.code,
            )
            out.line(f"· {said}", folds=True)
    if found.question:
        out.line()
        asked = session.say(f"question.{found.question}")
        out.row(session.say("explain.decides"), asked)
        out.row("", session.say("explain.how-to-tell"), "quiet")


def _tell(code: str, session: Session) -> None:
    """Say why it happens, and how to be sure that it is that."""
    session.out.line()
    for label, said in (("why", f"cause.{code}.why"), ("check", f"cause.{code}.sure")):
        if session.words.has(said):
            session.out.row(session.say(f"explain.{label}"), session.say(said), "quiet")


def _list(search: list[str], session: Session) -> int:
    """Show the causes that hold all words; a code shows that one whole."""
    from torchup.facts.causes import load_cause_facts

    codes = load_cause_facts().codes
    if len(search) == 1 and search[0] in codes:
        found = [about_cause(search[0], session.host.system)]
    else:
        every = [about_cause(code, session.host.system) for code in codes]
        found = [one for one in every if _holds(session.words.text(one.title), one.code, search)]
    if session.json:
        from torchup.wire.diagnosis import diagnosis

        session.emit(diagnosis(found, session.words))
    elif len(found) == 1:
        print_findings(found, session)
        _tell(found[0].code, session)
    else:
        for one in found:
            session.out.line(session.out.paint(one.code, "strong"))
            session.out.line(f"  {session.words.text(one.title)}", folds=True)
    return EXIT_DONE if found else EXIT_NO


def _holds(title: str, code: str, search: list[str]) -> bool:
    whole = f"{code} {title}".lower()
    return all(word.lower() in whole for word in search)


def _opened(name: str | None, session: Session) -> BinaryIO:
    if name in (None, "-"):
        if sys.stdin.isatty() and not session.json:
            session.out.line(session.say("explain.paste"), folds=True)
            session.out.flush()
        return sys.stdin.buffer
    from pathlib import Path

    try:
        return Path(str(name)).open("rb")
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise OutsideError("explain.unreadable", path=name, why=why) from error


def _blocks(stream: BinaryIO) -> Iterator[bytes]:
    while block := stream.read(_BLOCK):
        yield block


def _facts(given: str | None) -> dict[str, str]:
    if given is None:
        return {}
    from msgspec import json

    text = given
    if not given.lstrip().startswith("{"):
        from pathlib import Path

        try:
            text = Path(given).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise UsageError("explain.facts", why=given) from error
    try:
        found = json.decode(text)
    except NO_DOCUMENT as error:
        raise UsageError("explain.facts", why=error) from error
    if not isinstance(found, dict):
        raise UsageError("explain.facts", why=type(found).__name__)
    return {str(key): str(value) for key, value in found.items()}


def _machine(args: argparse.Namespace, session: Session) -> Machine | None:
    if args.machine is not None:
        if args.here:
            raise UsageError("explain.one-machine")
        from torchup.cli.request import machines_of

        return machines_of(args.machine)[0]
    if args.here:
        from torchup.api.machines.machine import probe

        return probe(session.context)
    return None
