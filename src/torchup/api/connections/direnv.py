"""direnv, which enters the environment of a folder when the shell does (https://direnv.net)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from torchup.api.connections import Connection
from torchup.integrate.shells.posix import quoted
from torchup.model import text
from torchup.state import undo

if TYPE_CHECKING:
    from torchup.api.context import Context
    from torchup.model import Environment

_FILE: Final = ".envrc"
_COMMAND: Final = "torchup activate"


def look(context: Context, found: Environment, folder: str, *, asked: bool) -> Connection | None:
    """Write its file where direnv is installed and there is none; its user allows it then."""
    host, path = context.host, f"{folder}/{_FILE}"
    if not (asked or host.which("direnv")):
        return None
    name = quoted(found.record.name)
    line = f'eval "$({_COMMAND} {name} --shell bash)"\n'
    said = host.read(path)
    if said is not None:
        there = {one.strip() for one in said.decode("utf-8", "replace").splitlines()}
        if line.strip() in there:
            return None
        return Connection(way="direnv", told=text("connect.direnv-kept", path=path))
    edit = undo.Write(path=path, data=line.encode(), was=None)
    return Connection(way="direnv", told=text("connect.direnv", path=path), edits=(edit,))
