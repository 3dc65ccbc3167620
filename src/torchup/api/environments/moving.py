"""Taking environments to another disk or folder."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

from torchup import apply
from torchup.apply.move import Move, check_move, move_environment
from torchup.apply.volume import check_space
from torchup.errors import UsageError
from torchup.model import Outcome, StepOutcome

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torchup.api.context import Context

_DRIVE: Final = re.compile(r"[A-Za-z]:[\\/]?")
_ON_A_DISK: Final = "torchup"
"""The folder on a disk that environments get where only the disk is named."""


def prepare(context: Context, names: Sequence[str], to: str) -> tuple[Move, ...]:
    """See that environments can be moved; changes nothing.

    Args:
        context: the session.
        names: the environments; none for all that torchup made.
        to: a folder, or a disk: then a folder on it.

    Raises:
        NoAnswerError: there is no such environment, or none at all.
        UsageError: one can't be moved, or not there.
        OutsideError: ``move.no-room``.
    """
    folder = folder_of(to)
    wanted = dict.fromkeys(names or apply.names(context.home))
    moves = [check_move(context.host, context.home, name, folder) for name in wanted]
    check_space(context.host, folder, sum(one.size for one in moves))
    return tuple(moves)


def folder_of(to: str) -> Path:
    """Return the folder that environments go to; on a disk that is one of their own.

    Raises:
        UsageError: ``move.no-folder``: nothing is named.
    """
    if not to.strip():
        raise UsageError("move.no-folder")
    if os.name == "nt" and _DRIVE.fullmatch(to):
        return Path(f"{to[0].upper()}:\\") / _ON_A_DISK
    folder = Path(os.path.abspath(Path(to).expanduser()))  # noqa: PTH100  # links stay as they are
    return folder / _ON_A_DISK if os.path.ismount(folder) else folder


def move(context: Context, moves: Sequence[Move]) -> Outcome:
    """Move environments, one after the other; each is whole at one place at any moment.

    Raises:
        NoAnswerError: nobody knows what is in one of them.
        OutsideError: it is busy or in use, or a disk refuses; those before it are moved.
    """
    log = apply.StepLog()
    for one in moves:
        if one.needless:
            log.skip("copy", str(one.target))
        else:
            move_environment(context.host, context.home, one, log=log)
    return _outcome(context, moves, log.outcomes)


def planned(context: Context, moves: Sequence[Move]) -> Outcome:
    """The outcome where nothing is to be done."""
    steps = tuple(StepOutcome(id="copy", status="skipped", detail=str(one.target)) for one in moves)
    return _outcome(context, moves, steps)


def _outcome(context: Context, moves: Sequence[Move], steps: tuple[StepOutcome, ...]) -> Outcome:
    only = moves[0].name if len(moves) == 1 else None
    found = apply.load_environment(context.host, context.home, only) if only else None
    return Outcome(command="move", ok=True, steps=steps, environment=found)
