"""Where a system wants settings and data to lie.

platformdirs knows every system's rule. The commonest one, Linux's, is worked out here: loading
platformdirs and what it loads takes as long as everything else that a short command does before
it knows its settings.
"""

# Loading pathlib would take longer than all that is done here.
# ruff: noqa: PTH118

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from torchup.host import Host

Kind = Literal["config", "data"]
APPLICATION: Final = "torchup"
_LINUX: Final[dict[Kind, tuple[str, str]]] = {
    "config": ("XDG_CONFIG_HOME", ".config"),
    "data": ("XDG_DATA_HOME", ".local/share"),
}
"""The variable that names the folder, and its default below the user's own.

https://specifications.freedesktop.org/basedir-spec/latest/
"""


def user_folder(host: Host, kind: Kind) -> str:
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


def _linux_folder(host: Host, kind: Kind) -> str | None:
    """Follow the XDG specification; None where a variable that it needs is missing or relative."""
    variable, below = _LINUX[kind]
    named, home = host.env(variable), host.env("HOME")
    if named and named[0] == "/":
        return os.path.join(named, APPLICATION)
    if home and home[0] == "/":
        return os.path.join(home, below, APPLICATION)
    return None
