"""Telling VS Code and PyCharm which interpreter to use for a folder."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from torchup.api.foreign import load
from torchup.backends.installed import interpreter
from torchup.errors import NoAnswerError, UsageError
from torchup.integrate.ides import jsonc, pycharm, vscode, xmlfile
from torchup.model import StepOutcome, Text, text
from torchup.model.names import is_elsewhere
from torchup.state import undo

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torchup.api.context import Context
    from torchup.model import Environment
    from torchup.model.ides import Profile


class Telling(Struct, frozen=True, kw_only=True):
    """What would be written; nothing where all is as it should be.

    ``lines`` say what, a line each; ``notes`` what a person has to know or do.
    """

    ide: str
    about: str
    edits: tuple[undo.Write, ...] = ()
    lines: tuple[Text, ...] = ()
    notes: tuple[Text, ...] = ()


def folder_of(context: Context, named: str | None) -> str:
    """Return the project's folder: the named one, else the current one.

    Raises:
        UsageError: ``ide.no-folder``: it isn't there.
    """
    path = os.path.abspath(os.path.expanduser(named or "."))  # noqa: PTH100, PTH111
    if not context.host.is_dir(path):
        raise UsageError("ide.no-folder", path=path)
    return path


def interpreter_for(context: Context, name: str) -> tuple[Environment, str]:
    """Return an environment and its interpreter.

    Raises:
        NoAnswerError: there is none of that name, or its Python is gone.
    """
    found = load(context, name, sized=False)
    python = interpreter(Path(found.record.path), context.host)
    if not context.host.is_executable(str(python)):
        raise NoAnswerError("environment.cant-run", name=name, python=python)
    return found, str(python)


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
        if chosen and chosen != python:
            args = {"ide": profile.name, "python": chosen, "command": vscode.RESET}
            found.append(text("ide.picked", **args))
    return found


def tell_pycharm(context: Context, name: str, folder: str) -> Telling:
    """Work out what every PyCharm here and the project's own files need; nothing is written.

    Raises:
        NoAnswerError: there is no such environment; ``ide.no-pycharm``: none was ever started;
            ``ide.running``: all that were are open, and would write over it;
            ``ide.malformed``: a file can't be read.
    """
    found, python = interpreter_for(context, name)
    profiles = pycharm.profiles(context.host)
    closed = [one for one in profiles if not one.process]
    if not profiles:
        raise NoAnswerError("ide.no-pycharm")
    if not closed:
        raise NoAnswerError("ide.running", ide=", ".join(one.name for one in profiles), name=name)
    called = _called(found)
    wanted = pycharm.Interpreter(
        name=called,
        python=found.record.stack.python or "3",
        home=python,
        virtual=found.record.backend != "conda",
    )
    edits: list[undo.Write] = []
    lines: list[Text] = []
    for profile in closed:
        edit = _into_table(context, profile, wanted)
        if edit is not None:
            edits.append(edit)
            args = {"ide": profile.name, "name": called, "path": edit.path}
            lines.append(text("ide.pycharm-table", **args))
    more = _into_project(context, folder, called)
    edits += more
    lines += [text("ide.pycharm-project", name=called, path=one.path) for one in more]
    running = [one.name for one in profiles if one.process]
    notes = [text("ide.running-left", ide=one) for one in running]
    return Telling(
        ide="pycharm",
        about=found.record.name,
        edits=tuple(edits),
        lines=tuple(lines),
        notes=tuple(notes),
    )


def _called(found: Environment) -> str:
    """What the interpreter is called in menus, in PyCharm's own manner."""
    name = found.record.name
    short = Path(found.record.path).name if is_elsewhere(name) else name
    return f"Python {found.record.stack.python} ({short})".replace("  ", " ")


def _into_table(
    context: Context, profile: Profile, wanted: pycharm.Interpreter
) -> undo.Write | None:
    """The change of one version's table; None where it has just that."""
    path = pycharm.table_of(profile)
    data = context.host.read(path)
    try:
        for one in pycharm.registered(data, pycharm.user_home(context.host)) if data else ():
            if one.name == wanted.name and one.home.replace("\\", "/") == wanted.home.replace(
                "\\", "/"
            ):
                return None
        new = pycharm.with_interpreter(data or b"", wanted)
    except xmlfile.MalformedError as error:
        raise NoAnswerError("ide.malformed", path=path, line=error.line) from error
    return undo.Write(path=path, data=new, was=data)


def _into_project(context: Context, folder: str, called: str) -> list[undo.Write]:
    """The changes of a project's files: which interpreter it, and its modules, name."""
    host = context.host
    misc = f"{folder}/.idea/misc.xml"
    path = misc
    try:
        contents: dict[str, bytes] = {}
        if not host.is_dir(f"{folder}/.idea"):
            contents = pycharm.new_project(folder, called)
        else:
            contents[misc] = pycharm.with_chosen(host.read(misc) or b"", called)
            path = f"{folder}/.idea/modules.xml"
            for path in pycharm.modules(host, folder):
                data = host.read(path)
                if data:
                    contents[path] = pycharm.with_module_chosen(data, called)
    except xmlfile.MalformedError as error:
        raise NoAnswerError("ide.malformed", path=path, line=error.line) from error
    return [
        undo.Write(path=file, data=data, was=host.read(file))
        for file, data in contents.items()
        if host.read(file) != data
    ]


def carry_out(context: Context, told: Sequence[Telling]) -> tuple[StepOutcome, ...]:
    """Write what was worked out, all or none; ``torchup undo`` takes it back.

    Raises:
        OutsideError: a file can't be written, or changed meanwhile.
    """
    edits = [edit for one in told for edit in one.edits]
    if edits:
        names = ", ".join(dict.fromkeys(one.about or str(context.home.root) for one in told))
        undo.change(
            context.host,
            context.home,
            what=text("ide.what", name=names),
            edits=edits,
            command="ide",
            about=told[0].about,
        )
    return tuple(
        StepOutcome(id=f"ide-{one.ide}", status="done", detail=edit.path)
        for one in told
        for edit in one.edits
    )
