"""``torchup probe``: what this machine is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchup.api.machines import machine
from torchup.cli.machine_screen import print_machine, print_problems
from torchup.errors import EXIT_DONE, UsageError

if TYPE_CHECKING:
    import argparse

    from torchup.cli.session import Session
    from torchup.host.capture import Capture
    from torchup.model import Environment, Machine
    from torchup.model.software import Answering, Software
    from torchup.words import Words


def add_arguments(parser: argparse.ArgumentParser, words: Words) -> None:
    """Add how far to look, and where a capture goes or comes from."""
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--hardware", action="store_true", help=words.say("cli.option.hardware"))
    which.add_argument("--save", metavar="FILE", help=words.say("cli.option.save"))
    which.add_argument("--capture", metavar="FILE", help=words.say("cli.option.capture"))
    parser.add_argument(
        "--diagram", nargs="?", const="", metavar="FILE.svg", help=words.say("cli.option.diagram")
    )


def run(args: argparse.Namespace, session: Session) -> int:
    """Probe and print: on a screen what is known at once comes first."""
    if args.diagram is not None:
        return _diagram(args, session)
    if args.save or args.capture:
        kept = _save(args.save, session) if args.save else _replay(args.capture)
        _show(*kept, None, session)
        if args.save and not session.json:
            session.out.row(session.say("cli.label.saved"), args.save)
    elif args.hardware:
        _show(machine.probe(session.context), None, None, session)
    else:
        _survey(session)
    if not session.json:
        there = ("--machine", args.capture) if args.capture else ()
        session.out.row(session.say("cli.label.next"), session.pasteable("torchup", "plan", *there))
    return 0


def _diagram(args: argparse.Namespace, session: Session) -> int:
    """Show the chain from the card to the notebook, or write it as a picture.

    Raises:
        UsageError: ``cli.diagram-and-json``, or there is no folder for the picture.
        OutsideError: the picture can't be written.
    """
    if session.json or args.save:
        raise UsageError("cli.diagram-and-json")
    from torchup.api.chain.links import chain
    from torchup.api.stacks.planning import preview
    from torchup.cli.diagram import draw_chain, print_chain
    from torchup.cli.files import check_folders, write_file
    from torchup.model import Requirement

    if args.diagram:
        check_folders([args.diagram])
    context = session.context
    found, software, made = _looked_at(args, session)
    asked = Requirement(offline=args.offline, today=context.today())
    answer = preview(context, found, asked, live=not args.capture).resolution
    links = chain(found, answer, made, software)
    if not args.diagram:
        print_chain(links, session)
        return EXIT_DONE
    from torchup.cli.compat_files import TAGS
    from torchup.compat.svg import to_svg

    drawing = draw_chain(links, session)
    write_file(args.diagram, to_svg(drawing, TAGS[session.words.language][0]).encode())
    session.out.row(session.say("cli.label.saved"), args.diagram)
    return EXIT_DONE


def _looked_at(
    args: argparse.Namespace, session: Session
) -> tuple[Machine, Software | None, tuple[Environment, ...]]:
    """Return the machine that is drawn, what is installed on it, and what torchup made there."""
    if args.capture:
        from torchup.api.machines.evident import with_evident

        found, software = _replay(args.capture)
        return with_evident(found), software, ()
    from torchup.api.environments.known import list_all
    from torchup.api.machines.software import with_software

    context = session.context
    here = machine.probe(context)
    return *with_software(context.host, context.home, here), list_all(context)


def _survey(session: Session) -> None:
    from torchup.api.machines.software import reachable, with_software

    context = session.context
    found = machine.probe(context)
    if not session.json:
        print_machine(found, session)
        session.out.flush()
    more, software = with_software(context.host, context.home, found)
    if session.json:
        _show(more, software, reachable(context), session)
        return
    from msgspec.structs import replace

    from torchup.cli.software_screen import print_software, print_sources, print_tools

    print_tools(more, session)
    print_software(software, session)
    new = tuple(one for one in more.problems if one not in found.problems)
    print_problems(replace(more, problems=new), session)
    session.out.flush()
    print_sources(reachable(context) or (), session)


def _show(
    found: Machine,
    software: Software | None,
    sources: tuple[Answering, ...] | None,
    session: Session,
) -> None:
    if session.json:
        from torchup.wire import write

        session.emit(write.probed(found, software, sources, session.words))
        return
    from torchup.cli.software_screen import print_software, print_tools

    print_machine(found, session)
    print_tools(found, session)
    if software is not None:
        print_software(software, session)


def _replay(name: str) -> tuple[Machine, Software | None]:
    """Look at the machine of a capture, or of pasted output.

    Raises:
        UsageError: ``wire.unreadable``, ``wire.not-a-machine`` or ``capture.malformed``.
        OutsideError: ``probe.unsupported-arch``.
    """
    from torchup.api.machines.given import is_capture, is_document, machine_given
    from torchup.cli.request import bytes_of

    data = bytes_of(name)
    found = None if is_capture(data) else machine_given(data, name)
    if found is None and not is_document(data):
        raise UsageError("wire.not-a-machine", where=name)
    return machine.replay(_capture(data, name)) if found is None else (found, None)


def _capture(data: bytes, name: str) -> Capture:
    from torchup.host.capture import read_capture

    return read_capture(data, name)


def _save(name: str, session: Session) -> tuple[Machine, Software]:
    """Look, and keep what was answered in a file.

    Raises:
        UsageError: there is no folder for the file.
        OutsideError: it can't be written.
    """
    from torchup.cli.files import check_folders, write_file
    from torchup.host.capture import write_capture

    check_folders([name])
    found, software, capture = machine.record(session.context)
    write_file(name, write_capture(capture))
    return found, software
