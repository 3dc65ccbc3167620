"""VS Code and what is built from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchup.api.connections import Connection
from torchup.model import text

if TYPE_CHECKING:
    from torchup.api.context import Context
    from torchup.model import Environment


def look(context: Context, found: Environment, folder: str, *, asked: bool) -> Connection | None:
    """Set the interpreter where VS Code was used and none is set; what was picked there is told."""
    if not (asked or context.host.is_dir(f"{folder}/.vscode")):
        return None
    from torchup.api.ides.vscode import tell_vscode
    from torchup.integrate.ides import jsonc, vscode

    path = vscode.workspace_settings(folder)
    told = tell_vscode(context, found.record.name, folder)
    picked = next((one for one in told.notes if one.code == "ide.picked"), None)
    if not told.edits and picked is None:
        return None
    try:
        was = vscode.setting(context.host, path, vscode.INTERPRETER)
    except jsonc.MalformedError:  # an empty file
        was = ""
    if was and told.edits:
        return Connection(way="vscode", told=text("connect.vscode-kept", path=path, value=was))
    said = text("connect.vscode", path=path)
    if picked is not None:
        said = text("connect.vscode-picked", **picked.args, path=path)
    return Connection(way="vscode", told=said, edits=told.edits)
