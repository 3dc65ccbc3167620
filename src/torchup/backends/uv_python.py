"""Finding the interpreters that uv keeps for torchup."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import msgspec

from torchup.backends.uv_process import STRAY, binary
from torchup.model.no_document import NO_DOCUMENT

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from torchup.host import Host
    from torchup.state.home import Home


class _Download(msgspec.Struct, frozen=True):
    """One row of uv's list."""

    url: str | None = None
    version: str = ""
    variant: str = "default"


INSTALL_MIRROR: Final = "UV_PYTHON_INSTALL_MIRROR"
"""Names what stands in for the makers' place; a folder may, as a ``file:`` address."""
_FOLDER = re.compile(r"^cpython-(?P<version>\d+(?:\.\d+)+)(?P<free>\+freethreaded)?-")


def find_python(host: Host, home: Home, minor: str) -> str | None:
    """Return the newest interpreter of a release line under the home, None if there is none.

    Args:
        host: the machine.
        home: where interpreters are kept.
        minor: ``3.12``, or ``3.14t`` for a free-threaded one.
    """
    found = []
    for name in host.listdir(str(home.pythons)):
        match = _FOLDER.match(name)
        if match is None:
            continue
        version = tuple(int(part) for part in match["version"].split("."))
        line = f"{version[0]}.{version[1]}" + ("t" if match["free"] else "")
        python = _program(home.pythons / name, line, host)
        if line == minor and host.is_executable(str(python)):
            found.append((version, str(python)))
    return max(found)[1] if found else None


def official_download_url(host: Host, minor: str) -> str:
    """Ask uv where its makers publish an interpreter, whatever mirror is set.

    Args:
        host: the machine.
        minor: the release line, such as ``3.13`` or ``3.14t``.
    """
    variables = {INSTALL_MIRROR: None, "UV_ASTRAL_MIRROR_URL": None}
    return download_url(host, env=variables, minor=minor)


def download_url(host: Host, env: Mapping[str, str | None] | None = None, minor: str = "") -> str:
    """Ask uv where it would take an interpreter from; empty where it knows none.

    The answer heeds the user's mirror (UV_PYTHON_INSTALL_MIRROR).

    Args:
        host: the machine.
        env: variables that uv is told otherwise; None takes one away.
        minor: the release line, empty for any.
    """
    program = binary(host)
    if program is None:
        return ""
    request = ("--only-downloads", "--show-urls", "--output-format", "json")
    said = host.run(
        [program, "python", "list", "cpython", *request],
        env={
            **dict.fromkeys(STRAY),
            "UV_NO_CONFIG": "1",
            "UV_PYTHON_DOWNLOADS": "manual",
            **(env or {}),
        },
    )
    try:
        found = msgspec.json.decode(said.out, type=list[_Download])
    except NO_DOCUMENT:
        return ""
    variant = "freethreaded" if minor.endswith("t") else "default"
    start = f"{minor.rstrip('t')}." if minor else ""
    fitting = (
        one.url
        for one in found
        if one.url and one.version.startswith(start) and (not minor or one.variant == variant)
    )
    return next(fitting, "")


def _program(folder: Path, line: str, host: Host) -> Path:
    return folder / "python.exe" if host.system == "windows" else folder / "bin" / f"python{line}"
