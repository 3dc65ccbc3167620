"""Changing what is in an environment: done whole, or as it was."""

from __future__ import annotations

from contextlib import nullcontext, suppress
from datetime import datetime
from typing import TYPE_CHECKING, Final

from torchup.apply import journal, snapshot
from torchup.apply.create import Site, note_children
from torchup.apply.environments import require
from torchup.apply.folders import empty, prepare_home, worded
from torchup.apply.marker import RECEIPT, RECORDS, has_marker, read_marker, write_marker
from torchup.apply.name_locks import take_lock
from torchup.apply.size import SIZE_FILE
from torchup.apply.steps import StepLog
from torchup.errors import NoAnswerError, TorchupError, UsageError
from torchup.host.process import holders, stop
from torchup.model import text

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path

    from torchup.host.real import RealHost
    from torchup.model import EnvRecord
    from torchup.state.home import Home
    from torchup.state.undo import Change

PASSING: Final = tuple(f"{RECORDS}/{name}" for name in (RECEIPT, SIZE_FILE))
"""What is written in an environment without changing it."""


def change_environment(
    host: RealHost,
    home: Home,
    name: str,
    work: Callable[[Site], EnvRecord],
    *,
    log: StepLog | None = None,
    command: str = "",
) -> EnvRecord:
    """Change an environment under its lock, with a journal; put it back on any failure.

    Args:
        host: the machine; the commands it starts from now on inherit the lock.
        home: where environments are kept.
        name: the environment.
        work: changes the folder at ``site.path`` and returns the record that becomes the marker.
        log: takes down the steps; after an error they read ``undone``.
        command: the command that does it, under which ``undo`` lists it; empty for a change that
            can't be undone.

    Raises:
        NoAnswerError: ``apply.no-such-environment``.
        UsageError: ``apply.linked-environment``: it lies elsewhere, and only a link is here.
        OutsideError: ``apply.busy`` and what the disk refuses.
        BaseException: whatever ``work`` raised, after everything was put back.
    """
    name = require(home, name)
    prepare_home(home)
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
        _finish(host, home, name, command)
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


def _finish(host: RealHost, home: Home, name: str, command: str) -> None:
    """Let the old state go, but for what ``undo`` needs; from here on the new one counts."""
    try:
        with _undoable(host, home, name, command):
            old = snapshot.drop(home, name)
            journal.end(home, name)
    except OSError as error:
        raise worded(error, home.snapshots) from error
    if old is not None:
        with suppress(OSError):  # the next command tries again
            empty(old)


def _undoable(host: RealHost, home: Home, name: str, command: str) -> AbstractContextManager[None]:
    before = snapshot.place_of(home, name)
    if not command or not before.is_dir():
        return nullcontext()
    from torchup.state import undo

    return undo.keeping(
        host,
        home,
        before=before,
        folder=home.environment(name),
        what=text(f"undo.what.{command.partition(' ')[0]}", name=name),
        command=command,
        about=name,
        passing=PASSING,
    )


def see_there(home: Home, found: Change) -> None:
    """See that the environment of a change is still the one at its place.

    Raises:
        NoAnswerError: ``undo.environment-gone``: it was deleted, renamed or moved since, or made
            anew.
    """
    there = home.environment(found.about)
    if not has_marker(there) or str(there) != found.folder or _made_since(there, found.at):
        raise NoAnswerError("undo.environment-gone", name=found.about, path=found.folder)


def _made_since(environment: Path, at: str) -> bool:
    with suppress(ValueError, TypeError, OSError, TorchupError):  # a damaged record tells nothing
        created = read_marker(environment).created
        return datetime.fromisoformat(created) > datetime.fromisoformat(at)
    return False


def undo_change(host: RealHost, home: Home, found: Change, *, force: bool = False) -> None:
    """Make an environment again what it was before a change; it is whole, or as it is now.

    Args:
        host: the machine.
        home: where environments are kept.
        found: the change, out of the ledger; it is gone from there afterwards.
        force: also where something was changed since. What is there now becomes a change of its
            own, so that it isn't lost either.

    Raises:
        NoAnswerError: ``undo.environment-gone``: it was deleted, renamed or moved since;
            ``undo.folder-changed`` and ``undo.changed-by``: it was changed since; ``undo.lost``.
        OutsideError: as :func:`change_environment`.
    """
    from torchup.state import undo

    def work(site: Site) -> EnvRecord:
        see_there(home, found)
        look = undo.see_folder_kept if force else undo.see_folder_intact
        differing = look(home, found)
        with site.log.step("undo"):
            undo.put_folder_back(home, found, differing)
        return read_marker(site.path)

    see_there(home, found)
    if force:  # who doesn't force has been checked before
        undo.see_folder_kept(home, found)
    change_environment(host, home, found.about, work, command="undo" if force else "")
    undo.forget(home, found)


def _undo(host: RealHost, home: Home, site: Site) -> None:
    """Stop what still runs, put the environment back, then remove the journal's entry.

    What can't be put back keeps its entry: the next command tries again.
    """
    stop(host, holders(str(journal.lock_path(home, site.name))), force=True)
    with suppress(OSError):
        snapshot.put_back(home, site.name)
        journal.end(home, site.name)
    site.log.undo()
