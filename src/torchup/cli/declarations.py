"""What files and a project's folder ask for, added to what the command line does."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from msgspec.structs import replace

from torchup.api.projects.declarations import as_asked, of_its_day, told_of_age
from torchup.cli.request import AUTO
from torchup.facts.frameworks import named_in

if TYPE_CHECKING:
    import argparse

    from torchup.cli.session import Session
    from torchup.model import Requirement
    from torchup.projects import Declared
    from torchup.sources.requirements_file import RequirementsFile


def with_declarations(
    asked: Requirement, args: argparse.Namespace, session: Session
) -> Requirement:
    """Add what ``-r FILE`` and ``--project DIR`` ask for; places and notes go to the session.

    Args:
        asked: what the command line asks for.
        args: the options.
        session: the session.

    Raises:
        UsageError: a ``requirements.*`` or ``projects.*`` code.
    """
    lists, declared = _read(args, session)
    if args.as_of == AUTO:
        asked = of_its_day(asked, session.context, _folder(args.project), declared[-1])
    elif args.project is not None and args.as_of is None and not args.nightly:
        told_of_age(asked, session.context, _folder(args.project), declared[-1])
    asked = as_asked(asked, session.context, lists, declared)
    session.given = replace(
        session.given,
        files=tuple(args.files),
        in_files=asked.packages[len(args.requirements) :],
        project=args.project or "",
    )
    return asked


def _read(
    args: argparse.Namespace, session: Session
) -> tuple[RequirementsFile | None, list[Declared]]:
    """Read lists for pip in their own way, and everything else as projects have it."""
    from torchup.projects import read_named_file, read_project
    from torchup.sources.requirements_file import read_requirements

    declared: list[Declared] = []
    lists: list[str] = []
    for file in args.files:
        found = read_named_file(session.host, file)
        if found is None:
            lists.append(file)
        else:
            declared.append(found)
    if args.project is not None:
        without = getattr(args, "without", "")
        declared.append(
            read_project(
                session.host,
                _folder(args.project),
                cpu=args.cpu,
                without=without,
                named=named_in(args.requirements),
            )
        )
    return read_requirements(session.host, lists) if lists else None, declared


def _folder(named: str) -> str:
    return os.path.expanduser(named)  # noqa: PTH111 (start-up)
