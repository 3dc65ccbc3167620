"""Which shell torchup was started from."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from torchup.host import Host
    from torchup.integrate.shells import Kind

_KINDS: Final[dict[str, Kind]] = {
    **dict.fromkeys(("bash", "sh", "dash", "ash", "ksh", "mksh", "busybox"), "bash"),
    "zsh": "zsh",
    "fish": "fish",
    **dict.fromkeys(("pwsh", "powershell"), "powershell"),
    "cmd": "cmd",
}
"""Programs and the kind of shell that they are; the POSIX family reads what bash reads."""
_OTHERS: Final = frozenset({"tcsh", "csh", "nu", "xonsh", "elvish", "rc"})
"""Shells that torchup has no lines for: nothing beyond them is looked at."""
_FARTHEST: Final = 6
"""How many processes up a shell is looked for: uv, a bootstrap and ``env`` may stand between."""
_PARENT: Final = 1
"""Where the parent's number stands in /proc/PID/stat, after the name (proc(5))."""


def kind_of(program: str) -> Kind | None:
    """Tell what kind of shell a program is, by its path or name; None for any other program."""
    return _KINDS.get(program_name(program))


def detect(host: Host) -> tuple[Kind | None, str]:
    """Find the shell that torchup was started from.

    Linux tells the processes above this one. Elsewhere, and where none of them is a shell, the
    variable ``SHELL`` counts; on Windows PowerShell is told from the command prompt by its folders
    of modules, to which it adds the user's own.

    Returns:
        The kind, None where it can't be told, and the shell's name.
    """
    above = _above(host)
    if above:
        return _KINDS.get(above), above
    named = host.env("SHELL") or ""
    if named:
        return kind_of(named), program_name(named)
    if host.system != "windows":
        return None, "?"
    modules = (host.env("PSModulePath") or "").lower()
    profile = (host.env("USERPROFILE") or "?").lower()
    kind: Kind = "powershell" if profile in modules else "cmd"
    return kind, kind


def _above(host: Host) -> str:
    """The nearest shell above this process, empty where none is seen."""
    process = "self"
    for _ in range(_FARTHEST):
        fields = (host.read(f"/proc/{process}/stat") or b"").rpartition(b")")[2].split()
        if len(fields) <= _PARENT:
            return ""
        process = fields[_PARENT].decode()
        name = (host.read(f"/proc/{process}/comm") or b"").decode("utf-8", "replace").strip()
        if name in _KINDS or name in _OTHERS:
            return name
    return ""


def program_name(program: str) -> str:
    """Return a program's name without its folder, Windows' ending and the dash of a login shell."""
    last = re.split(r"[\\/]", program.strip())[-1].lower()
    return last.removesuffix(".exe").lstrip("-")
