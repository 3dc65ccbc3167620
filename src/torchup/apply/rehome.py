"""Taking a whole home to another folder: environments, uv's cache beside them, interpreters.

Until the setting names the new folder the old home is used and stays as it is; from then on the
new one is, and what is left of the old one goes. A note in each of the two tells of the other
meanwhile. A copy that was cut off is gone on with, or given up, when the user says so: it may be
many gigabytes.
"""

from __future__ import annotations

import os
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from torchup.apply import journal
from torchup.apply.conda_list import keep_listed
from torchup.apply.environments import names
from torchup.apply.folders import remove_tree
from torchup.apply.mirror import Mirror
from torchup.apply.name_locks import in_use
from torchup.apply.places import placed_names
from torchup.apply.rehoming import lasting, read_note, write_notes
from torchup.apply.relink import relink
from torchup.apply.relocation import Relocation
from torchup.apply.volume import refused
from torchup.errors import OutsideError
from torchup.host.lock import try_lock
from torchup.state.home import LASTING, MOVING, PASSING, Home

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from torchup.apply.rehoming import Rehoming
    from torchup.apply.steps import StepLog
    from torchup.host import Host
    from torchup.host.lock import Lock
    from torchup.host.real import RealHost

_LOCK: Final = ".home.lock"
_WORDED: Final = frozenset({"envs", "pythons"})
"""The folders whose files hold full paths; in the others only links do."""
_ORDER: Final = ("cache", *(one for one in LASTING if one != "cache"))
"""The cache goes first: what environments share with it then is linked to it."""


def move_home(
    host: RealHost, rehoming: Rehoming, switch: Callable[[], None], *, log: StepLog
) -> None:
    """Move a home; on any failure before the switch it is where it was, and nothing is left.

    Args:
        host: the machine.
        rehoming: what :func:`torchup.apply.rehoming.check_rehoming` returned.
        switch: lets the new home be the one that is used, at once.
        log: takes down the steps; after an error they read ``undone``.

    Raises:
        OutsideError: ``apply.busy``; ``rehome.unsettled``; what the disks refuse.
    """
    old, new = rehoming.old, rehoming.new
    with _held(new), ExitStack() as held:
        for name in rehoming.names:
            held.enter_context(in_use(host, old, name))
        try:
            with log.step("copy", str(new.root)):
                write_notes(old, new)
                _copy(rehoming)
            _see_unchanged(rehoming)
            with log.step("switch", str(new.root)):
                switch()
        except BaseException as error:
            with suppress(OSError):
                _drop_copy(old, new)
            log.undo()
            if isinstance(error, OSError):
                raise refused(error, new.root) from error
            raise
    with log.step("delete", str(old.root)), suppress(OSError, OutsideError):
        finish(host, new)  # the next command tries again


def finish(host: Host, new: Home) -> bool:
    """Remove the old home once the new one is used; tell whether there was anything to do.

    Raises:
        OSError: something can't be removed.
        OutsideError: ``rehome.busy``: another torchup is at it.
    """
    note = read_note(new)
    if note is None or note.role != "new":
        return False
    old = Home(note.other)
    with _held(new):
        relocation = Relocation((str(old.root), str(new.root)))
        for name in placed_names(new):
            relink(new.environment(name), relocation)
        for one in lasting(old):
            remove_tree(one)
        (old.root / MOVING).unlink(missing_ok=True)
        for passing in PASSING:
            if (old.root / passing).is_dir():
                remove_tree(old.root / passing)
        with suppress(OSError):  # something else lies there
            old.root.rmdir()
        for name in names(new):
            keep_listed(host, old.environment(name))
            keep_listed(host, new.environment(name))
        (new.root / MOVING).unlink()
    return True


def give_up(old: Home) -> bool:
    """Remove what was copied of a home that stays; tell whether there was anything.

    Raises:
        OSError: something can't be removed.
        OutsideError: ``rehome.busy``: it is being copied now.
    """
    note = read_note(old)
    if note is None or note.role != "old":
        return False
    new = Home(note.other)
    if not new.root.is_dir():  # its disk is away, or it was removed by hand
        (old.root / MOVING).unlink()
        return True
    with _held(new):
        _drop_copy(old, new)
    return True


def is_live(new: Home) -> bool:
    """Tell whether a torchup is moving a home to this folder just now."""
    if not new.locks.is_dir():
        return False
    try:
        with _held(new):
            return False
    except OutsideError:
        return True


def _see_unchanged(rehoming: Rehoming) -> None:
    """See that no environment came or went while the others were copied.

    Raises:
        OutsideError: ``rehome.unsettled``.
    """
    old = rehoming.old
    if names(old) != rehoming.names or journal.under_way(old):
        raise OutsideError("rehome.unsettled", path=old.root)


def _copy(rehoming: Rehoming) -> None:
    old, new = str(rehoming.old.root), str(rehoming.new.root)
    mirror = Mirror(Relocation((old, new)), linked=rehoming.linked)
    for name in _ORDER:
        if (rehoming.old.root / name).is_dir():
            source, target = f"{old}{os.sep}{name}", f"{new}{os.sep}{name}"
            mirror.folder(source, target, worded=name in _WORDED)
    if not rehoming.linked and hasattr(os, "sync"):
        os.sync()  # the other disk must have it before this one lets it go


def _drop_copy(old: Home, new: Home) -> None:
    note = read_note(new)
    if note is not None and note.role == "new" and Path(note.other) == old.root:
        for one in lasting(new):
            remove_tree(one)
        (new.root / MOVING).unlink(missing_ok=True)
    (old.root / MOVING).unlink(missing_ok=True)
    with suppress(OSError):  # Windows keeps what is open, and others may have things there
        (new.locks / _LOCK).unlink()
        new.locks.rmdir()
        new.root.rmdir()


@contextmanager
def _held(new: Home) -> Iterator[None]:
    """Hold the lock of a move to a home.

    Raises:
        OutsideError: ``rehome.busy``; ``move.refused``: nothing can be written there.
    """
    path = new.locks / _LOCK
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock: Lock | None = try_lock(str(path))
    except OSError as error:
        raise refused(error, new.root) from error
    if lock is None:
        raise OutsideError("rehome.busy", path=new.root)
    with lock:
        yield
