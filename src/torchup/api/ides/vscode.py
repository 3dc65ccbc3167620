"""Telling VS Code and its relatives which interpreter to use."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from torchup.api.ides.telling import Telling, interpreter_for
from torchup.errors import NoAnswerError
from torchup.integrate.ides import jsonc, vscode
from torchup.model import Text, text
from torchup.state import undo

if TYPE_CHECKING:
    from torchup.api.context import Context


def tell_vscode(context: Context, name: str, folder: str) -> Telling:
    """Work out what VS Code and its relatives need; nothing is written.

    Raises:
        NoAnswerError: there is no such environment; ``ide.malformed``: settings can't be read.
    """
    host = context.host
    found, python = interpreter_for(context, name)
    path = vscode.workspace_settings(folder)
    data = host.read(path)
    content = (data or b"").decode("utf-8", "surrogateescape")
    value = _short(context, python, folder)
    try:
        was = jsonc.get(content, vscode.INTERPRETER) if content.strip("\ufeff \t\r\n") else None
        new = jsonc.put(content, vscode.INTERPRETER, value)
        activates = jsonc.get(new, vscode.ACTIVATES)
    except jsonc.MalformedError as error:
        raise NoAnswerError("ide.malformed", path=path, line=error.line) from error
    same = isinstance(was, str) and _beside(context, vscode.meant(host, was, folder), python)
    notes = [*_picked(context, folder, python)]
    if activates is False:
        notes.append(text("ide.no-activation", key=vscode.ACTIVATES))
    if same:
        return Telling(ide="vscode", about=found.record.name, notes=tuple(notes))
    code = "ide.vscode-writes" if was is None else "ide.vscode-replaces"
    encoded = new.encode("utf-8", "surrogateescape")
    return Telling(
        ide="vscode",
        about=found.record.name,
        edits=(undo.Write(path=path, data=encoded, was=data),),
        lines=(text(code, path=path, value=value, was=was or ""),),
        notes=tuple(notes),
    )


def tell_everywhere(context: Context) -> Telling:
    """Let VS Code and its relatives offer every environment of this home, in each folder.

    Raises:
        NoAnswerError: ``ide.no-vscode``: none was ever started; ``ide.malformed``.
    """
    host, value = context.host, str(context.home.environments)
    profiles = vscode.profiles(host)
    if not profiles:
        raise NoAnswerError("ide.no-vscode")
    edits: list[undo.Write] = []
    lines: list[Text] = []
    notes: list[Text] = []
    for profile in profiles:
        path = vscode.user_settings(profile)
        data = host.read(path)
        content = (data or b"").decode("utf-8", "surrogateescape")
        try:
            was = jsonc.get(content, vscode.SEARCHED) if content.strip("\ufeff \t\r\n") else None
            new = jsonc.put(content, vscode.SEARCHED, value)
        except jsonc.MalformedError as error:
            raise NoAnswerError("ide.malformed", path=path, line=error.line) from error
        if was and was != value:
            notes.append(text("ide.search-kept", ide=profile.name, value=was, path=path))
        elif not was:
            encoded = new.encode("utf-8", "surrogateescape")
            edits.append(undo.Write(path=path, data=encoded, was=data))
            lines.append(text("ide.search-writes", value=value, path=path))
    return Telling(
        ide="vscode", about="", edits=tuple(edits), lines=tuple(lines), notes=tuple(notes)
    )


def _short(context: Context, python: str, folder: str) -> str:
    """The interpreter as the setting names it: through the folder's own ``.venv`` where it can."""
    for one in vscode.found_by_itself(context.host, folder):
        if _beside(context, one, python):
            return "${workspaceFolder}" + one.removeprefix(folder)
    return python


def _beside(context: Context, one: str, other: str) -> bool:
    """Tell whether two interpreters lie in one folder; they are links themselves."""
    folders = (Path(path).parent.as_posix() for path in (one, other))
    return len({context.host.real_path(folder) for folder in folders}) == 1


def _picked(context: Context, folder: str, python: str) -> list[Text]:
    """What keeps the setting from being read: somebody picked another interpreter by hand."""
    found = []
    for profile in vscode.profiles(context.host):
        chosen = vscode.picked(context.host, profile, folder)
        if chosen and not _beside(context, chosen, python):
            args = {"ide": profile.name, "python": chosen, "command": vscode.RESET}
            found.append(text("ide.picked", **args))
    return found
