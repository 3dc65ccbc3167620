"""From options to a :class:`~torchup.model.Requirement` and a machine."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from torchup.api import machine
from torchup.errors import UsageError
from torchup.model import Requirement
from torchup.wire import read

if TYPE_CHECKING:
    import argparse

    from torchup.cli.session import Session
    from torchup.model import Machine


def requirement_of(args: argparse.Namespace, session: Session) -> Requirement:
    """Read what is asked for."""
    python = args.python
    if python and ("/" in python or "\\" in python):
        python = session.host.real_path(str(Path(python).expanduser().absolute()))
    return Requirement(
        packages=tuple(args.requirements),
        python=python,
        build=args.build,
        cpu=args.cpu,
        companions=not args.no_companions,
        use_gpus=tuple(args.use_gpu),
        offline=args.offline,
        today=session.context.today(),
    )


def this_machine(requirement: Requirement, session: Session) -> Machine:
    """Look at this machine, and at an interpreter that was named by its path.

    Raises:
        UsageError: the named interpreter is not one.
    """
    python = requirement.python or ""
    named = python if "/" in python or "\\" in python else None
    return machine.probe(session.context, python=named)


def machines_of(where: str) -> tuple[Machine, ...]:
    """Read ``--machine FILE``; ``-`` is standard input.

    Raises:
        UsageError: the file can't be read, or is not a machine document.
    """
    try:
        data = sys.stdin.buffer.read() if where == "-" else Path(where).read_bytes()
    except OSError as error:
        raise UsageError("wire.unreadable", where=where, why=error.strerror) from error
    return read.machines(data, where)
