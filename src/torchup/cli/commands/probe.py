"""``torchup probe``: what this machine is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchup.api import machine
from torchup.cli.machine_screen import print_machine

if TYPE_CHECKING:
    import argparse

    from torchup.cli.session import Session
    from torchup.host.capture import Capture
    from torchup.model import Machine
    from torchup.model.software import Software
    from torchup.words import Words


def add_arguments(parser: argparse.ArgumentParser, words: Words) -> None:
    """Add how far to look, and where a capture goes or comes from."""
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--hardware", action="store_true", help=words.say("cli.option.hardware"))
    which.add_argument("--save", metavar="FILE", help=words.say("cli.option.save"))
    which.add_argument("--capture", metavar="FILE", help=words.say("cli.option.capture"))


def run(args: argparse.Namespace, session: Session) -> int:
    """Probe and print."""
    found, software = _look(args, session)
    if session.json:
        from torchup.wire import write

        session.emit(write.probed(found, software, session.words))
        return 0
    print_machine(found, session)
    if software is not None:
        from torchup.cli.software_screen import print_software

        print_software(software, session)
    if args.save:
        session.out.row(session.say("cli.label.saved"), args.save)
    session.out.row(session.say("cli.label.next"), "torchup plan")
    return 0


def _look(args: argparse.Namespace, session: Session) -> tuple[Machine, Software | None]:
    if args.save:
        return _save(args.save, session)
    if args.capture:
        return machine.replay(read_capture_file(args.capture))
    if args.hardware:
        return machine.probe(session.context), None
    return machine.survey(session.context)


def read_capture_file(name: str) -> Capture:
    """Read a capture that ``probe --save`` wrote.

    Raises:
        UsageError: ``wire.unreadable`` or ``capture.malformed``.
    """
    from torchup.cli.request import bytes_of
    from torchup.host.capture import read_capture

    return read_capture(bytes_of(name), name)


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
