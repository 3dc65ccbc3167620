"""Which machine a question is about: this one, a file's, or one in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchup.api.machines.described import ARCHS, SYSTEMS, Described
from torchup.cli.request import machines_of, this_machine

if TYPE_CHECKING:
    import argparse

    from torchup.cli.session import Session
    from torchup.model import Machine, Requirement
    from torchup.words import Words


def add_machine(parser: argparse.ArgumentParser, words: Words) -> None:
    """Add the options that name another machine than this one."""
    group = parser.add_argument_group(words.say("cli.help.machine"))
    group.add_argument("--machine", metavar="FILE", help=words.say("cli.option.machine"))
    group.add_argument(
        "--gpu", action="append", default=[], metavar="NAME", help=words.say("cli.option.gpu")
    )
    group.add_argument("--driver", metavar="VERSION", help=words.say("cli.option.driver"))
    group.add_argument("--os", choices=SYSTEMS, help=words.say("cli.option.os"))
    group.add_argument("--arch", choices=ARCHS, help=words.say("cli.option.arch"))


def machines_asked(
    args: argparse.Namespace, requirement: Requirement, session: Session
) -> tuple[tuple[Machine, ...], bool]:
    """Return the machines that are asked about, and whether it is this one, as it is.

    Raises:
        UsageError: the file or a word can't be read.
    """
    said = Described(gpus=tuple(args.gpu), driver=args.driver, system=args.os, arch=args.arch)
    if args.machine is not None:
        given = machines_of(args.machine)
        if not said.nothing:
            from torchup.api.machines.describing import but_for

            given = tuple(but_for(said, one) for one in given)
        return _filled(given), False
    here = this_machine(requirement, session)
    if said.nothing:
        return (here,), True
    from torchup.api.machines.describing import describe

    return _filled((describe(said, here),)), False


def _filled(machines: tuple[Machine, ...]) -> tuple[Machine, ...]:
    """Add what follows from the rest, where something is not told."""
    if all(one.gpus is not None and all(g.name for g in one.gpus) for one in machines):
        return machines
    from torchup.api.machines.evident import with_evident

    return tuple(map(with_evident, machines))
