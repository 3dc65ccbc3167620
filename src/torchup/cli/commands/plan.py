"""``torchup plan``: what fits, and why; changes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchup.api import planning
from torchup.cli.parsing import add_requirement
from torchup.cli.render import machine_line, print_plan
from torchup.cli.request import machines_of, requirement_of, this_machine
from torchup.errors import EXIT_DONE, EXIT_NO
from torchup.wire import write

if TYPE_CHECKING:
    import argparse

    from torchup.cli.session import Session
    from torchup.model import Machine, Plan, Requirement
    from torchup.words import Words


def add_arguments(parser: argparse.ArgumentParser, words: Words) -> None:
    """Add the requirement, and the machine that it is for."""
    add_requirement(parser, words)
    parser.add_argument("--machine", metavar="FILE", help=words.say("cli.option.machine"))
    parser.add_argument(
        "-v", "--verbose", action="store_true", help=words.say("cli.option.verbose")
    )


def run(args: argparse.Namespace, session: Session) -> int:
    """Plan for this machine or for the described ones."""
    requirement = requirement_of(args, session)
    if args.machine is None:
        machines: tuple[Machine, ...] = (this_machine(requirement, session),)
    else:
        machines = machines_of(args.machine)
    live = args.machine is None
    good = True
    for machine in machines:
        planned = _plan(machine, requirement, session, live=live)
        good = good and planned.resolution.outcome == "ok"
        if session.json:
            session.emit(write.plan(planned, session.words), lines=len(machines) > 1)
        else:
            session.out.row(session.say("cli.label.looking"), machine_line(machine, session))
            print_plan(planned, session, details=args.verbose)
    if not session.json and good:
        session.out.row(session.say("cli.label.next"), "torchup create NAME")
    return EXIT_DONE if good else EXIT_NO


def _plan(machine: Machine, requirement: Requirement, session: Session, *, live: bool) -> Plan:
    choice = planning.choose(session.context, machine, requirement, live=live)
    return planning.plan(session.context, choice)
