"""What ``add``, ``remove`` and ``upgrade`` share: show, ask, carry out, say how it ended."""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING, Final

from torchup.cli.asking import agreed, may_ask
from torchup.cli.building import add_build_option, allow_builds
from torchup.cli.checks import CheckPrinter
from torchup.cli.cleaning import clean_up
from torchup.cli.difference import painted
from torchup.cli.naming import meant, see_packages
from torchup.cli.render import print_none, stack_line
from torchup.cli.request import this_machine
from torchup.cli.screen import size_of
from torchup.cli.sharing import say_not_shared
from torchup.errors import EXIT_DONE, EXIT_NO, EXIT_OUTSIDE
from torchup.model import Outcome, Requirement, StepOutcome
from torchup.words.reasons import reason_text

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from torchup.api.environments import changing
    from torchup.api.environments.edits import Edit
    from torchup.cli.screen import Tone
    from torchup.cli.session import Session
    from torchup.model import Machine
    from torchup.words import Words


_TONES: Final[dict[str, Tone]] = {
    "toolkit.comes": "good",
    "toolkit.goes": "stops",
    "toolkit.moves": "costs",
}


def add_care(parser: argparse.ArgumentParser, words: Words) -> None:
    """Add the usual ways to be careful, and ``--no-verify``."""
    parser.add_argument("--no-verify", action="store_true", help=words.say("cli.option.no-verify"))
    parser.add_argument("-y", "--yes", action="store_true", help=words.say("cli.option.yes"))
    parser.add_argument("--dry-run", action="store_true", help=words.say("cli.option.dry-run"))
    add_build_option(parser, words)


def change(args: argparse.Namespace, session: Session, edit: Edit) -> int:
    """Prepare a change, show it, ask, and carry it out."""
    from torchup.api.environments import changing
    from torchup.api.environments.current import DEFAULT_KEY, current
    from torchup.api.environments.foreign import belongs_to_conda

    see_packages(session, args.name, edit.kind, args.packages)
    name = current(session.context, args.name, session.config.get(DEFAULT_KEY)).name
    if belongs_to_conda(session.context, name):
        from torchup.cli.foreign import change_by_conda

        return change_by_conda(args, session, edit)

    def prepare(name: str, machine: Machine) -> changing.Change:
        allow_builds(args, session)
        return changing.prepare(session.context, name, edit, machine, dry_run=args.dry_run)

    return change_as(args, session, prepare, command=edit.kind)


def change_as(
    args: argparse.Namespace,
    session: Session,
    prepare: Callable[[str, Machine], changing.Change],
    *,
    command: str,
    ending: Callable[[Outcome], Outcome] = lambda outcome: outcome,
) -> int:
    """Prepare a change, show it, ask, and carry it out.

    Args:
        args: the options of :func:`add_care` and the environment.
        session: this run.
        prepare: prepares it, for an environment on this machine.
        command: what it is called in the outcome.
        ending: looks at how it ended, before that is said.
    """
    from torchup.api.environments import carrying_out

    started = perf_counter()
    cleaned = clean_up(session)
    name = meant(session, args.name)
    machine = this_machine(Requirement(), session)
    prepared = prepare(name, machine)
    if prepared.stack is None:
        return _none(prepared, session)
    _show(prepared, session)
    if not prepared.differences and not prepared.new_requirement:
        return _nothing(command, prepared, cleaned, session)
    if args.dry_run:
        return _nothing(command, prepared, cleaned, session, dry=True)
    if not _agreed(args, prepared, session):
        return EXIT_NO
    printer = CheckPrinter(session)
    outcome = carrying_out.carry_out(
        session.context,
        prepared,
        prepared.stack,
        command=command,
        verified=not args.no_verify,
        on_check=printer.show,
    )
    printer.end()
    outcome = ending(outcome)
    if session.json:
        from torchup.wire import write

        session.emit(write.outcome(outcome, session.words, cleaned=cleaned))
        return EXIT_DONE
    took = f"{perf_counter() - started:.0f}"
    said = session.say("cli.changed", name=name, took=took)
    session.out.row(session.say("cli.label.done"), said, "good")
    say_not_shared(session, name)
    return EXIT_DONE


def _none(prepared: changing.Change, session: Session) -> int:
    """Say that nothing fits, and why."""
    from torchup.api.environments import changing
    from torchup.api.stacks.lost import lacks_a_source

    answer = prepared.choice.resolution
    if session.json:
        from torchup.wire import write

        session.emit(write.plan(changing.planned(prepared), session.words))
    else:
        print_none(answer, session)
    return EXIT_OUTSIDE if lacks_a_source(answer) else EXIT_NO


def _show(prepared: changing.Change, session: Session) -> None:
    """Print a line for each package: what comes, what goes, what gets another version."""
    from torchup.api.environments import change_told

    if session.json or prepared.stack is None:
        return
    out = session.out
    if prepared.edited.framework:
        out.row(session.say("cli.label.choosing"), stack_line(prepared.stack), "good")
    label = session.say("cli.label.changes")
    for one in prepared.differences:
        out.row(label, painted(one, out))
        label = ""
    toolkit = change_told.toolkit(prepared)
    if toolkit is not None:
        out.row(label, out.paint(session.words.text(toolkit), _TONES[toolkit.code]))
    if prepared.kit is not None:
        files = prepared.kit.artifacts
        size = size_of(sum(one.size or 0 for one in files))
        out.row("", session.say("toolkit.fetched", count=len(files), size=size), "quiet")
    for reason in change_told.reasons(prepared):
        out.row("", reason_text(reason, session.words), "costs")
    out.flush()


def _nothing(
    command: str,
    prepared: changing.Change,
    cleaned: tuple[str, ...],
    session: Session,
    *,
    dry: bool = False,
) -> int:
    name = prepared.environment.record.name
    if session.json:
        from torchup.wire import write

        steps = tuple(
            StepOutcome(
                id="change",
                status="skipped",
                detail=" ".join(filter(None, (one.name, one.after or "-", one.by))),
            )
            for one in prepared.differences
        )
        outcome = Outcome(command=command, ok=True, steps=steps, environment=prepared.environment)
        session.emit(write.outcome(outcome, session.words, cleaned=cleaned))
    else:
        code = "cli.would-change" if dry else "cli.nothing-to-change"
        session.out.row(session.say("cli.label.done"), session.say(code, name=name), "good")
    return EXIT_DONE


def _agreed(args: argparse.Namespace, prepared: changing.Change, session: Session) -> bool:
    """Ask a person at a terminal where something that is there goes or changes."""
    careful = any(one.before for one in prepared.differences)
    if not careful or not may_ask(session, yes=args.yes):
        return True
    return agreed(session.say("cli.ask"), by_default=True)
