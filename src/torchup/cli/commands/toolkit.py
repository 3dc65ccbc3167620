"""``torchup toolkit``: what compiles CUDA code in an environment."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from torchup.cli.changes import add_care, change_as
from torchup.cli.cleaning import clean_up
from torchup.cli.naming import add_name_option
from torchup.cli.options import add_channels
from torchup.errors import EXIT_DONE, UsageError

if TYPE_CHECKING:
    import argparse

    from torchup.api.environments.changing import Change
    from torchup.cli.session import Session
    from torchup.model import Machine, Outcome
    from torchup.model.toolkits import Compiler
    from torchup.words import Words


def add_arguments(parser: argparse.ArgumentParser, words: Words) -> None:
    """Add what to do, with which toolkit, in which environment."""
    parser.add_argument(
        "action",
        nargs="?",
        choices=("add", "list", "remove"),
        default="list",
        help=words.say("cli.option.toolkit-action"),
    )
    parser.add_argument("--cuda", metavar="X.Y", help=words.say("cli.option.toolkit-cuda"))
    parser.add_argument("--use", metavar="DIR", help=words.say("cli.option.toolkit-use"))
    add_channels(parser, words, "cli.option.channel")
    add_name_option(parser, words)
    add_care(parser, words)


def run(args: argparse.Namespace, session: Session) -> int:
    """Do one of the three.

    Raises:
        UsageError: ``toolkit.usage``: options that don't belong to it.
    """
    careful = args.dry_run or args.yes or args.no_verify
    adding = args.cuda or args.use or args.channel
    if (args.action != "add" and adding) or (args.action == "list" and careful):
        raise UsageError("toolkit.usage")
    if args.use and args.channel:
        raise UsageError("toolkit.usage")
    if args.action == "list":
        return _list(args, session)
    return _change(args, session)


def _change(args: argparse.Namespace, session: Session) -> int:
    from torchup.api.toolkit import changes

    context = session.context
    seen: list[Compiler] = []

    def prepare(name: str, machine: Machine) -> Change:
        if args.action == "remove":
            return changes.prepare_remove(context, name, machine)
        return changes.prepare_add(
            context,
            name,
            machine,
            cuda=args.cuda or "",
            folder=args.use or "",
            channels=tuple(args.channel),
        )

    def ending(outcome: Outcome) -> Outcome:
        """Look whether there is a compiler that the toolkit takes; its lack undoes nothing."""
        record = outcome.environment.record if outcome.environment else None
        if record is None or record.toolkit is None:
            return outcome
        from torchup.api.machines.machine import probe
        from torchup.api.toolkit.compilers import check_compiler, step_of
        from torchup.apply.toolkit import toolkit_home

        home = toolkit_home(Path(record.path), record.toolkit)
        seen.append(check_compiler(context.host, home, probe(context).os.distro))
        from msgspec.structs import replace

        return replace(outcome, steps=(*outcome.steps, step_of(seen[0])))

    status = change_as(args, session, prepare, command=f"toolkit {args.action}", ending=ending)
    if seen and not session.json:
        from torchup.cli.toolkit_screen import print_compiler

        print_compiler(seen[0], session)
    return status


def _list(args: argparse.Namespace, session: Session) -> int:
    from torchup.api.machines.machine import probe
    from torchup.api.toolkit.listing import list_toolkits

    clean_up(session)
    found = list_toolkits(session.context, probe(session.context), _meant(args, session))
    if session.json:
        from torchup.wire.toolkits import ToolkitsV1

        session.emit(
            ToolkitsV1(
                toolkits=found.toolkits,
                libraries=found.libraries,
                build=found.build,
                compiler=found.compiler,
            )
        )
    else:
        from torchup.cli.toolkit_screen import print_toolkits

        print_toolkits(found, session)
    return EXIT_DONE


def _meant(args: argparse.Namespace, session: Session) -> str | None:
    """The environment that a build is thought in; None where nothing names one that is there."""
    from torchup.api.environments.current import DEFAULT_KEY
    from torchup.api.environments.using import counting

    if args.name is not None:
        return str(args.name)
    found = counting(session.context, session.config.get(DEFAULT_KEY))
    return found.current.name if found and found.exists else None
