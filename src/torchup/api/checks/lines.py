"""Where a variable is set: the lines of the files that shells read when they start."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchup.host import Host
    from torchup.model.finding import Finding

_OF_HOME: Final = (
    ".bashrc",
    ".bash_profile",
    ".bash_login",
    ".profile",
    ".zshenv",
    ".zprofile",
    ".zshrc",
    ".config/fish/config.fish",
)
"""bash(1), zsh(1) and fish(1), each under "FILES" or "INVOCATION"."""
_OF_SYSTEM: Final = ("/etc/environment", "/etc/profile", "/etc/bash.bashrc", "/etc/zsh/zshenv")
_SCRIPTS: Final = "/etc/profile.d"
_VARIABLES: Final = {
    "pythonpath-set": "PYTHONPATH",
    "pythonhome-set": "PYTHONHOME",
    "library-path-cuda": "LD_LIBRARY_PATH",
}
"""The code of a finding → the variable that it is about."""


def with_lines(host: Host, finding: Finding) -> Finding:
    """Let a finding about a variable rest on the lines that set it, where they are found."""
    name = _VARIABLES.get(finding.code)
    lines = tuple(lines_setting(host, name)) if name else ()
    return replace(finding, because=(*finding.because, *lines)) if lines else finding


def lines_setting(host: Host, name: str) -> Iterator[str]:
    """Name each line that sets a variable, as ``file:number: line``."""
    setting = re.compile(
        rf"^\s*(?:(?:export|typeset\s+-x|declare\s+-x)\s+)?{name}=|^\s*set\s+(?:-\w+\s+)+{name}\b"
    )
    for path in _files(host):
        said = (host.read(path) or b"").decode("utf-8", "replace")
        for number, line in enumerate(said.splitlines(), 1):
            if setting.search(line):
                yield f"{path}:{number}: {line.strip()}"


def _files(host: Host) -> Iterator[str]:
    if host.system == "windows":
        return
    home = host.env("HOME")
    if home:
        yield from (f"{home}/{one}" for one in _OF_HOME)
    yield from _OF_SYSTEM
    yield from (f"{_SCRIPTS}/{one}" for one in host.listdir(_SCRIPTS) if one.endswith(".sh"))
