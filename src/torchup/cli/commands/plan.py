"""``torchup plan``: what fits, and why; changes nothing."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from torchup.cli.machines import add_machine, machines_asked
from torchup.cli.options import add_requirement
from torchup.cli.render import machine_line, print_plan, print_urls, system_name
from torchup.cli.request import STDIN, requirement_of
from torchup.cli.screen import Screen
from torchup.cli.session import Given
from torchup.cli.ways import create_command
from torchup.errors import EXIT_DONE, EXIT_NO, UsageError
from torchup.model import Plan, shown_url
from torchup.plan.forms import FORMS

if TYPE_CHECKING:
    import argparse

    from torchup.api.stacks.choosing import Choice
    from torchup.cli.session import Session
    from torchup.model import Machine, Requirement, Resolution
    from torchup.plan.container import Inside
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
    if session.keeping is not None:
        session.keeping.host.watch(args.machine)  # before it is read
    if args.form is not None:
        if args.urls:
            raise UsageError("cli.print-and-urls")
        _print_commands_alone(session)
    requirement = requirement_of(args, session)
    machines, live = machines_asked(args, requirement, session)
    if args.urls:
        if len(machines) > 1:
            raise UsageError("describe.one-machine", count=len(machines))
        return _urls(machines[0], requirement, args, session, here=live)
    good, many = True, len(machines) > 1
    for number, machine in enumerate(machines, 1):
        try:
            answered = _answer(machine, requirement, args, session, live=live, many=many)
        except UsageError as error:
            if len(machines) == 1:
                raise
            answered = False
            _refused(error, number, session)
        good = good and answered
    if not session.json and args.form is None and good:
        command = shown_url(create_command(args, session))
        said = command if live else session.say("cli.there", command=command)
        session.out.row(session.say("cli.label.next"), said)
    code = EXIT_DONE if good else EXIT_NO
    _keep(args, session, code)
    return code


def _keep(args: argparse.Namespace, session: Session, code: int) -> None:
    """Let the same be said again, where it rests on one file and the facts that are shipped."""
    if session.keeping is None or session.given != Given() or session.keeping.host.during:
        return  # what was read of pages is not named below
    from torchup.facts.current import data_files, in_force

    facts = in_force()
    named = args.machine != STDIN and os.path.isfile(args.machine)  # noqa: PTH113 (start-up)
    if named and facts.overlay is None and facts.base() is None:
        files = (args.machine, *data_files())
        session.keeping.keep(session.context.home, session.words, files, code=code)


def _answer(
    machine: Machine,
    requirement: Requirement,
    args: argparse.Namespace,
    session: Session,
    *,
    live: bool,
    many: bool,
) -> bool:
    """Answer for one machine; tell whether there is a stack."""
    from torchup.api.stacks.planning import preview

    comments = [machine_line(machine, session)] if many else []
    if args.form == "dockerfile":
        from torchup.api.stacks.pasting import choose_for_image

        choice, there = choose_for_image(session.context, machine, requirement, live=live)
        comments += _about_container(machine, there, choice.resolution, session)
        machine = there.machine
    else:
        choice = preview(session.context, machine, requirement, live=live, examine=not many)
    if args.form is not None and choice.resolution.stack is not None:
        from torchup.api.stacks import pasting

        heading = "".join(f"# {one}\n" for one in comments)
        sys.stdout.write(heading + pasting.commands(choice, machine, args.form))
    else:
        _show(choice, machine, args, session, lines=many)
    return choice.resolution.outcome == "ok"


def _about_container(
    machine: Machine, there: Inside, answer: Resolution, session: Session
) -> list[str]:
    """What has to be known of a Linux container on a machine."""
    said: list[str] = []
    if machine.os.system == "windows" and answer.serves:
        said.append(session.say("cli.container.wsl"))
    if answer.stack is not None and answer.stack.device == "xpu":
        said.append(session.say("cli.container.xpu"))
    system = system_name(machine)
    said += [session.say("cli.container.lost", system=system, name=one) for one in there.lost]
    return said


def _refused(error: UsageError, number: int, session: Session) -> None:
    """Say what one machine of many can't be asked; the others are answered all the same."""
    from torchup.wire import write

    worded = write.error(error, session.words)
    if session.json:
        session.emit(worded, lines=True)
    else:
        session.out.row(str(number), worded.message, "stops")


def _print_commands_alone(session: Session) -> None:
    """Keep everything else off standard output, where commands are to be printed.

    Raises:
        UsageError: ``cli.print-and-json``.
    """
    if session.json:
        raise UsageError("cli.print-and-json")
    session.out = Screen(sys.stderr, session.host)


def _urls(
    machine: Machine,
    requirement: Requirement,
    args: argparse.Namespace,
    session: Session,
    *,
    here: bool,
) -> int:
    """Print a line for each file, with a comment above it: what download programs read."""
    from torchup.api.stacks.downloads import downloads

    planned = downloads(session.context, machine, requirement, here=here)
    if session.json:
        from torchup.wire import write

        session.emit(write.plan(planned, session.words))
    elif planned.resolution.stack is None:
        print_plan(planned, machine, session, details=args.verbose)
    else:
        print_urls(planned, session)
    return EXIT_DONE if planned.resolution.outcome == "ok" else EXIT_NO


def _show(
    choice: Choice, machine: Machine, args: argparse.Namespace, session: Session, *, lines: bool
) -> None:
    if session.json:
        from torchup.api.stacks.planning import plan
        from torchup.wire import write

        planned = plan(choice)
        session.emit(write.plan(planned, session.words), lines=lines)
        return
    session.out.row(session.say("cli.label.looking"), machine_line(machine, session))
    print_plan(Plan(resolution=choice.resolution), machine, session, details=args.verbose)
