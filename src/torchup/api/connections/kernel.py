"""A kernel for the notebooks of the folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from torchup.api.connections import Connection
from torchup.model import text

if TYPE_CHECKING:
    from torchup.api.context import Context
    from torchup.model import Environment

_NOTEBOOK: Final = ".ipynb"
_PLACES: Final = ("", "/notebooks", "/notebook", "/examples")


def look(context: Context, found: Environment, folder: str, *, asked: bool) -> Connection | None:
    """Register the environment where there are notebooks and it can start them already.

    Nothing is installed here: what is missing takes a download, and is told.
    """
    if not (asked or _has_notebooks(context, folder)):
        return None
    from torchup.api.kernels import adding
    from torchup.backends.installed import installed

    name = found.record.name
    if adding.LAUNCHER not in installed(Path(found.record.path), context.host):
        return Connection(way="kernel", told=text("connect.kernel-later", name=name))
    wanted = adding.prepare(context, name, adding.place_of(context))
    edits = adding.edits_of(context, wanted)
    if not edits:
        return None
    told = text("connect.kernel", title=wanted.title, path=wanted.path)
    return Connection(way="kernel", told=told, edits=edits)


def _has_notebooks(context: Context, folder: str) -> bool:
    names = (one for place in _PLACES for one in context.host.listdir(f"{folder}{place}"))
    return any(one.endswith(_NOTEBOOK) for one in names)
