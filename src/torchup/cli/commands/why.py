"""``torchup why``: every constraint that speaks for or against a stack."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchup.api.stacks import planning
from torchup.cli.machines import add_machine, machines_asked
from torchup.cli.options import add_requirement
from torchup.cli.render import stack_line
from torchup.cli.request import requirement_of
from torchup.cli.ways import print_ways
from torchup.errors import EXIT_DONE, EXIT_NO, UsageError
from torchup.facts.load import titles
from torchup.wire import write
from torchup.words.reasons import reason_text

if TYPE_CHECKING:
    import argparse

    from torchup.api.stacks.choosing import Choice
    from torchup.cli.screen import Tone
    from torchup.cli.session import Session
    from torchup.model import Machine, Reason, Requirement, Resolution
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
        metavar="STACK",
        help=words.say("cli.option.not"),
    )
    add_machine(parser, words)


def run(args: argparse.Namespace, session: Session) -> int:
    """Explain the choice, or what speaks for and against another one."""
    _mean_rejected(args)
    asked = _asked(args, session)
    machines, live = machines_asked(args, asked, session)
    if len(machines) > 1:
        raise UsageError("describe.one-machine", count=len(machines))
    answers = _answers(args.rejected, asked, machines[0], session, live=live)
    for choice, rejected in zip(answers, args.rejected or [""], strict=True):
        planned = planning.plan(choice)
        answer = choice.resolution
        if session.json:
            session.emit(write.plan(planned, session.words), lines=len(answers) > 1)
        elif answer.stack is None:
            _print_none(answer, session, rejected)
        else:
            session.out.line(session.out.paint(stack_line(answer.stack), "strong"))
            _print(answer, session)
            if not args.rejected:
                session.out.line(session.say("cli.considered", count=answer.considered))
    good = all(choice.resolution.outcome == "ok" for choice in answers)
    return EXIT_DONE if good else EXIT_NO


def _mean_rejected(args: argparse.Namespace) -> None:
    """Let ``--not jax==0.4.30`` alone be about JAX: nothing else was named."""
    from torchup.facts.frameworks import mean, named_in

    words = [word for one in (*args.requirements, *args.rejected) for word in one.split()]
    named = named_in(words)
    if named:
        mean(named[0])
        if not args.requirements:
            args.requirements = [named[0]]


def _asked(args: argparse.Namespace, session: Session) -> Requirement:
    """Read what is asked for; a stack in quotes may hold options."""
    from torchup.cli.stack import is_stack

    stacks = [one for one in args.requirements if is_stack(one)]
    args.requirements = [one for one in args.requirements if not is_stack(one)]
    if args.requirements:
        from torchup.api.stacks.explaining import as_meant
        from torchup.model import Requirement

        meant = as_meant(Requirement(packages=tuple(args.requirements), build=args.build))
        args.requirements, args.build = list(meant.packages), meant.build
    asked = requirement_of(args, session)
    for one in stacks:
        asked = _in_place(asked, one)
    return asked


def _in_place(asked: Requirement, stack: str) -> Requirement:
    from torchup.api.stacks.explaining import as_meant, in_place_of
    from torchup.cli.stack import read_stack

    return in_place_of(asked, as_meant(read_stack(stack)))


def _rejected(asked: Requirement, stack: str) -> Requirement:
    """Read a stack that ``--not`` names; it has to say what another choice is about."""
    from torchup.api.stacks.explaining import as_meant, in_place_of, narrows
    from torchup.cli.stack import read_stack

    named = as_meant(read_stack(stack))
    if not narrows(named):
        raise UsageError("cli.stack-says-nothing", text=stack)
    return in_place_of(asked, named)


def _answers(
    rejected: list[str], asked: Requirement, machine: Machine, session: Session, *, live: bool
) -> list[Choice]:
    from torchup.api.stacks.explaining import why_not

    named = [_rejected(asked, one) for one in rejected]
    chosen = planning.preview(session.context, machine, asked, live=live)
    if not named:
        return [chosen]
    return [why_not(session.context, machine, one, chosen, live=live) for one in named]


def _print(answer: Resolution, session: Session) -> None:
    _print_reasons(answer.reasons, session)
    for one in answer.companions_left_out:
        why = reason_text(one.reason, session.words)
        session.out.line(f"  ! {session.say('cli.left-out', name=one.subject, why=why)}")


def _print_none(answer: Resolution, session: Session, rejected: str) -> None:
    """Say that nothing fits, or that the stack doesn't that was named with ``--not``."""
    out = session.out
    if rejected:
        said = session.say("cli.why.not", stack=rejected)
    else:
        said = session.say("cli.none", framework=titles(answer.lacking))
    out.line(out.paint(said, "stops"))
    _print_reasons(answer.reasons, session)
    print_ways(answer, session)


def _print_reasons(reasons: tuple[Reason, ...], session: Session) -> None:
    """Print each reason with its mark, and the fact behind it."""
    for reason in reasons:
        mark, tone = _MARKS[reason.effect]
        said = reason_text(reason, session.words)
        session.out.line(f"  {session.out.paint(mark, tone)} {said}")
        fact = reason.fact
        if fact is not None and fact.url:
            said = session.say(
                "cli.fact", file=fact.file, key=fact.key, url=fact.url, day=fact.checked
            )
            session.out.line(session.out.paint(f"      {said}", "quiet"))
