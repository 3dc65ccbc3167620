"""``torchup why``: every constraint that speaks for or against a stack."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchup.api import planning
from torchup.cli.parsing import add_requirement
from torchup.cli.render import print_none, stack_line
from torchup.cli.request import machines_of, requirement_of, this_machine
from torchup.errors import EXIT_DONE, EXIT_NO
from torchup.wire import write

if TYPE_CHECKING:
    import argparse

    from torchup.cli.screen import Tone
    from torchup.cli.session import Session
    from torchup.model import Reason, Resolution
    from torchup.words import Words

_MARKS: dict[str, tuple[str, Tone]] = {
    "accept": ("✓", "good"),
    "prefer": ("·", "plain"),
    "warn": ("!", "costs"),
    "reject": ("✗", "stops"),
}


def add_arguments(parser: argparse.ArgumentParser, words: Words) -> None:
    """Add the stack that is asked about."""
    add_requirement(parser, words)
    parser.add_argument(
        "--not",
        action="append",
        default=[],
        dest="rejected",
        metavar="REQUIREMENT",
        help=words.say("cli.option.not"),
    )
    parser.add_argument("--machine", metavar="FILE", help=words.say("cli.option.machine"))


def run(args: argparse.Namespace, session: Session) -> int:
    """Explain the choice, or what speaks against another one."""
    args.requirements += args.rejected
    requirement = requirement_of(args, session)
    if args.machine is None:
        machine, live = this_machine(requirement, session), True
    else:
        machine, live = machines_of(args.machine)[0], False
    choice = planning.choose(session.context, machine, requirement, live=live)
    planned = planning.plan(session.context, choice)
    answer = choice.resolution
    if session.json:
        session.emit(write.plan(planned, session.words))
    elif answer.stack is None:
        print_none(answer, session)
        for reason in answer.reasons:
            _print_fact(reason, session)
    else:
        _print(answer, session)
    return EXIT_DONE if answer.outcome == "ok" else EXIT_NO


def _print(answer: Resolution, session: Session) -> None:
    if answer.stack is not None:
        session.out.line(session.out.paint(stack_line(answer.stack), "strong"))
    for reason in answer.reasons:
        mark, tone = _MARKS[reason.effect]
        said = write.reason_text(reason, session.words)
        session.out.line(f"  {session.out.paint(mark, tone)} {said}")
        _print_fact(reason, session)
    for one in answer.companions_left_out:
        why = write.reason_text(one.reason, session.words)
        session.out.line(f"  ! {session.say('cli.left-out', name=one.subject, why=why)}")
    session.out.line(session.say("cli.considered", count=answer.considered))


def _print_fact(reason: Reason, session: Session) -> None:
    fact = reason.fact
    if fact is not None and fact.url:
        said = session.say("cli.fact", file=fact.file, key=fact.key, url=fact.url, day=fact.checked)
        session.out.line(session.out.paint(f"      {said}", "quiet"))
