"""Where a system wants settings and data to lie.

platformdirs knows every system's rule. The commonest one, Linux's, is worked out here: loading
platformdirs and what it loads takes as long as everything else that a short command does before
it knows its settings. Nor is anything else loaded here that takes time.
"""

# Loading pathlib would take longer than all that is done here.
# ruff: noqa: PTH109, PTH111, PTH117, PTH118

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final, Literal

    from torchup.early import EarlyHost
    from torchup.host import Host

    Kind = Literal["config", "data"]

HOME_VARIABLE: Final = "TORCHUP_HOME"
APPLICATION: Final = "torchup"
_LINUX: Final[dict[Kind, tuple[str, str]]] = {
    "config": ("XDG_CONFIG_HOME", ".config"),
    "data": ("XDG_DATA_HOME", ".local/share"),
}
"""The variable that names the folder, and its default below the user's own.

https://specifications.freedesktop.org/basedir-spec/latest/
"""


def home_place(
    host: Host | EarlyHost, configured: str | None = None, *, named: str | None = None
) -> str:
    """Find the home's absolute path.

    It is the named one, ``TORCHUP_HOME``, the configured one, or the data folder.

    Raises:
        OutsideError: ``home.no-folder``: the path is relative, and the current folder was deleted.
    """
    return place_of(host, named or host.env(HOME_VARIABLE) or configured)


def place_of(host: Host | EarlyHost, chosen: str | None) -> str:
    """Return the absolute path of a home that was chosen, the data folder's where none was.

    Raises:
        OutsideError: ``home.no-folder``: the path is relative, and the current folder was deleted.
    """
    if chosen:
        path = os.path.expanduser(chosen)
        return path if os.path.isabs(path) else os.path.join(_here(), path)
    return user_folder(host, "data")


def _here() -> str:
    try:
        return os.getcwd()
    except OSError as error:
        from torchup.errors import OutsideError

        raise OutsideError("home.no-folder") from error


def user_folder(host: Host | EarlyHost, kind: Kind) -> str:
    """Return the folder where this user's settings or data of torchup belong.

    Args:
        host: whose system and variables count.
        kind: settings, or data.
    """
    found = _linux_folder(host, kind) if host.system == "linux" else None
    if found is None:
        import platformdirs

        asked = {"config": platformdirs.user_config_dir, "data": platformdirs.user_data_dir}
        found = asked[kind](APPLICATION, appauthor=False)
    return found


def _linux_folder(host: Host | EarlyHost, kind: Kind) -> str | None:
    """Follow the XDG specification; None where a variable that it needs is missing or relative."""
    variable, below = _LINUX[kind]
    named, home = host.env(variable), host.env("HOME")
    if named and named[0] == "/":
        return os.path.join(named, APPLICATION)
    if home and home[0] == "/":
        return os.path.join(home, below, APPLICATION)
    return None
