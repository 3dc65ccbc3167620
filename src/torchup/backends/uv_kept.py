"""Which of a lock's files uv has on this machine: asked of uv itself, one file after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchup.backends.lock_reading import tables_of
from torchup.backends.lock_writing import row_text
from torchup.backends.uv_process import call
from torchup.model.names import canonical_name

if TYPE_CHECKING:
    from pathlib import Path

    from torchup.host import Host
    from torchup.model import Artifact
    from torchup.state.home import Home


def not_kept(  # noqa: PLR0917  # as the backends' own functions
    host: Host, home: Home, lock: str, artifacts: tuple[Artifact, ...], minor: str, into: Path
) -> tuple[Artifact, ...]:
    """Name the files of a lock that can't be installed without a network.

    Each is installed by itself into a folder that is thrown away: how uv's cache is laid out
    changes with its versions, what uv can install from it doesn't lie.

    Args:
        host: the machine.
        home: whose cache is looked at.
        lock: the lock.
        artifacts: the files that would be installed.
        minor: the release line of Python that they are for.
        into: a work folder, on the cache's own disk.
    """
    tables = {canonical_name(one["name"]): one for one in tables_of(lock)}
    lone = into / "pylock.toml"
    gone = []
    for one in artifacts:
        lone.write_text(row_text([tables[canonical_name(one.name)]], minor), encoding="utf-8")
        where = ("--target", str(into / "kept"), "--python-version", minor.rstrip("t"))
        done = call(host, home, "pip", "install", "--offline", "--no-deps", *where, "-r", str(lone))
        if done.code:
            gone.append(one)
    return tuple(gone)
