"""VS Code and programs built from it: their settings, and the interpreter that somebody picked.

https://code.visualstudio.com/docs/configure/settings#_settings-file-locations
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from msgspec.json import decode

from torchup.integrate.ides import jsonc
from torchup.model.ides import Profile

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchup.host import Host

INTERPRETER: Final = "python.defaultInterpreterPath"
"""The setting that is read until somebody picks an interpreter for the folder."""
ACTIVATES: Final = "python.terminal.activateEnvironment"
"""Whether new terminals enter the environment; true where nothing is said."""
SEARCHED: Final = "python.venvPath"
"""The folder whose environments are offered; a user's setting only."""
RESET: Final = "Python: Clear Workspace Interpreter Setting"
"""The command that lets the setting count again (the extension's "Setting descriptions")."""
_PROGRAMS: Final = {
    "Code": "VS Code",
    "Code - Insiders": "VS Code Insiders",
    "Code - OSS": "Code - OSS",
    "VSCodium": "VSCodium",
    "Cursor": "Cursor",
    "Windsurf": "Windsurf",
    "Positron": "Positron",
    "Trae": "Trae",
}
"""Folders of settings and what the programs are called; all read ``.vscode/settings.json``."""
_SERVERS: Final = {
    ".vscode-server": "VS Code (remote)",
    ".cursor-server": "Cursor (remote)",
    ".windsurf-server": "Windsurf (remote)",
}
"""What is worked with from another machine (SSH, WSL, a container) has its part here."""
_MACHINE: Final = "data/Machine"
_PICKED: Final = re.compile(r"(?:^|_)WORKSPACE_FOLDER_INTERPRETER_PATH_(?P<folder>.+)$")
_EXTENSION: Final = "ms-python.python"
_VARIABLE: Final = re.compile(r"\$\{(?P<name>[^}]+)\}")


def profiles(host: Host) -> tuple[Profile, ...]:
    """Find the settings folders that are there, those of its part for remote work too."""
    places = {f"{_root(host)}/{folder}/User": name for folder, name in _PROGRAMS.items()}
    for folder, name in _SERVERS.items():
        places[f"{_home(host)}/{folder}/{_MACHINE}"] = name
    return tuple(
        Profile(kind="vscode", name=name, folder=folder)
        for folder, name in places.items()
        if host.is_dir(folder)
    )


def user_settings(profile: Profile) -> str:
    """Return the file of a user's own settings."""
    return f"{profile.folder}/settings.json"


def workspace_settings(folder: str) -> str:
    """Return the file of a folder's settings, which all of these programs read."""
    return f"{folder}/.vscode/settings.json"


def setting(host: Host, path: str, key: str) -> str:
    """Return a setting that is a text; empty where there is none.

    Raises:
        MalformedError: the file can't be read.
    """
    data = host.read(path)
    value = jsonc.get(data.decode("utf-8-sig", "replace"), key) if data else None
    return value if isinstance(value, str) else ""


def meant(host: Host, value: str, folder: str) -> str:
    """Fill in the variables of a path (``${workspaceFolder}``, ``${env:NAME}``, ``~``)."""

    def filled(found: re.Match[str]) -> str:
        name = found["name"]
        if name in ("workspaceFolder", "workspaceRoot"):
            return folder
        if name == "userHome":
            return _home(host)
        return host.env(name[4:]) or "" if name.startswith("env:") else found[0]

    path = _VARIABLE.sub(filled, value)
    if path.startswith(("~/", "~\\")):
        path = _home(host) + path[1:]
    absolute = path.startswith("/") or re.match(r"[A-Za-z]:", path) or not ({"/", "\\"} & {*path})
    return path if absolute else f"{folder}/{path.removeprefix('./')}"


def picked(host: Host, profile: Profile, folder: str) -> str | None:
    """Return the interpreter that somebody picked for a folder by hand; empty for none.

    The extension keeps it in the program's own store (``interpreterPathService.ts``). None where
    that can't be read, as under Python 3.10, whose SQLite opens no database in memory, and where
    the store lies on the machine that is worked from.
    """
    if profile.folder.endswith(_MACHINE):
        return None
    data = host.read(f"{profile.folder}/globalStorage/state.vscdb")
    if data is None:
        return ""
    stored = _stored(data)
    if stored is None:
        return None
    wanted = {_plain(folder), _plain(host.real_path(folder))}
    for key, value in stored.items():
        found = _PICKED.search(key)
        if found and _plain(found["folder"]) in wanted and isinstance(value, str) and value:
            return value
    return ""


def _stored(data: bytes) -> dict[str, object] | None:
    try:
        import sqlite3
    except ImportError:  # a Python without it
        return None
    if not hasattr(sqlite3.Connection, "deserialize"):
        return None
    with_it = sqlite3.connect(":memory:")
    try:
        with_it.deserialize(data)  # type: ignore[attr-defined]  # from Python 3.11 on
        row = with_it.execute("SELECT value FROM ItemTable WHERE key = ?", (_EXTENSION,)).fetchone()
        return decode(row[0], type=dict[str, object]) if row else {}
    except (sqlite3.Error, ValueError, OverflowError):
        return None
    finally:
        with_it.close()


def _plain(path: str) -> str:
    """A path as it is compared: on Windows letters' case and the slashes' direction don't count."""
    slashed = path.replace("\\", "/").rstrip("/")
    return slashed.lower() if re.match(r"[A-Za-z]:", slashed) else slashed


def _root(host: Host) -> str:
    if host.system == "windows":
        return (host.env("APPDATA") or "").replace("\\", "/")
    if host.system == "macos":
        return f"{_home(host)}/Library/Application Support"
    return host.env("XDG_CONFIG_HOME") or f"{_home(host)}/.config"


def _home(host: Host) -> str:
    return (host.env("USERPROFILE" if host.system == "windows" else "HOME") or "").rstrip("/\\")


def found_by_itself(host: Host, folder: str) -> Iterator[str]:
    """Name the interpreters that the extension finds in a folder, in its order."""
    inside = "Scripts/python.exe" if host.system == "windows" else "bin/python"
    for name in (".venv", "venv", ".conda"):
        path = f"{folder}/{name}/{inside}"
        if host.is_executable(path):
            yield path
