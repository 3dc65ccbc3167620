"""``torchup plan``: what fits, and why; changes nothing."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from torchup.cli.machines import add_machine, machines_asked
from torchup.cli.parsing import add_requirement
from torchup.cli.render import machine_line, print_plan, print_urls
from torchup.cli.request import requirement_of
from torchup.errors import EXIT_DONE, EXIT_NO
from torchup.model import Plan
from torchup.plan.forms import FORMS

if TYPE_CHECKING:
    import argparse

    from torchup.api.choosing import Choice
    from torchup.cli.session import Session
    from torchup.model import Machine, Requirement
    from torchup.words import Words


def add_arguments(parser: argparse.ArgumentParser, words: Words) -> None:
    """Add the requirement, and the machine that it is for."""
    add_requirement(parser, words)
    add_machine(parser, words)
    parser.add_argument("--urls", action="store_true", help=words.say("cli.option.urls"))
    parser.add_argument("--print", choices=FORMS, dest="form", help=words.say("cli.option.print"))
    parser.add_argument(
        "-v", "--verbose", action="store_true", help=words.say("cli.option.verbose")
    )


def run(args: argparse.Namespace, session: Session) -> int:
    """Plan for this machine or for the described ones."""
    from torchup.api.planning import choose

    requirement = requirement_of(args, session)
    machines, live = machines_asked(args, requirement, session)
    if args.urls:
        return _urls(machines[0], requirement, args, session)
    good = True
    for machine in machines:
        choice = choose(session.context, machine, requirement, live=live)
        good = good and choice.resolution.outcome == "ok"
        if args.form is not None and choice.resolution.stack is not None:
            from torchup.api import pasting

            sys.stdout.write(pasting.commands(choice, machine, args.form))
        else:
            _show(choice, machine, args, session, lines=len(machines) > 1)
    if not session.json and args.form is None and good:
        session.out.row(session.say("cli.label.next"), "torchup create NAME")
    return EXIT_DONE if good else EXIT_NO


def _urls(
    machine: Machine, requirement: Requirement, args: argparse.Namespace, session: Session
) -> int:
    """Print a line for each file, with a comment above it: what download programs read."""
    from torchup.api.downloads import downloads

    planned = downloads(session.context, machine, requirement)
    if session.json:
        from torchup.wire import write

        session.emit(write.plan(planned, session.words))
    elif planned.resolution.stack is None:
        print_plan(planned, session, details=args.verbose)
    else:
        print_urls(planned, session)
    return EXIT_DONE if planned.resolution.outcome == "ok" else EXIT_NO


def _show(
    choice: Choice, machine: Machine, args: argparse.Namespace, session: Session, *, lines: bool
) -> None:
    if session.json:
        from torchup.api.planning import plan
        from torchup.wire import write

        planned = plan(choice)
        session.emit(write.plan(planned, session.words), lines=lines)
        return
    session.out.row(session.say("cli.label.looking"), machine_line(machine, session))
    print_plan(Plan(resolution=choice.resolution), session, details=args.verbose)
