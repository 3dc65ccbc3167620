"""Paths that are longer than Windows takes as it is usually set up."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from torchup.facts.load import load_catalogue
from torchup.model import Reason

if TYPE_CHECKING:
    from torchup.host import Host

_MOST: Final = 259
"""Characters of a path, the end mark of its 260 not counted.

https://learn.microsoft.com/windows/win32/fileio/maximum-file-path-limitation
"""
_INSIDE: Final = "\\Lib\\site-packages\\"
_SETTING: Final = (r"HKLM\SYSTEM\CurrentControlSet\Control\FileSystem", "LongPathsEnabled")
_TIME_LIMIT: Final = 5.0  # seconds
_ON: Final = re.compile(r"LongPathsEnabled\s+REG_DWORD\s+0x0*1\b")


def long_paths(host: Host, environment: str) -> tuple[Reason, ...]:
    """Warn of an environment in which the framework's deepest files can't be opened.

    What installs them can write them all the same; compilers, pip and the Explorer can't read them.

    Args:
        host: the machine.
        environment: where the environment lies, or will.
    """
    if host.system != "windows":
        return ()
    longest = load_catalogue().framework.longest_path
    length = len(environment) + len(_INSIDE) + longest
    if not longest or length <= _MOST:
        return ()
    key, value = _SETTING
    done = host.run(("reg", "query", key, "/v", value), timeout=_TIME_LIMIT)
    if _ON.search(done.out):
        return ()
    return (
        Reason(
            code="paths-too-long",
            effect="warn",
            subject=environment,
            needs=str(_MOST),
            has=str(length),
            about=str(_MOST - len(_INSIDE) - longest),
        ),
    )
