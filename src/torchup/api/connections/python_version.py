"""The file by which pyenv, uv and others choose a Python for a folder."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from torchup.api.connections import Connection
from torchup.model import text
from torchup.state import undo

if TYPE_CHECKING:
    from torchup.api.context import Context
    from torchup.model import Environment

_FILE: Final = ".python-version"


def look(context: Context, found: Environment, folder: str, *, asked: bool) -> Connection | None:
    """Tell where the file names another Python than the environment's; write it when asked.

    Who has pyenv would be told that the version isn't installed, so it is not written unasked.
    """
    path, line = f"{folder}/{_FILE}", found.record.stack.python
    said = context.host.read(path)
    if said is None:
        if not asked or not line:
            return None
        edit = undo.Write(path=path, data=f"{line}\n".encode(), was=None)
        told = text("connect.python-version", path=path, line=line)
        return Connection(way="python-version", told=told, edits=(edit,))
    named = said.decode("utf-8", "replace").strip().splitlines()
    first = named[0].strip() if named else ""
    if first == line or first.startswith(f"{line}."):
        return None
    args = {"path": path, "value": first, "line": line}
    return Connection(way="python-version", told=text("connect.python-version-kept", **args))
