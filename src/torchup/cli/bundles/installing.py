"""``torchup create --from`` and ``torchup sync`` with a bundle."""

from __future__ import annotations

from functools import partial
from time import perf_counter
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from torchup.api.bundle import installing
from torchup.bundles.reading import OpenBundle, open_bundle
from torchup.cli.cleaning import clean_up
from torchup.cli.commands.sync import Bringing, bring
from torchup.errors import NoAnswerError, UsageError

if TYPE_CHECKING:
    import argparse

    from torchup.api.locks.choice import Judged
    from torchup.api.locks.syncing import Sync
    from torchup.cli.session import Session
    from torchup.model import Machine, Outcome

_BESIDE: Final = (
    *("requirements", "files", "project", "python", "cpu", "build", "use_gpu", "no_companions"),
    *("wheels", "as_of", "nightly", "builds", "channel"),
)
"""What a bundle has settled already."""


def create_from(args: argparse.Namespace, session: Session) -> int:
    """Make an environment of a bundle.

    Raises:
        UsageError: ``bundle.from-and-more`` or ``bundle.is-address``; it can't be read.
        NoAnswerError: ``bundle.in-use``: there is an environment of that name, and it differs.
    """
    if any(getattr(args, name) for name in _BESIDE) or args.backend != "uv":
        raise UsageError("bundle.from-and-more")
    started, cleaned = perf_counter(), clean_up(session)
    _see_here(args.source)
    with open_bundle(args.source) as bundle:

        def prepare(machine: Machine) -> Sync:
            found = installing.prepare(
                session.context, machine, bundle, name=args.name, row=args.row
            )
            if found.environment is not None and (found.needed or not found.recorded):
                command = session.pasteable("torchup", "sync", args.source, "-n", found.name)
                raise NoAnswerError("bundle.in-use", name=found.name, command=command)
            return found

        return _bring(args, session, bundle, Bringing("create", prepare, started, cleaned))


def sync_with(args: argparse.Namespace, session: Session) -> int:
    """Bring an environment to a bundle.

    Raises:
        UsageError: it can't be read.
    """
    started, cleaned = perf_counter(), clean_up(session)
    _see_here(args.file)
    with open_bundle(args.file) as bundle:

        def prepare(machine: Machine) -> Sync:
            return installing.prepare(
                session.context, machine, bundle, name=args.name, row=args.row
            )

        return _bring(args, session, bundle, Bringing("sync", prepare, started, cleaned))


def _bring(
    args: argparse.Namespace, session: Session, bundle: OpenBundle, bringing: Bringing
) -> int:
    def carry_out(sync: Sync, chosen: Judged, **how: object) -> Outcome:
        work = partial(installing.carry_out, session.context, bundle, sync, chosen)
        return replace(work(**how), command=bringing.command)  # type: ignore[arg-type]

    return bring(args, session, bringing, carry_out)


def _see_here(file: str) -> None:
    if "://" in file:
        raise UsageError("bundle.is-address", url=file)
