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
    said = host.read(path)
    if said is not None:
        if _COMMAND.encode() in said:
            return None
        return Connection(way="direnv", told=text("connect.direnv-kept", path=path))
    name = quoted(found.record.name)
    line = f'eval "$({_COMMAND} {name} --shell bash)"\n'
    edit = undo.Write(path=path, data=line.encode(), was=None)
    return Connection(way="direnv", told=text("connect.direnv", path=path), edits=(edit,))
