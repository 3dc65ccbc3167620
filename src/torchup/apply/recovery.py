"""Cleaning up after a torchup that was killed."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from time import monotonic, sleep
from typing import TYPE_CHECKING, Final

from torchup.apply import journal, snapshot
from torchup.apply.conda_list import keep_listed
from torchup.apply.folders import discard, empty, trash_key, worded
from torchup.apply.marker import has_marker
from torchup.apply.moved import settle_move
from torchup.apply.names import name_key
from torchup.apply.places import drop_place, is_ours, placed_names
from torchup.errors import OutsideError
from torchup.host.lock import try_lock
from torchup.host.process import holders, identity, stop
from torchup.model import Text, text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from torchup.apply.journal import Entry
    from torchup.host import Host
    from torchup.host.lock import Lock
    from torchup.state.home import Home

#: Seconds that an orphaned installer gets to end by itself, and then to be gone.
GRACE: Final = 3.0
_PAUSE: Final = 0.02


def recover(host: Host, home: Home) -> tuple[Text, ...]:
    """Finish or undo what killed commands left; tell what was cleaned up.

    Costs three looks at folders where there is nothing to do. What a live torchup is working on is
    left alone. What can't be removed is told, and tried again next time.
    """
    said: list[Text] = []
    for key in journal.under_way(home):
        try:
            line = _settle(host, home, key)
        except OutsideError as error:
            line = text("apply.not-cleaned-up", path=home.environments, why=error.details["why"])
        if line is not None:
            said.append(line)
    for key, draft in journal.drafts(home):
        with suppress(OSError):
            _drop(home, key, draft)
    for entry in _trash(home):
        with suppress(OSError):
            _empty(home, entry)
    return tuple(said)


def settle_entry(host: Host, home: Home, entry: Entry) -> Text | None:
    """Bring one journalled change to an end; the caller holds the lock of its name.

    Returns:
        What was cleaned up, None where the environment turned out to be whole, or where it lies
        on a disk that is away: then the entry stays until that is there again.

    Raises:
        OutsideError: the folder can't be moved or removed.
    """
    name = _spelled(home, entry.name)
    environment = home.environment(name)
    if entry.action != "move" and _is_away(home, entry, name):
        return None
    try:
        said, ended = _settled(home, entry, name, environment)
        if not ended:
            return None
        for one in filter(None, (entry.name, entry.other)):
            keep_listed(host, home.environment(one))
        for place in filter(None, (entry.was, entry.to)):
            keep_listed(host, Path(place))
        journal.end(home, entry.name)
    except OSError as error:
        raise worded(error, environment) from error
    return said


def _settled(home: Home, entry: Entry, name: str, environment: Path) -> tuple[Text | None, bool]:
    """Do or undo what the entry says; False where that has to wait for a disk."""
    # A damaged entry says that it was a creation.
    if entry.action == "change" or snapshot.kept(home, name):
        undone = snapshot.put_back(home, name)
        return (text("apply.change-undone", name=name) if undone else None), True
    if entry.action == "move":
        return settle_move(home, entry)
    if entry.action == "rename" and has_marker(environment):
        said = text("apply.rename-finished", name=entry.name, was=entry.other)
        return said, _drop_old(home, entry.other)
    if entry.action in ("create", "rename") and not has_marker(environment):
        _drop_unfinished(home, name, environment)
        return text("apply.cleaned-up", name=entry.name), True
    if not os.path.lexists(environment):
        drop_place(home, name)
    return None, True


def _is_away(home: Home, entry: Entry, name: str) -> bool:
    """Tell whether the disk is away that an environment outside the home lies on.

    While one is changed it is there all the time, or what it was like before is.
    """
    there = home.elsewhere(name)
    if there is None or os.path.lexists(there):
        return False
    changed = entry.action == "change" and not snapshot.kept(home, name)
    return changed or not there.parent.is_dir()


def _spelled(home: Home, name: str) -> str:
    """An environment's name as it stands on the disk: a damaged entry knows its key alone."""
    with suppress(OSError):
        inside = [one.name for one in home.environments.iterdir()]
        for one in (*placed_names(home), *inside):
            if name_key(one) == name_key(name):
                return one
    return name


def _drop_unfinished(home: Home, name: str, environment: Path) -> None:
    """Remove what was begun and never finished.

    Raises:
        OSError: it can't be removed.
    """
    # Whole folders only: a link at this place was not made by torchup.
    made = os.path.lexists(environment) and not environment.is_symlink()
    if made and (home.elsewhere(name) is None or is_ours(environment)):
        discard(home, environment, name_key(name))
    drop_place(home, name)


def _drop_old(home: Home, name: str) -> bool:
    """Remove what an environment was called before; tell whether nobody else is at it.

    Raises:
        OSError: it can't be removed.
    """
    lock = _take(home, name_key(name))
    if lock is None:
        return False
    with lock:
        discard(home, home.environment(name), name_key(name))
        drop_place(home, name)
    return True


def stop_orphans(host: Host, home: Home, entry: Entry) -> bool:
    """Stop the installers that a dead torchup left running; tell whether the lock is free.

    Only processes that hold the lock, or that were journalled and still are the same, are
    touched. Nothing is done while the torchup that wrote the entry is alive.
    """
    owner = entry.owner
    if owner.pid and owner.started and identity(host, owner.pid) == owner.started:
        return False
    path = str(journal.lock_path(home, entry.name))
    for force in (False, True):
        left = {*holders(path), *_same(host, entry)} - {os.getpid()}
        stop(host, left, force=force)
        if _wait_free(path):
            return True
    return False


def _same(host: Host, entry: Entry) -> Iterable[int]:
    for child in entry.children:
        if child.started and identity(host, child.pid) == child.started:
            yield child.pid


def _wait_free(path: str) -> bool:
    until = monotonic() + GRACE
    while monotonic() < until:
        lock = try_lock(path)
        if lock is not None:
            lock.release()
            return True
        sleep(_PAUSE)
    return False


def _settle(host: Host, home: Home, key: str) -> Text | None:
    try:
        lock = _take(home, key)
        if lock is None:
            entry = journal.read_entry(home, key)
            if entry is not None and stop_orphans(host, home, entry):
                lock = _take(home, key)
    except OSError as error:
        raise worded(error, journal.lock_path(home, key)) from error
    if lock is None:
        return None
    with lock:
        entry = journal.read_entry(home, key)
        return settle_entry(host, home, entry) if entry is not None else None


def _take(home: Home, key: str) -> Lock | None:
    path = journal.lock_path(home, key)
    path.parent.mkdir(parents=True, exist_ok=True)
    return try_lock(str(path))


def _drop(home: Home, key: str, draft: Path) -> None:
    """Remove an entry whose writer was killed; a live one holds the lock."""
    lock = _take(home, key)
    if lock is not None:
        with lock:
            draft.unlink(missing_ok=True)


def _trash(home: Home) -> tuple[Path, ...]:
    try:
        return tuple(home.trash.iterdir())
    except OSError:
        return ()


def _empty(home: Home, entry: Path) -> None:
    """Remove something from the trash, unless a live torchup is at it."""
    lock = _take(home, trash_key(entry))
    if lock is not None:
        with lock:
            empty(entry)
