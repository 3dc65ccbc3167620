"""Telling PyCharm which interpreter to use."""

from __future__ import annotations

from itertools import chain, count
from pathlib import Path
from typing import TYPE_CHECKING

from torchup.api.ides.telling import Telling, interpreter_for
from torchup.errors import NoAnswerError
from torchup.integrate.ides import pycharm, pycharm_folders, xmlfile
from torchup.model import Text, text
from torchup.model.names import is_elsewhere
from torchup.state import undo

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torchup.api.context import Context
    from torchup.model import Environment
    from torchup.model.ides import Profile


def tell_pycharm(context: Context, name: str, folder: str) -> Telling:
    """Work out what every PyCharm here and the project's own files need; nothing is written.

    Raises:
        NoAnswerError: there is no such environment; ``ide.no-pycharm``: none was ever started;
            ``ide.running``: all that were are open, and would write over it;
            ``ide.malformed``: a file can't be read.
    """
    found, python = interpreter_for(context, name)
    profiles = pycharm_folders.profiles(context.host)
    closed = [one for one in profiles if not one.process]
    if not profiles:
        raise NoAnswerError("ide.no-pycharm")
    if not closed:
        raise NoAnswerError("ide.running", ide=", ".join(one.name for one in profiles), name=name)
    called = _free(context, profiles, _called(found), python)
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


def _free(context: Context, profiles: Sequence[Profile], called: str, python: str) -> str:
    """Find a name that no version has for another interpreter; the project's files hold but one.

    An entry whose interpreter is gone gives its name up; one of another kind of SDK never does.
    """
    taken: set[str] = set()
    for profile in profiles:
        for one in _entries(context, pycharm.table_of(profile)):
            lost = one.python and not context.host.is_executable(one.home)
            if not (lost or (one.python and _same(one.home, python))):
                taken.add(one.name)
    others = (f"{called} ({number})" for number in count(2))
    return next(one for one in chain([called], others) if one not in taken)


def _entries(context: Context, path: str) -> tuple[pycharm.Registered, ...]:
    data = context.host.read(path)
    try:
        return pycharm.entries(data or b"", pycharm_folders.user_home(context.host))
    except xmlfile.MalformedError as error:
        raise NoAnswerError("ide.malformed", path=path, line=error.line) from error


def _same(one: str, other: str) -> bool:
    """Tell whether two paths are one; on Windows letters' case and slashes don't count."""
    plain = [path.replace("\\", "/") for path in (one, other)]
    return len({path.lower() if path[1:2] == ":" else path for path in plain}) == 1


def _into_table(
    context: Context, profile: Profile, wanted: pycharm.Interpreter
) -> undo.Write | None:
    """The change of one version's table; None where it has just that."""
    path = pycharm.table_of(profile)
    data = context.host.read(path)
    every = _entries(context, path)
    if any(one.name == wanted.name and _same(one.home, wanted.home) for one in every):
        return None
    try:
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
