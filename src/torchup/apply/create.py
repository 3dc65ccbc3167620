"""Making an environment: whole, or not at all."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from torchup.apply import journal
from torchup.apply.conda_list import keep_listed
from torchup.apply.folders import (
    check_room,
    discard,
    out_of_sight,
    prepare_home,
    remove_tree,
    worded,
)
from torchup.apply.marker import LOCK, RECORDS, has_marker, write_marker
from torchup.apply.name_locks import check_free, take_lock
from torchup.apply.names import check_name, name_key
from torchup.apply.places import drop_place, write_place
from torchup.apply.steps import StepLog
from torchup.host.process import holders, identity, stop

if TYPE_CHECKING:
    from collections.abc import Callable

    from torchup.host import Host
    from torchup.host.real import RealHost
    from torchup.model import Artifact, EnvRecord
    from torchup.state.home import Home


class Site(msgspec.Struct, frozen=True, kw_only=True):
    """The place where an environment is being made."""

    name: str
    path: Path
    log: StepLog

    @property
    def records(self) -> Path:
        """The folder for torchup's own records; it exists."""
        return self.path / RECORDS

    @property
    def pylock(self) -> Path:
        """Where the lock is kept, and installed from."""
        return self.records / LOCK

    def empty(self) -> None:
        """Remove everything but the records, for an environment that gets another Python.

        Raises:
            OSError: something can't be removed (files in use on Windows).
        """
        for entry in self.path.iterdir():
            if entry.name != RECORDS:
                remove_tree(entry) if entry.is_dir() and not entry.is_symlink() else entry.unlink()


def create_environment(
    host: RealHost,
    home: Home,
    name: str,
    work: Callable[[Site], EnvRecord],
    *,
    artifacts: tuple[Artifact, ...] = (),
    log: StepLog | None = None,
    instead_of: str = "",
    beside: Path | None = None,
) -> EnvRecord:
    """Make an environment under its lock, with a journal; undo everything on any failure.

    Args:
        host: the machine; the commands it starts from now on inherit the lock.
        home: where environments are kept.
        name: the new environment's name.
        work: fills the folder at ``site.path`` and returns the record that becomes the marker.
        artifacts: the files to be installed, to check the disk's room where sizes are known.
        log: takes down the steps; after an error they read ``undone``.
        instead_of: the environment that goes when this one is whole; the caller holds its lock.
        beside: an environment outside the home in whose folder this one will lie too.

    Raises:
        UsageError: ``apply.name-…``, ``apply.in-use`` or ``apply.path-in-use``.
        OutsideError: ``apply.busy``, ``apply.no-room`` and what the disk refuses.
        BaseException: whatever ``work`` raised, after everything was undone.
    """
    name = check_name(name)
    prepare_home(home)
    lock = take_lock(host, home, name)
    with lock:
        path = beside.with_name(name) if beside else home.environment(name)
        check_free(home, name, path)
        check_room(host, home, artifacts)
        host.hold(lock)
        site = Site(name=name, path=path, log=log or StepLog())
        try:
            return _build(host, home, site, work, instead_of)
        except BaseException:
            if not _took_the_place(home, site, instead_of):
                _undo(host, home, site)
            raise


def _took_the_place(home: Home, site: Site, instead_of: str) -> bool:
    """Tell whether a renaming went past where it can be undone: the next command finishes it."""
    old = home.environment(instead_of)
    return bool(instead_of) and has_marker(site.path) and not has_marker(old)


def _build(
    host: RealHost,
    home: Home,
    site: Site,
    work: Callable[[Site], EnvRecord],
    instead_of: str,
) -> EnvRecord:
    action: journal.Action = "rename" if instead_of else "create"
    try:
        entry = journal.begin(host, home, action, site.name, other=instead_of)
        write_place(home, site.name, site.path)
        site.records.mkdir(parents=True)
    except OSError as error:
        raise worded(error, site.path) from error
    host.on_start = note_children(host, home, entry)
    try:
        record = work(site)
    finally:
        host.on_start = None
    try:
        write_marker(site.path, record)
        if instead_of:
            out_of_sight(home, home.environment(instead_of), name_key(instead_of))
            drop_place(home, instead_of)
            keep_listed(host, home.environment(instead_of))
        keep_listed(host, site.path)
        journal.end(home, site.name)
    except OSError as error:
        raise worded(error, site.path) from error
    return record


def note_children(host: Host, home: Home, entry: journal.Entry) -> Callable[[int], None]:
    """Journal each command that is started, for systems that can't tell who holds a lock."""
    seen: list[journal.Process] = []

    def note(pid: int) -> None:
        seen.append(journal.Process(pid=pid, started=identity(host, pid)))
        journal.write_entry(home, msgspec.structs.replace(entry, children=tuple(seen)))

    return note


def _undo(host: Host, home: Home, site: Site) -> None:
    """Stop what still runs, remove the folder, then the journal's entry.

    What can't be removed keeps its entry: the next command tries again.
    """
    stop(host, holders(str(journal.lock_path(home, site.name))), force=True)
    with suppress(OSError):
        discard(home, site.path, name_key(site.name))
        drop_place(home, site.name)
        journal.end(home, site.name)
    site.log.undo()
