"""The journal: what is under way, on disk before anything of it exists.

One JSON file per environment name. It is written through to the disk before the first change and
removed after the last, so whatever a crash leaves behind has an entry that tells whose it is.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Final, Literal

import msgspec

from torchup.apply.names import name_key
from torchup.early import read_file
from torchup.host.process import identity
from torchup.model.no_document import NO_DOCUMENT
from torchup.state.files import write_atomic

if TYPE_CHECKING:
    from pathlib import Path

    from torchup.host import Host
    from torchup.state.home import Home

Action = Literal["create", "delete", "change", "rename", "move"]
_SUFFIX: Final = ".json"


class Process(msgspec.Struct, frozen=True, kw_only=True):
    """A process, by its number and the time that it started."""

    pid: int
    started: str = ""


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One change under way. ``children`` are the installers that torchup started for it.

    ``other`` is the environment's name so far, where it is given a new one. ``was`` and ``to`` are
    the folders that it is moved from and to.
    """

    action: Action
    name: str
    owner: Process
    since: str = ""
    children: tuple[Process, ...] = ()
    other: str = ""
    was: str = ""
    to: str = ""


def entry_path(home: Home, name: str) -> Path:
    """Return where the entry for a name is kept."""
    return home.journal / f"{name_key(name)}{_SUFFIX}"


def lock_path(home: Home, name: str) -> Path:
    """Return the lock file of a name; names that a disk may confuse share one."""
    return home.locks / f"{name_key(name)}.lock"


def begin(
    host: Host,
    home: Home,
    action: Action,
    name: str,
    *,
    other: str = "",
    was: str = "",
    to: str = "",
) -> Entry:
    """Write that this process starts to change an environment.

    Args:
        host: the machine.
        home: where environments are kept.
        action: what is done.
        name: the environment.
        other: its name so far, where it gets a new one.
        was: where it lies so far, where it is moved.
        to: where it is moved to.

    Raises:
        OSError: it can't be written.
    """
    owner = Process(pid=os.getpid(), started=identity(host, os.getpid()))
    since = host.now().isoformat()
    entry = Entry(action=action, name=name, owner=owner, since=since, other=other, was=was, to=to)
    write_entry(home, entry, durable=True)
    _settle(home.journal)
    return entry


def write_entry(home: Home, entry: Entry, *, durable: bool = False) -> None:
    """Write an entry; through to the disk only where nothing large has been written yet.

    On common file systems waiting for one small file means waiting for everything: measured,
    five seconds after an installation of 700 MB. A killed process needs no such wait.

    Raises:
        OSError: it can't be written.
    """
    write_atomic(entry_path(home, entry.name), msgspec.json.encode(entry), durable=durable)


def read_entry(home: Home, name: str) -> Entry | None:
    """Return the entry for a name, None where there is none.

    A damaged entry counts as a creation by a process that is gone.
    """
    try:
        data = read_file(entry_path(home, name))
    except OSError:
        return None
    try:
        return msgspec.json.decode(data, type=Entry)
    except NO_DOCUMENT:
        return Entry(action="create", name=name, owner=Process(pid=0))


def end(home: Home, name: str) -> None:
    """Remove the entry for a name: the change is done, or undone."""
    with suppress(FileNotFoundError):
        entry_path(home, name).unlink()


def under_way(home: Home) -> tuple[str, ...]:
    """Return the keys of all entries; costs one look at a folder."""
    try:
        names = [entry.name for entry in home.journal.iterdir()]
    except OSError:
        return ()
    return tuple(
        sorted(n[: -len(_SUFFIX)] for n in names if n.endswith(_SUFFIX) and not n.startswith("."))
    )


def drafts(home: Home) -> tuple[tuple[str, Path], ...]:
    """Return entries that were being written, each with its key: of a live process, or left."""
    return tuple(
        (path.name[1:].partition(_SUFFIX)[0], path) for path in home.journal.glob(".*.tmp")
    )


def _settle(folder: Path) -> None:
    """Wait until the disk has the folder's new names; Windows does so by itself."""
    if sys.platform != "win32":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
