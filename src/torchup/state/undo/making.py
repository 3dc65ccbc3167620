"""Making the edits of a change, and putting back what was before them."""

from __future__ import annotations

import errno
import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from torchup.errors import OutsideError, UsageError
from torchup.state.files import write_atomic
from torchup.state.undo.edits import NEW_FILE, Edit, Link, Remove, Rename, Write
from torchup.state.undo.images import (
    ABSENT,
    RIGHTS,
    Image,
    digest_of,
    discard,
    is_folder,
    look,
    put,
    sweep,
)
from torchup.state.undo.records import Change, Part, copy_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torchup.state.home import Home


def part_of(edit: Edit) -> Part:
    """Look at what an edit would replace, and tell what it would put there.

    Raises:
        OutsideError: ``kept.changed``, ``kept.unwritable``, ``kept.unreadable``.
    """
    _see_possible(edit)
    path = Path(os.path.abspath(edit.path))  # noqa: PTH100 - links stay
    # Only a link that is to be written through is followed to its end.
    place = path.resolve() if isinstance(edit, Write) else path.parent.resolve() / path.name
    if not place.name:
        raise OutsideError("kept.unwritable", path=edit.path, why=os.strerror(errno.EISDIR))
    try:
        was = look(place)
    except OSError as error:
        raise _unreadable(error, edit.path) from error
    to = ""
    if isinstance(edit, Write):
        now = _written(edit, was, place)
    elif isinstance(edit, Remove):
        now = ABSENT
    elif isinstance(edit, Link):
        now = Image(kind="link", digest=edit.target)
    else:
        now, to = ABSENT, os.path.abspath(edit.to)  # noqa: PTH100 - as above
        if was.kind == "absent" or os.path.lexists(to):
            raise OutsideError("kept.changed", path=edit.path)
    target = Path(to) if to else place
    made = () if now.kind == "absent" and not to else _missing_above(target)
    return Part(path=edit.path, place=str(place), was=was, now=now, to=to, made=made)


def _see_possible(edit: Edit) -> None:
    """See that no path holds a NUL, which no file system takes: settings of others may name one.

    Raises:
        OutsideError: ``kept.unwritable``.
    """
    other = edit.to if isinstance(edit, Rename) else edit.target if isinstance(edit, Link) else ""
    if "\0" in edit.path or "\0" in other:
        raise OutsideError("kept.unwritable", path=edit.path, why=os.strerror(errno.EINVAL))


def _written(edit: Write, was: Image, place: Path) -> Image:
    if was.kind == "folder":
        raise OutsideError("kept.unwritable", path=place, why=os.strerror(errno.EISDIR))
    expected = edit.was
    if expected is not msgspec.UNSET:
        wanted = ABSENT.digest if expected is None else digest_of(expected)
        if (was.kind == "absent") != (expected is None) or was.digest != wanted:
            raise OutsideError("kept.changed", path=edit.path)
    kept = was.mode if was.kind == "file" else NEW_FILE
    mode = (kept if edit.mode is None else edit.mode) & RIGHTS
    return Image(kind="file", digest=digest_of(edit.data), mode=mode)


def _missing_above(place: Path) -> tuple[str, ...]:
    missing = [str(one) for one in place.parents if not one.exists()]
    return tuple(reversed(missing))


def see_apart(parts: Sequence[Part]) -> None:
    """See that parts don't touch each other.

    Raises:
        UsageError: ``undo.twice``: two touch one path, or one what the other holds.
    """
    places = [Path(one) for part in parts for one in (part.place, part.to) if one]
    for place in places:
        inside = [one for one in places if one == place or place in one.parents]
        if len(inside) > 1:
            raise UsageError("undo.twice", path=inside[-1])


def make(edit: Edit, part: Part) -> None:
    """Make an edit.

    Raises:
        OSError: it can't be made.
    """
    place = Path(part.place)
    Path(part.to or part.place).parent.mkdir(parents=True, exist_ok=True)
    if isinstance(edit, Write):
        write_atomic(place, edit.data, mode=part.now.mode)
    elif isinstance(edit, Remove):
        discard(place)
    elif isinstance(edit, Link):
        if part.was.kind == "folder":
            discard(place)
        beside = place.with_name(f".{place.name}.{os.getpid()}.tmp")
        beside.symlink_to(edit.target)
        beside.replace(place)
    else:
        place.replace(part.to)


def put_back(home: Home, found: Change) -> None:
    """Put everything back, the last edit first; one that was never made is passed over.

    Raises:
        OSError: something can't be written; what is left is put back at the next try.
    """
    for part in reversed(found.parts):
        place = Path(part.place)
        if part.to:
            if not os.path.lexists(place) and os.path.lexists(part.to):
                Path(part.to).replace(place)
            continue
        sweep(place)
        if look(place).same(part.was):
            if part.was.kind == "file":
                os.utime(place, ns=(part.was.modified, part.was.modified))
        else:
            if part.was.kind in ("absent", "folder") or is_folder(place):
                discard(place)
            if part.was.kind != "absent":
                place.parent.mkdir(parents=True, exist_ok=True)
                put(copy_of(home, found, part), place, part.was)
    for folder in {folder: None for part in reversed(found.parts) for folder in part.made[::-1]}:
        with suppress(OSError):  # somebody else put something there
            Path(folder).rmdir()
    discard(home.kept / found.id)


def refused(error: OSError, path: Path) -> OutsideError:
    """Return the error that a failed write means."""
    why = error.strerror or type(error).__name__
    return OutsideError("kept.unwritable", path=error.filename or path, why=why)


def _unreadable(error: OSError, path: str) -> OutsideError:
    why = error.strerror or type(error).__name__
    return OutsideError("kept.unreadable", path=path, why=why)
