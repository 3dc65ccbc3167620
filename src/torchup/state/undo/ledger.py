"""The ledger of changes: what was is on the disk before anything changes.

Each change has a folder in ``home.kept``: ``entry.json`` and a copy of what each edit replaces.
The folder gets its name when all copies are there; ``entry.json`` says ``done`` when all edits
are made. A change that isn't done and that nobody is at is put back by whoever looks next.
"""

from __future__ import annotations

from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from torchup.early import read_file
from torchup.errors import NoAnswerError, OutsideError
from torchup.host.lock import try_lock
from torchup.state.files import write_atomic
from torchup.state.undo.edits import Edit, Link, Remove, Write
from torchup.state.undo.images import discard, keep
from torchup.state.undo.making import make, part_of, put_back, refused, see_apart
from torchup.state.undo.records import (
    ENTRY,
    Change,
    Part,
    changes,
    copy_of,
    free_name,
    intact,
    is_odd,
    kept_whole,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from torchup.host import Host
    from torchup.model import Text
    from torchup.state.home import Home

DRAFT: Final = ".draft-"


def change(
    host: Host,
    home: Home,
    *,
    what: Text,
    edits: Sequence[Edit],
    command: str = "",
    about: str = "",
) -> Change:
    """Change files so that it can be undone: all of them, or none.

    Args:
        host: the machine, for the time.
        home: where what was is kept.
        what: what it is for; ``undo`` shows it.
        edits: what to do, in order; no two may touch the same path.
        command: the command that does it.
        about: the environment that it belongs to.

    Raises:
        UsageError: ``undo.twice``: two edits touch one path.
        OutsideError: ``kept.busy``: another torchup is changing such files; ``kept.changed``:
            somebody changed one meanwhile; ``kept.unwritable``, ``kept.unreadable``. Nothing was
            changed.
    """
    with alone(home):
        return _change(host, home, what=what, edits=edits, command=command, about=about)


def _change(
    host: Host, home: Home, *, what: Text, edits: Sequence[Edit], command: str, about: str
) -> Change:
    parts = tuple(part_of(one) for one in edits)
    see_apart(parts)
    at = host.now()
    found = Change(
        id=free_name(home, f"{at:%Y%m%d-%H%M%S}"),
        at=at.isoformat(timespec="seconds"),
        command=command,
        what=what,
        parts=parts,
        about=about,
    )
    try:
        _write_down(home, found)
    except OSError as error:
        with suppress(OSError):
            discard(home.kept / f"{DRAFT}{found.id}")
        raise refused(error, home.kept) from error
    try:
        for edit, part in zip(edits, parts, strict=True):
            make(edit, part)
        return _note(home, msgspec.structs.replace(found, done=True))
    except BaseException as error:
        with suppress(OSError):
            put_back(home, found)
        if isinstance(error, OSError):
            raise refused(error, Path(found.parts[0].path)) from error
        raise


def undo(host: Host, home: Home, found: Change, *, force: bool = False) -> None:
    """Put back exactly what was before a change of files; a later one of the same goes first.

    A change of a whole folder is put back by :func:`torchup.state.undo.put_folder_back`.

    Args:
        host: the machine, for the time.
        home: where what was is kept.
        found: the change; it is gone from the ledger afterwards.
        force: put back even what was changed since. What is there now becomes a change of its
            own, so that it isn't lost either.

    Raises:
        NoAnswerError: ``kept.changed-since``, ``undo.changed-by``: it was changed since, by
            somebody or by a later change of torchup's; ``undo.by-hand``: something is in the way
            that can't be replaced; ``undo.lost``: what was is gone. Nothing was undone.
        OutsideError: ``kept.busy``, ``kept.unwritable``.
    """
    with alone(home):
        odd = _odd_parts(found.parts)
        if odd and not force:
            _refuse(home, found, odd[0])
        _see_kept(home, found)
        edits = [_back(home, found, part) for part in odd]
        if odd:
            _change(host, home, what=found.what, edits=edits, command="undo", about=found.about)
        try:
            # Whoever is killed from here on has it finished by the next who looks.
            _note(home, msgspec.structs.replace(found, done=False))
            put_back(home, found)
        except OSError as error:
            raise refused(error, Path(found.parts[0].path)) from error


def see_intact(home: Home, found: Change, parts: Sequence[Part] | None = None) -> None:
    """See that everything is as a change of files left it.

    Args:
        home: where what was is kept.
        found: the change.
        parts: those of its parts that count, all where none are named.

    Raises:
        NoAnswerError, OutsideError: as :func:`undo`.
    """
    odd = _odd_parts(found.parts if parts is None else parts)
    if odd:
        _refuse(home, found, odd[0])
    _see_kept(home, found)


def _see_kept(home: Home, found: Change) -> None:
    try:
        whole = kept_whole(home, found)
    except OSError as error:
        raise refused(error, Path(found.parts[0].path)) from error
    if not whole:
        raise NoAnswerError("undo.lost", id=found.id)


def _odd_parts(parts: Sequence[Part]) -> list[Part]:
    try:
        return [part for part in parts if is_odd(part)]
    except OSError as error:
        raise refused(error, Path(parts[0].path)) from error


def _back(home: Home, found: Change, part: Part) -> Edit:
    """The edit that puts a part back over whatever is there."""
    if part.was.kind == "absent":
        return Remove(path=part.place)
    if part.was.kind == "link" and not part.to:
        return Link(path=part.place, target=part.was.digest)
    if part.was.kind == "file" and not part.to:
        data = read_file(copy_of(home, found, part))
        return Write(path=part.place, data=data, mode=part.was.mode)
    raise _by_hand(home, found, part)


def _by_hand(home: Home, found: Change, part: Part) -> NoAnswerError:
    copy = part.to or copy_of(home, found, part)
    return NoAnswerError("undo.by-hand", path=part.path, copy=copy)


def _refuse(home: Home, found: Change, part: Part) -> None:
    later = [
        one
        for one in changes(home)
        if one.id > found.id and any(other.place == part.place for other in one.parts)
    ]
    if later:
        raise NoAnswerError("undo.changed-by", path=part.path, id=later[-1].id)
    if part.to or part.was.kind == "folder":  # force can't either
        raise _by_hand(home, found, part)
    copy = copy_of(home, found, part)
    raise NoAnswerError("kept.changed-since", path=part.path, copy=copy, id=found.id)


def _write_down(home: Home, found: Change) -> None:
    draft = home.kept / f"{DRAFT}{found.id}"
    draft.mkdir(parents=True, mode=0o700)
    home.kept.chmod(0o700)
    for number, part in enumerate(found.parts):
        if part.was.kind != "absent" and not part.to:
            gone = part.now.kind == "absent"
            keep(Path(part.place), draft / str(number), linked=gone)
    write_atomic(draft / ENTRY, msgspec.json.encode(found), durable=True, mode=0o600)
    draft.replace(home.kept / found.id)


def _note(home: Home, found: Change) -> Change:
    write_atomic(home.kept / found.id / ENTRY, msgspec.json.encode(found), mode=0o600)
    return found


@contextmanager
def alone(home: Home) -> Iterator[None]:
    """Hold the ledger, and put back what a killed torchup left half-made."""
    path = home.locks / "kept-files.lock"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = try_lock(str(path))
    except OSError as error:
        raise refused(error, path) from error
    if lock is None:
        raise OutsideError("kept.busy")
    with lock:
        _settle(home)
        yield


def _settle(home: Home) -> None:
    for one in (*home.kept.glob(f"{DRAFT}*"), *home.kept.glob(".*.gone")):
        with suppress(OSError):
            discard(one)
    for found in changes(home):
        if not (found.done or found.folder) and intact(home, found):
            with suppress(OSError):  # it stays in the list
                put_back(home, found)
