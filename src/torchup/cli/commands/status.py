"""``torchup`` alone: this machine, what fits it, what is installed, what is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchup.api.environments import known
from torchup.api.explain import rests_on
from torchup.api.explain.connected import connected
from torchup.api.machines import machine
from torchup.api.stacks import planning
from torchup.cli.cleaning import clean_up
from torchup.cli.environment_table import print_environments
from torchup.cli.machine_screen import print_problems
from torchup.cli.render import machine_line, stack_line
from torchup.model import Requirement

if TYPE_CHECKING:
    import argparse

    from torchup.cli.session import Session
    from torchup.model import Environment, Stack
    from torchup.words import Words


def add_arguments(parser: argparse.ArgumentParser, words: Words) -> None:
    """Add nothing."""
    _ = parser, words


def run(args: argparse.Namespace, session: Session) -> int:
    """Show the status."""
    _ = args
    show(session)
    if not session.json:
        session.out.row(session.say("cli.label.next"), "torchup create NAME")
    if session.keeping is not None and session.keeping.wanted:
        looked_at = rests_on.looked_at(session.context)
        if looked_at is not None:
            session.keeping.keep(session.context.home, session.words, looked_at)
    return 0


def show(session: Session) -> tuple[Stack | None, tuple[Environment, ...]]:
    """Print the machine, what fits it and what is there; return the last two."""
    clean_up(session)
    context = session.context
    here = machine.probe(context, disks=session.json)  # no screen shows them
    requirement = Requirement(offline=context.offline, today=context.today())
    choice = planning.preview(context, here, requirement, live=True)
    found = known.list_all(context)
    tied = connected(context)
    stack = choice.resolution.stack
    if session.json:
        from torchup.wire import v1, write

        document = v1.StatusV1(
            machine=write.machine(here, session.words),
            plan=write.plan(planning.plan(choice), session.words),
            environments=tuple(write.environment(one, session.words) for one in found),
            connected=tied,
        )
        session.emit(document)
        return stack, found
    out = session.out
    out.row(session.say("cli.label.machine"), machine_line(here, session))
    fits = stack_line(stack) if stack else session.say("cli.nothing-fits")
    out.row(session.say("cli.label.fits"), fits, "good" if stack else "stops")
    out.row("", session.say("cli.ask-why"), "quiet")
    print_problems(here, session)
    if found:
        print_environments(found, session, label=session.say("cli.label.environments"))
    else:
        out.row(session.say("cli.label.environments"), session.say("cli.no-environments"))
    if tied:
        each = (f"{one.what}: {', '.join(one.environments)}" for one in tied)
        out.row(session.say("cli.label.connected"), " · ".join(each))
    return stack, found
