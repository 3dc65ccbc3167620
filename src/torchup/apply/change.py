"""Changing what is in an environment: done whole, or as it was."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from torchup.apply import journal, snapshot
from torchup.apply.create import Site, note_children, take_lock
from torchup.apply.environments import require
from torchup.apply.folders import empty, prepare, worded
from torchup.apply.marker import has_marker, write_marker
from torchup.apply.steps import StepLog
from torchup.errors import NoAnswerError, UsageError
from torchup.host.process import holders, stop

if TYPE_CHECKING:
    from collections.abc import Callable

    from torchup.host.real import RealHost
    from torchup.model import EnvRecord
    from torchup.state.home import Home


def change_environment(
    host: RealHost,
    home: Home,
    name: str,
    work: Callable[[Site], EnvRecord],
    *,
    log: StepLog | None = None,
) -> EnvRecord:
    """Change an environment under its lock, with a journal; put it back on any failure.

    Args:
        host: the machine; the commands it starts from now on inherit the lock.
        home: where environments are kept.
        name: the environment.
        work: changes the folder at ``site.path`` and returns the record that becomes the marker.
        log: takes down the steps; after an error they read ``undone``.

    Raises:
        NoAnswerError: ``apply.no-such-environment``.
        UsageError: ``apply.linked-environment``: it lies elsewhere, and only a link is here.
        OutsideError: ``apply.busy`` and what the disk refuses.
        BaseException: whatever ``work`` raised, after everything was put back.
    """
    name = require(home, name)
    prepare(home)
    lock = take_lock(host, home, name)
    with lock:
        path = home.environment(name)
        if not has_marker(path):  # deleted just now
            raise NoAnswerError("apply.no-such-environment", name=name)
        if path.is_symlink():
            raise UsageError("apply.linked-environment", name=name, path=path.resolve())
        host.hold(lock)
        site = Site(name=name, path=path, log=log or StepLog())
        try:
            record = _changed(host, home, site, work)
        except BaseException:
            _undo(host, home, site)
            raise
        _finish(home, name)
    return record


def _changed(
    host: RealHost, home: Home, site: Site, work: Callable[[Site], EnvRecord]
) -> EnvRecord:
    try:
        entry = journal.begin(host, home, "change", site.name)
        with site.log.step("keep"):
            snapshot.take(home, site.name)
    except OSError as error:
        raise worded(error, home.snapshots) from error
    host.on_start = note_children(host, home, entry)
    try:
        record = work(site)
    except OSError as error:
        raise worded(error, site.path) from error
    finally:
        host.on_start = None
    try:
        write_marker(site.path, record)
    except OSError as error:
        raise worded(error, site.path) from error
    return record


def _finish(home: Home, name: str) -> None:
    """Let the old state go; from here on the new one counts."""
    try:
        old = snapshot.drop(home, name)
        journal.end(home, name)
    except OSError as error:
        raise worded(error, home.snapshots) from error
    if old is not None:
        with suppress(OSError):  # the next command tries again
            empty(old)


def _undo(host: RealHost, home: Home, site: Site) -> None:
    """Stop what still runs, put the environment back, then remove the journal's entry.

    What can't be put back keeps its entry: the next command tries again.
    """
    stop(host, holders(str(journal.lock_path(home, site.name))), force=True)
    with suppress(OSError):
        snapshot.put_back(home, site.name)
        journal.end(home, site.name)
    site.log.undo()
