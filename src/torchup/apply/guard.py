"""Changing an environment that isn't torchup's own: whole, or as it was, and so that it is undone.

It has no lock and no journal of torchup's. A copy that shares its files stands beside the ledger
while the change is made; whoever is killed meanwhile has it put back by the next command.
"""

from __future__ import annotations

import errno
import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from torchup.apply.journal import Process
from torchup.apply.left import GUARD
from torchup.apply.tree import copy_tree
from torchup.early import read_file
from torchup.errors import NoAnswerError, OutsideError
from torchup.host.process import identity
from torchup.model import text
from torchup.model.no_document import NO_DOCUMENT
from torchup.state.files import write_atomic

if TYPE_CHECKING:
    from collections.abc import Callable

    from torchup.host import Host
    from torchup.state.home import Home
    from torchup.state.undo import Change

_NOTE: Final = "note.json"
_TREE: Final = "tree"


class _Note(msgspec.Struct, frozen=True):
    """Which folder a guard is of, and who works at it."""

    folder: str
    owner: Process


def may_guard(home: Home, folder: Path) -> bool:
    """Tell whether a copy of a folder would share its files: one volume, and leave to write."""
    try:
        home.kept.mkdir(parents=True, exist_ok=True)
        same = folder.stat().st_dev == home.kept.stat().st_dev
    except OSError:
        return False
    return same and os.access(folder, os.W_OK) and hasattr(os, "link")


def guarded(
    host: Host, home: Home, folder: Path, *, name: str, command: str, work: Callable[[], None]
) -> None:
    """Change a folder; put it back on any failure, and let ``undo`` take it back afterwards.

    Args:
        host: the machine.
        home: where what was is kept; on the same volume.
        folder: the environment.
        name: what it is called.
        command: the command that does it, ``repair`` or ``undo``.
        work: changes the folder.

    Raises:
        OutsideError: ``repair.guard``, ``undo.guard``: no copy could be made; nothing was changed.
        BaseException: whatever ``work`` raised, after everything was put back.
    """
    from torchup.state import undo
    from torchup.state.undo.images import discard

    guard = home.kept / f"{GUARD}{os.getpid()}"
    try:
        _stand_by(host, guard, folder)
    except OSError as error:
        with suppress(OSError):
            discard(guard)
        why = error.strerror or type(error).__name__
        code = "undo.guard" if command == "undo" else "repair.guard"
        raise OutsideError(code, path=folder, why=why) from error
    try:
        work()
    except BaseException:
        _put_back(guard, folder)
        raise
    with undo.keeping(
        host,
        home,
        before=guard / _TREE,
        folder=folder,
        what=text(f"undo.what.{command}", name=name),
        command=command,
        about=name,
    ):
        discard(guard)


def _stand_by(host: Host, guard: Path, folder: Path) -> None:
    from torchup.state.undo.images import discard

    discard(guard)
    guard.mkdir(parents=True, mode=0o700)
    copy_tree(folder, guard / _TREE)
    owner = Process(pid=os.getpid(), started=identity(host, os.getpid()))
    note = _Note(str(folder), owner)
    write_atomic(guard / _NOTE, msgspec.json.encode(note), durable=True)


def _put_back(guard: Path, folder: Path) -> None:
    from torchup.state.undo.images import discard
    from torchup.state.undo.trees import compare, restore

    with suppress(OSError):  # the next command tries again
        restore(folder, compare(guard / _TREE, folder), guard / _TREE)
        discard(guard)


def settle_guards(host: Host, home: Home) -> None:
    """Put back what a killed torchup was changing; what a live one is at is left alone."""
    for guard in home.kept.glob(f"{GUARD}*"):
        try:
            note = msgspec.json.decode(read_file(guard / _NOTE), type=_Note)
        except (OSError, *NO_DOCUMENT):
            number = guard.name.removeprefix(GUARD)  # nothing was changed yet
            if not (number.isdigit() and identity(host, int(number))):
                from torchup.state.undo.images import discard

                with suppress(OSError):
                    discard(guard)
            continue
        if identity(host, note.owner.pid) != note.owner.started:
            _put_back(guard, Path(note.folder))


def see_there_elsewhere(home: Home, found: Change, *, force: bool) -> None:
    """See that an environment that isn't torchup's is still there.

    Args:
        home: where what was is kept.
        found: the change.
        force: see, too, that what is there now can be kept.

    Raises:
        NoAnswerError: ``undo.environment-gone``.
        OutsideError: ``undo.guard``.
    """
    folder = Path(found.folder)
    if not folder.is_dir():
        raise NoAnswerError("undo.environment-gone", name=found.about, path=found.folder)
    if force and not may_guard(home, folder):
        why = errno.EXDEV if os.access(folder, os.W_OK) else errno.EACCES
        raise OutsideError("undo.guard", path=folder, why=os.strerror(why))


def undo_elsewhere(host: Host, home: Home, found: Change, *, force: bool) -> None:
    """Make an environment that isn't torchup's again what it was before a change.

    It can be repeated where it was cut off: what is right already stays.

    Args:
        host: the machine.
        home: where what was is kept.
        found: the change; it is gone from the ledger afterwards.
        force: also where something was changed since. What is there now becomes a change of its
            own, so that it isn't lost either.

    Raises:
        NoAnswerError: ``undo.environment-gone``, ``undo.folder-changed``, ``undo.changed-by``,
            ``undo.lost``: nothing was changed.
        OutsideError: ``undo.half-way``; ``undo.guard``, ``kept.unwritable``: with force,
            what is there now can't be kept, or not be changed, so nothing was changed.
    """
    from torchup.state import undo

    see_there_elsewhere(home, found, force=force)
    differing = (undo.see_folder_kept if force else undo.see_folder_intact)(home, found)
    folder = Path(found.folder)

    def put_back() -> None:
        try:
            undo.put_folder_back(home, found, differing)
        except OSError as error:
            why = error.strerror or type(error).__name__
            path = error.filename or found.folder
            code = "kept.unwritable" if force else "undo.half-way"  # the guard puts all back
            raise OutsideError(code, path=path, why=why, id=found.id) from error

    if force:
        guarded(host, home, folder, name=found.about, command="undo", work=put_back)
    else:
        put_back()
    undo.forget(home, found)
