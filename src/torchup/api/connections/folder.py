"""The file that names the folder's environment for torchup's own commands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchup.api.connections import Connection
from torchup.api.environments.current import FOLDER_FILE, name_in
from torchup.model import text
from torchup.state import undo

if TYPE_CHECKING:
    from torchup.api.context import Context
    from torchup.model import Environment


def look(context: Context, found: Environment, folder: str, *, asked: bool) -> Connection | None:
    """Name the environment, unless the file is there."""
    _ = asked
    path, name = f"{folder}/{FOLDER_FILE}", found.record.name
    said = context.host.read(path)
    if said is None:
        edit = undo.Write(path=path, data=f"{name}\n".encode(), was=None)
        return Connection(way="folder", told=text("connect.folder", path=path), edits=(edit,))
    other = name_in(said)
    if other == name:
        return None
    return Connection(way="folder", told=text("connect.folder-kept", path=path, name=other))
