"""Names of environments: which are free, and the lock under which one is worked on."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from torchup.apply import journal
from torchup.apply.adopted import adopted_names, read_adopted
from torchup.apply.environments import names
from torchup.apply.folders import worded
from torchup.apply.marker import has_marker
from torchup.apply.names import name_key
from torchup.apply.recovery import settle_entry, stop_orphans
from torchup.errors import OutsideError, UsageError
from torchup.host.lock import try_lock

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from torchup.host import Host
    from torchup.host.lock import Lock
    from torchup.host.real import RealHost
    from torchup.state.home import Home


def take_lock(host: Host, home: Home, name: str) -> Lock:
    """Take a name's lock, and clean up what a killed command left under that name.

    Raises:
        OutsideError: ``apply.busy``, when another torchup is working on it.
    """
    path = journal.lock_path(home, name)
    try:
        lock = try_lock(str(path))
        entry = journal.read_entry(home, name)
        if lock is None and entry is not None and stop_orphans(host, home, entry):
            lock = try_lock(str(path))
    except OSError as error:
        raise worded(error, path) from error
    if lock is None:
        raise OutsideError("apply.busy", name=name)
    entry = journal.read_entry(home, name)
    if entry is not None:
        try:
            settle_entry(host, home, entry)
        except BaseException:
            lock.release()
            raise
    return lock


@contextmanager
def in_use(host: RealHost, home: Home, name: str) -> Iterator[None]:
    """Hold a name's lock while something is done inside its environment.

    The commands that are started meanwhile hold it too. A home that can't be written has no locks,
    and nobody can delete anything there.

    Raises:
        OutsideError: ``apply.busy``, when another torchup is working on it; what keeps a change
            that was cut off from being brought to an end.
    """
    try:
        lock = take_lock(host, home, name)
    except OutsideError as error:
        unsettled = journal.read_entry(home, name) is not None
        if error.code == "apply.busy" or unsettled:
            raise
        yield
        return
    with lock:
        host.hold(lock)
        try:
            yield
        finally:
            host.let_go(lock)


def check_case(home: Home, name: str) -> None:
    """See that no environment's name differs from a new one in case alone.

    Raises:
        UsageError: ``apply.in-use-as``.
    """
    key = name_key(name)
    known = (*names(home), *adopted_names(home))
    other = next((one for one in known if one != name and name_key(one) == key), None)
    if other is not None:
        raise UsageError("apply.in-use-as", name=name, other=other)


def check_free(home: Home, name: str, path: Path | None = None) -> None:
    """See that nothing has the name yet; the caller holds its lock.

    Args:
        home: where environments are kept.
        name: the name that something new is to have.
        path: where it will lie; by default in the home.

    Raises:
        UsageError: ``apply.in-use`` for an environment, ``apply.in-use-as`` for one whose name
            differs in case alone, ``apply.path-in-use`` for anything else.
    """
    check_case(home, name)
    if name in adopted_names(home):
        raise UsageError("apply.in-use", name=name, path=read_adopted(home, name).path)
    if name in names(home):
        raise UsageError("apply.in-use", name=name, path=home.environment(name))
    path = path or home.environment(name)
    if not os.path.lexists(path):
        return
    if has_marker(path):
        raise UsageError("apply.in-use", name=name, path=path)
    raise UsageError("apply.path-in-use", name=name, path=path)
