"""``torchup which``: what a plain command would use here, and what comes before what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from torchup.cli.cleaning import clean_up
from torchup.errors import EXIT_DONE, EXIT_NO

if TYPE_CHECKING:
    import argparse

    from torchup.cli.session import Session
    from torchup.model.finding import Finding
    from torchup.model.search_path import Place, Which
    from torchup.words import Words

_KINDS: Final = {
    "own": "which.own",
    "adopted": "which.own",
    "venv": "which.venv",
    "conda-base": "which.conda-base",
    "conda": "which.conda",
    "shim": "which.shim",
    "store": "which.store",
    "tool": "which.tool",
    "system": "which.system",
    "other": "which.other",
}


def add_arguments(parser: argparse.ArgumentParser, words: Words) -> None:
    """Add the programs."""
    parser.add_argument(
        "programs", nargs="*", default=[], metavar="PROGRAM", help=words.say("cli.option.which")
    )


def run(args: argparse.Namespace, session: Session) -> int:
    """Look, print, judge; no where no Python runs, or a file hides the framework."""
    from torchup.api.environments.current import DEFAULT_KEY
    from torchup.api.environments.using import counting
    from torchup.api.search_path.findings import judge
    from torchup.api.search_path.looking import USUAL, look

    clean_up(session)
    context = session.context
    found = look(context, tuple(dict.fromkeys((*USUAL, *args.programs))))
    counts = counting(context, session.config.get(DEFAULT_KEY))
    findings = judge(context, found, counts.current.name if counts and counts.exists else "")
    if session.json:
        from torchup.wire.connecting import which

        session.emit(which(found, findings, session.words))
    else:
        _print(found, tuple(args.programs), session)
        _end(found, findings, session)
    asked = [one for one in found.programs if one.name in args.programs]
    missing = any(not one.places for one in asked)
    wrong = any(one.severity == "error" for one in findings)
    return EXIT_NO if found.running is None or wrong or missing else EXIT_DONE


def _print(found: Which, asked: tuple[str, ...], session: Session) -> None:
    out = session.out
    quiet = {"python3"} - set(asked)
    for program in found.programs:
        if program.name in quiet and _same_first(found):
            continue
        if not program.places:
            if program.name not in quiet:
                out.row(program.name, session.say("which.none"), "costs")
            continue
        first, *others = program.places
        out.row(program.name, _place(first, session), "good")
        if program.name == _counting(found):
            _print_running(found, session)
        for one in others:
            out.row("", session.say("which.behind", place=_place(one, session)), "quiet")
    _print_framework(found, session)


def _counting(found: Which) -> str:
    return next((one.name for one in found.programs if one.places), "")


def _same_first(found: Which) -> bool:
    """Whether ``python`` and ``python3`` lie beside each other: then one line is enough."""
    firsts = {one.name: one.places[0] for one in found.programs if one.places}
    one, other = firsts.get("python"), firsts.get("python3")
    if one is None or other is None:
        return False
    return (one.kind, one.environment) == (other.kind, other.environment)


def _place(place: Place, session: Session) -> str:
    said = session.say(_KINDS[place.kind], name=place.environment, by=place.by)
    return f"{place.path}   {said}"


def _print_running(found: Which, session: Session) -> None:
    out, running = session.out, found.running
    if running is None:
        if found.why:
            out.row("", session.say("which.not-started", why=found.why), "stops")
        return
    said = session.say("which.starts", python=running.python, path=running.executable)
    out.row("", said, "quiet")


def _print_framework(found: Which, session: Session) -> None:
    from torchup.facts.load import load_catalogue

    out, running = session.out, found.running
    if running is None:
        return
    framework = load_catalogue().framework.name
    if running.framework in running.hidden:
        out.row(framework, running.framework, "stops")
    elif running.framework:
        shown = "   ".join(filter(None, (running.version, running.framework)))
        out.row(framework, shown, "good" if running.version else "costs")
    else:
        out.row(framework, session.say("which.no-framework", framework=framework), "costs")


def _end(found: Which, findings: tuple[Finding, ...], session: Session) -> None:
    from torchup.cli.findings import print_findings

    print_findings(findings, session)
    out = session.out
    out.line()
    out.line(session.say("which.unseen"), folds=True)
    lacks = found.running is None or not found.running.framework
    following = "torchup create NAME" if lacks else "torchup kernel check"
    out.row(session.say("cli.label.next"), following)
