"""Deleting an environment that torchup neither made nor adopted."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from torchup import apply
from torchup.api.condas.client import call, find_client, removing
from torchup.api.environments.foreign import is_base
from torchup.apply.conda_list import is_listed, keep_listed
from torchup.errors import OutsideError, UsageError

if TYPE_CHECKING:
    from torchup.api.context import Context


class Removal(Struct, frozen=True, kw_only=True):
    """How an environment goes: by ``command``, or by torchup's own hand where that is empty.

    ``gone`` is set where only a line in conda's list is left of it.
    """

    path: str
    command: tuple[str, ...] = ()
    gone: bool = False


def left_over(context: Context, name: str) -> Removal | None:
    """Return the removal of what only conda's list still names, None for all else."""
    path = Path(os.path.abspath(Path(name).expanduser()))  # noqa: PTH100 - links stay as listed
    if os.path.lexists(path) or not is_listed(context.host, path):
        return None
    return Removal(path=str(path), gone=True)


def removal(context: Context, path: Path) -> Removal:
    """Say how an environment would go.

    Raises:
        UsageError: ``foreign.base``: conda lives in it; ``foreign.other-home``.
    """
    if is_base(context, path):
        raise UsageError("foreign.base", path=path)
    if apply.has_marker(path):
        raise UsageError("foreign.other-home", path=path)
    conda = (path / "conda-meta").is_dir()
    program = find_client(context, path) if conda else None
    command = removing(program, path) if program else ()
    return Removal(path=str(path), command=command)


def remove(context: Context, planned: Removal, *, shown: bool) -> None:
    """Carry it out.

    Args:
        context: the session.
        planned: what was said to the user.
        shown: the program that is called has the terminal.

    Raises:
        OutsideError: ``foreign.client-failed``, ``foreign.client-left``, or the disk refuses.
    """
    path = Path(planned.path)
    if planned.gone:
        keep_listed(context.host, path)
        if is_listed(context.host, path):
            raise OutsideError("foreign.still-listed", path=path)
        return
    if not planned.command:
        apply.remove_elsewhere(context.host, context.home, path)
        return
    call(context, planned.command, shown=shown)
    if (path / "conda-meta").is_dir():
        raise OutsideError("foreign.client-left", path=path, command=" ".join(planned.command))
    keep_listed(context.host, path)
