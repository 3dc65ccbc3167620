"""The file in which conda keeps where environments are: ``~/.conda/environments.txt``.

One folder on each line; conda, mamba and programs that ask them list what stands there (conda's
``env_manager``). It is the user's own file: lines of others stay as they are, and where it can't
be written the environment is as good as any other, and found by its path.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from torchup.apply.marker import has_marker
from torchup.early import read_file
from torchup.state.files import write_atomic

if TYPE_CHECKING:
    from torchup.host import Host
    from torchup.state.undo import Write


def keep_listed(host: Host, environment: Path) -> None:
    """See that conda's list says of an environment whether it is there.

    Args:
        host: the machine.
        environment: the folder; one that is not conda's is on the list only by mistake.
    """
    file = _file(host)
    if file is None:
        return
    if has_marker(environment) and (environment / "conda-meta").is_dir():
        with suppress(OSError):
            _add(file, str(environment))
    elif not os.path.lexists(environment):
        with suppress(OSError):
            _remove(file, str(environment))


def is_listed(host: Host, environment: Path) -> bool:
    """Tell whether conda's list names a folder."""
    return str(environment) in listed(host)


def listed(host: Host) -> list[str]:
    """Return what conda's list names, there or not; nothing where it can't be read."""
    file = _file(host)
    try:
        return [] if file is None else [line for line in _lines(file) if line.strip()]
    except OSError:
        return []


def unlisting(host: Host) -> Write | None:
    """Return the edit that takes out the lines of folders that are gone; None for no such line."""
    from torchup.state.undo import Write

    file = _file(host)
    data = host.read(str(file)) if file is not None else None
    if file is None or data is None:
        return None
    lines = data.decode("utf-8", "surrogateescape").splitlines(keepends=True)
    kept = "".join(one for one in lines if not one.strip() or not _is_gone(one.strip()))
    after = kept.encode("utf-8", "surrogateescape")
    return Write(path=str(file), data=after, was=data) if after != data else None


def _is_gone(folder: str) -> bool:
    return not os.path.lexists(folder)


def _file(host: Host) -> Path | None:
    home = host.env("USERPROFILE" if host.system == "windows" else "HOME")
    return Path(home) / ".conda" / "environments.txt" if home else None


def _lines(file: Path) -> list[str]:
    try:
        return read_file(file).decode("utf-8", errors="surrogateescape").splitlines()
    except FileNotFoundError:
        return []


def _add(file: Path, line: str) -> None:
    """Add a line; a process that is killed leaves the others whole."""
    known = _lines(file)
    if line in known:
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    _write(file, [*known, line])


def _remove(file: Path, line: str) -> None:
    known = _lines(file)
    if line in known:
        _write(file, [one for one in known if one != line])


def _write(file: Path, lines: list[str]) -> None:
    text = "".join(f"{one}\n" for one in lines)
    write_atomic(file, text.encode("utf-8", "surrogateescape"))
