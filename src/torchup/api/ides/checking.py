"""Which interpreter each IDE would use for a folder, with which framework, and why."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from torchup.api.search_path.places import Owners
from torchup.backends.installed import installed
from torchup.facts.frameworks import named_in
from torchup.integrate.ides import jsonc, pycharm, pycharm_folders, vscode, xmlfile
from torchup.model import text
from torchup.model.ides import Used

if TYPE_CHECKING:
    from torchup.api.context import Context
    from torchup.model import Text
    from torchup.model.ides import Profile


def check(context: Context, folder: str) -> tuple[Used, ...]:
    """Work out what each IDE here would use; nothing is started.

    Where no IDE was ever started, what a folder's own files say is told all the same.
    """
    codes = vscode.profiles(context.host) or (_nobody("vscode", "VS Code"),)
    charms = _newest(pycharm_folders.profiles(context.host)) or (_nobody("pycharm", "PyCharm"),)
    found = [_of_code(context, one, folder) for one in codes]
    found += [_of_charm(context, one, folder) for one in charms]
    owners = Owners(context)
    return tuple(_known(context, owners, one) for one in found if one is not None)


def _newest(profiles: tuple[Profile, ...]) -> tuple[Profile, ...]:
    """Return the newest version of each edition; their names end with the version."""
    return tuple({one.name.rpartition(" ")[0]: one for one in profiles}.values())


def _nobody(kind: str, name: str) -> Profile:
    from torchup.model.ides import Profile

    return Profile(kind="vscode" if kind == "vscode" else "pycharm", name=name, folder="")


def _of_code(context: Context, profile: Profile, folder: str) -> Used | None:
    host = context.host
    own = vscode.workspace_settings(folder)
    places = [(own, "ide.by-workspace")]
    if profile.folder:
        chosen = vscode.picked(host, profile, folder)
        if chosen:
            why = text("ide.by-hand", command=vscode.RESET)
            return Used(
                ide=profile.name, kind=profile.kind, interpreter=chosen, why=why, by_hand=True
            )
        places.append((vscode.user_settings(profile), "ide.by-user"))
        notes = (text("ide.store-unread", ide=profile.name),) if chosen is None else ()
    else:
        notes = ()
        if host.read(own) is None:
            return None
    for path, code in places:
        try:
            value = vscode.setting(host, path, vscode.INTERPRETER)
        except jsonc.MalformedError as error:
            broken = text("ide.malformed", path=path, line=error.line)
            return Used(
                ide=profile.name, kind=profile.kind, interpreter="", why=broken, exists=False
            )
        if value and value != "python":
            python = _program(context, vscode.meant(host, value, folder))
            return Used(
                ide=profile.name,
                kind=profile.kind,
                interpreter=python,
                why=text(code, path=path),
                notes=notes,
            )
    found = next(vscode.found_by_itself(host, folder), "")
    code = "ide.by-itself" if found else "ide.by-nobody"
    return Used(
        ide=profile.name,
        kind=profile.kind,
        interpreter=found,
        why=text(code, path=found),
        notes=notes,
    )


def _program(context: Context, path: str) -> str:
    """The interpreter that a setting means: itself, one in that folder, or one on the path."""
    host = context.host
    if host.is_dir(path):
        inside = "Scripts/python.exe" if host.system == "windows" else "bin/python"
        return f"{path.rstrip('/')}/{inside}"
    if "/" not in path and "\\" not in path:
        return host.which(path) or path
    return path


def _of_charm(context: Context, profile: Profile, folder: str) -> Used | None:
    host = context.host
    misc = f"{folder}/.idea/misc.xml"
    table = pycharm.table_of(profile) if profile.folder else ""
    path = misc
    try:
        name, says = pycharm.chosen(host.read(misc) or b""), misc
        path = f"{folder}/.idea/modules.xml"
        for path in pycharm.modules(host, folder):
            data = host.read(path)
            own = pycharm.module_chosen(data) if data else ""
            name, says = (own, path) if own else (name, says)
        path = table
        data = host.read(table) if table else None
        every = pycharm.registered(data, pycharm_folders.user_home(host)) if data else ()
    except xmlfile.MalformedError as error:
        broken = text("ide.malformed", path=path, line=error.line)
        return Used(ide=profile.name, kind=profile.kind, interpreter="", why=broken, exists=False)
    if not name:
        return (
            Used(ide=profile.name, kind=profile.kind, interpreter="", why=text("ide.by-nobody"))
            if table
            else None
        )
    python = next((one.home for one in every if one.name == name), "")
    why: Text = text("ide.by-project", name=name, path=says)
    if not python:
        why = text("ide.unregistered", name=name, ide=profile.name)
    return Used(
        ide=profile.name, kind=profile.kind, interpreter=python, why=why, exists=bool(python)
    )


def _known(context: Context, owners: Owners, found: Used) -> Used:
    """Add whether the interpreter is there, whose it is, and which framework lies beside it."""
    host = context.host
    if not found.interpreter:
        return found
    if not host.is_executable(found.interpreter):
        return replace(found, exists=False)
    place = owners.place(found.interpreter)
    prefix = Path(found.interpreter).parent.parent
    if host.system == "windows" and not host.is_dir(str(prefix / "Lib")):
        prefix = Path(found.interpreter).parent
    versions = installed(prefix, host)
    framework = next((one for one in named_in(versions) if one in versions), "")
    return replace(
        found,
        environment=place.environment,
        framework=framework,
        version=versions.get(framework, ""),
    )
