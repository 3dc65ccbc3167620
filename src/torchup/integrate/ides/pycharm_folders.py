"""The folders in which each version of PyCharm keeps its settings, and who has them open."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from torchup.model.ides import Profile

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchup.host import Host

_FOLDER: Final = re.compile(r"(PyCharm|PyCharmCE|PyCharmEdu|DataSpell)(\d{4}\.\d)$")
_OLD: Final = re.compile(r"\.(PyCharm|PyCharmCE|PyCharmEdu)(\d{4}\.\d)$")
_EDITIONS: Final = {
    "PyCharm": "PyCharm",
    "PyCharmCE": "PyCharm Community",
    "PyCharmEdu": "PyCharm Edu",
    "DataSpell": "DataSpell",
}
"""``PyCharm`` was Professional's folder up to 2024, and is the one edition's since 2025.1."""
_RUNS: Final = (b"java", b"charm", b"dataspell")
"""What the command line of such a process names."""


def profiles(host: Host) -> tuple[Profile, ...]:
    """Find the settings of every version that was ever started, the newest last."""
    found = sorted(_folders(host))
    return tuple(
        Profile(kind="pycharm", name=name, folder=folder, process=_process(host, folder))
        for _, name, folder in found
    )


def user_home(host: Host) -> str:
    """Return the user's folder, which these files call ``$USER_HOME$``."""
    return (host.env("USERPROFILE" if host.system == "windows" else "HOME") or "").rstrip("/\\")


def _folders(host: Host) -> Iterator[tuple[str, str, str]]:
    """Name every version's folder: its version, what it is called, where it is."""
    home = user_home(host)
    if host.system == "windows":
        root = f"{(host.env('APPDATA') or '').replace(chr(92), '/')}/JetBrains"
    elif host.system == "macos":
        root = f"{home}/Library/Application Support/JetBrains"
    else:
        root = f"{host.env('XDG_CONFIG_HOME') or home + '/.config'}/JetBrains"
    for name in host.listdir(root):
        found = _FOLDER.match(name)
        if found:
            yield found[2], f"{_EDITIONS[found[1]]} {found[2]}", f"{root}/{name}"
    # Up to 2019.3: https://intellij-support.jetbrains.com/hc/en-us/articles/206544519
    preferences = f"{home}/Library/Preferences"
    for name in host.listdir(preferences if host.system == "macos" else home):
        found = (_FOLDER if host.system == "macos" else _OLD).match(name)
        folder = f"{preferences}/{name}" if host.system == "macos" else f"{home}/{name}/config"
        if found and host.is_dir(folder):
            yield found[2], f"{_EDITIONS[found[1]]} {found[2]}", folder


def _process(host: Host, folder: str) -> int:
    """Who has the settings open: since 2023.1 the number of that process stands in ``.lock``.

    A file that was left over may hold the number of any other process by now (``DirectoryLock``).
    """
    said = (host.read(f"{folder}/.lock") or b"").strip()
    if not said.isdigit():
        return 0
    from torchup.host.process import identity

    line = host.read(f"/proc/{int(said)}/cmdline")
    if line is not None and not any(one in line.lower() for one in _RUNS):
        return 0
    return int(said) if identity(host, int(said)) else 0
