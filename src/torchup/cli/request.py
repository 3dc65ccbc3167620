"""From options to a :class:`~torchup.model.Requirement` and a machine."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from msgspec.structs import replace

from torchup.cli.building import note_builds
from torchup.errors import UsageError
from torchup.facts.frameworks import first_of, mean, named_in
from torchup.model import Requirement

UV = "uv"
STDIN = "-"
"""Standard input, where a file is asked for."""
AUTO = "auto"
"""``--as-of auto``: the day of the project itself."""

if TYPE_CHECKING:
    import argparse

    from torchup.cli.session import Session
    from torchup.model import Machine


def requirement_of(args: argparse.Namespace, session: Session) -> Requirement:
    """Read what is asked for, on the command line and in requirements files.

    Raises:
        UsageError: a file can't be read, or a line or the day can't be taken.
    """
    mean(first_of(args.requirements))
    python = args.python
    if python and ("/" in python or "\\" in python):
        python = session.host.real_path(os.path.expanduser(python))  # noqa: PTH111 (start-up)
    if args.wheels is not None:
        take_wheels(args.wheels, session)
    note_builds(args, session)
    today = session.context.today()
    day = _day(args, today)
    asked = Requirement(
        packages=tuple(args.requirements),
        python=python,
        build=args.build,
        cpu=args.cpu,
        companions=not args.no_companions,
        use_gpus=tuple(one for said in args.use_gpu for one in said.split(",") if one),
        offline=args.offline,
        today=day or today,
        as_of=day,
        nightly=args.nightly,
        backend=_backend(args),
        channels=tuple(args.channel),
    )
    session.given = replace(session.given, wheels=args.wheels or "")
    if args.files or args.project is not None:
        from torchup.cli.declarations import with_declarations

        asked = with_declarations(asked, args, session)
    if not asked.packages:
        return asked
    if not named_in(asked.packages):
        from torchup.api.projects.declarations import with_framework

        asked = with_framework(asked, session.context)
    if args.project is None or named_in(asked.packages):
        mean(first_of(asked.packages))
    if asked.nightly:
        _check_nightly(asked)
    return asked


def _check_nightly(asked: Requirement) -> None:
    """Refuse nightlies of a framework that is known to publish none where torchup looks."""
    from torchup.facts.load import load_catalogue

    for name in named_in(asked.packages):
        framework = load_catalogue(name).framework
        if not framework.nightly:
            raise UsageError("ask.no-nightly", framework=framework.title, name=name)


def _backend(args: argparse.Namespace) -> str:
    """Read ``--backend``; channels are conda's alone."""
    name = str(args.backend)
    if name != UV:
        from torchup.backends import load_backend

        load_backend(name)
    elif args.channel:
        raise UsageError("ask.channel-without-conda", channel=args.channel[0])
    return name


def _day(args: argparse.Namespace, today: str) -> str:
    """Read ``--as-of DAY``; ``auto`` is found with the project."""
    if args.as_of is None:
        return ""
    if args.as_of == AUTO:
        if args.project is None:
            raise UsageError("projects.auto-without")
        return ""
    from torchup.resolve.dates import read_day

    return read_day(args.as_of, today)


def take_wheels(folder: str, session: Session) -> None:
    """Take ``--wheels DIR``: everything comes from that folder from now on.

    Raises:
        UsageError: ``ask.no-wheels``: it has none.
    """
    path = session.host.real_path(os.path.expanduser(folder))  # noqa: PTH111 (start-up)
    if not any(name.endswith(".whl") for name in session.host.listdir(path)):
        raise UsageError("ask.no-wheels", path=path)
    session.context.wheels = path


def this_machine(requirement: Requirement, session: Session) -> Machine:
    """Look at this machine, and at an interpreter that was named by its path.

    Raises:
        UsageError: the named interpreter is not one.
    """
    from torchup.api.machines import machine

    python = requirement.python or ""
    named = python if "/" in python or "\\" in python else None
    return machine.probe(session.context, python=named)


_MARKS = b"\xef\xbb\xbf\xff\xfe \t\r\n"
_HEAD = 4_000
"""A machine document names its schema among its first fields."""


def machines_of(where: str) -> tuple[Machine, ...]:
    """Read ``--machine FILE``; ``-`` is standard input.

    A machine document, JSON Lines of many, a capture, or the output of ``nvidia-smi`` and its kin.

    Raises:
        UsageError: the file can't be read, or is not a machine document.
    """
    data = bytes_of(where)
    if data.lstrip(_MARKS)[:1] != b"{" or b"torchup.machine/" not in data[:_HEAD]:
        from torchup.api.machines.given import is_document, machine_given

        found = machine_given(data, where)
        if found is not None:
            return (found,)
        if not is_document(data):
            raise UsageError("wire.not-a-machine", where=where)
    from torchup.wire import read

    return read.machines(data, where)


def bytes_of(where: str) -> bytes:
    """Read a file that the user named; ``-`` is standard input.

    Raises:
        UsageError: ``wire.unreadable``.
    """
    try:
        if where == STDIN:
            return sys.stdin.buffer.read()
        with open(where, "rb") as stream:  # noqa: PTH123 (start-up)
            return stream.read()
    except OSError as error:
        raise UsageError("wire.unreadable", where=where, why=error.strerror) from error
