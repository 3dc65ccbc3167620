"""The ledger's entries: changes that were made, and the copies of what was before."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from torchup.early import read_file
from torchup.errors import NoAnswerError, UsageError
from torchup.model import Text
from torchup.model.no_document import NO_DOCUMENT
from torchup.state.undo.images import ABSENT, Image, look
from torchup.state.undo.trees import Differing, missing, odd

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from torchup.state.home import Home

ENTRY: Final = "entry.json"
DIFFERING: Final = "differing.json"
TREE: Final = "tree"


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """One path of a change.

    Attributes:
        path: as it was named.
        place: where it is when links are followed as far as the edit follows them.
        was: what was there.
        now: what the change put there.
        to: the new name, where it was renamed.
        made: the folders above it that the change made, the outermost first.
    """

    path: str
    place: str
    was: Image
    now: Image
    to: str = ""
    made: tuple[str, ...] = ()


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """A change that was made.

    Attributes:
        id: what it is called.
        at: when, in ISO form (UTC).
        command: the command that made it.
        what: what it was for, in the user's words.
        parts: what it did, in order.
        done: whether all of it was made.
        about: the environment that it belongs to, empty for none.
        folder: the folder that was changed as a whole, where no parts are told.
    """

    id: str
    at: str
    command: str
    what: Text
    parts: tuple[Part, ...] = ()
    done: bool = False
    about: str = ""
    folder: str = ""


def changes(home: Home) -> tuple[Change, ...]:
    """Return the changes that can be undone, the oldest first."""
    found = (_entry(one) for one in sorted(home.kept.glob(f"*/{ENTRY}")))
    return tuple(one for one in found if one is not None)


def unreadable(home: Home) -> tuple[Path, ...]:
    """Return the folders of changes that can't be read: damaged, or of a newer torchup."""
    return tuple(one.parent for one in sorted(home.kept.glob(f"*/{ENTRY}")) if _entry(one) is None)


def newest(home: Home, paths: Sequence[str] = ()) -> Change | None:
    """Return the last change, of some files where they are named.

    One that can be undone counts before a later one that can't, since the file changed since.
    """
    places = {str(Path(one).resolve()) for one in paths}
    found = [
        one
        for one in changes(home)
        if not places or all(part.place in places for part in one.parts)
    ]
    counting = [one for one in found if intact(home, one)]
    return next(reversed(counting or found), None)


def find(home: Home, name: str) -> Change:
    """Return the change of a name; ``last`` is the newest.

    Raises:
        NoAnswerError: ``undo.nothing``: there is none at all; ``undo.unreadable``: it can't be
            read. One that can't be read is still the last one: what came before it is not undone
            in its stead.
        UsageError: ``undo.unknown``.
    """
    found, damaged = changes(home), unreadable(home)
    for lost in damaged:
        last = lost == damaged[-1] and (not found or lost.name > found[-1].id)
        if lost.name == name or (name == "last" and last):
            raise NoAnswerError("undo.unreadable", path=lost)
    if not found:
        raise NoAnswerError("undo.nothing")
    if name == "last":
        return found[-1]
    for one in found:
        if one.id == name:
            return one
    raise UsageError("undo.unknown", id=name, last=found[-1].id)


def intact(home: Home, found: Change) -> bool:
    """Tell whether everything is still as the change left it, so that it can be undone."""
    try:
        if found.folder:
            same = not odd(Path(found.folder), differing_of(home, found))
        else:
            same = all(not is_odd(part) for part in found.parts)
        return same and not is_lost(home, found)
    except (OSError, *NO_DOCUMENT):
        return False


def is_lost(home: Home, found: Change) -> bool:
    """Tell whether what was before a change isn't kept any more, so that nothing brings it back."""
    try:
        if found.folder:
            return bool(missing(differing_of(home, found), home.kept / found.id / TREE))
        return not kept_whole(home, found)
    except (OSError, *NO_DOCUMENT):
        return True


def kept_whole(home: Home, found: Change) -> bool:
    """Tell whether all that a change of files needs to be taken back is still kept.

    Raises:
        OSError: a file can't be read.
    """
    return all(
        part.to
        or part.was.kind == "absent"
        or _is_whole(copy_of(home, found, part), part.was)
        or look(Path(part.place)).same(part.was)
        for part in found.parts
    )


def _is_whole(copy: Path, was: Image) -> bool:
    if was.kind == "folder":  # reading all of it takes long
        return copy.is_dir()
    kept = look(copy)
    return (kept.kind, kept.digest) == (was.kind, was.digest)


def differing_of(home: Home, found: Change) -> Differing:
    """Return what a change of a whole folder did.

    Raises:
        OSError, msgspec.DecodeError: nobody can tell any more.
    """
    return msgspec.json.decode(read_file(home.kept / found.id / DIFFERING), type=Differing)


def before(home: Home, found: Change, part: Part) -> bytes | None:
    """Return what a file was before a change; None where there was no plain file."""
    if part.was.kind != "file" or part.to:
        return None
    return read_file(copy_of(home, found, part))


def is_odd(part: Part) -> bool:
    """Tell whether something else is there than what was before the change or is after it.

    Raises:
        OSError: it can't be read.
    """
    now = look(Path(part.place))
    if not part.to:
        return not (now.same(part.now) or now.same(part.was))
    there = look(Path(part.to))
    renamed = now.same(ABSENT) and there.same(part.was)
    return not (renamed or (now.same(part.was) and there.same(ABSENT)))


def copy_of(home: Home, found: Change, part: Part) -> Path:
    """Return where what was before a part of a change lies."""
    return home.kept / found.id / str(found.parts.index(part))


def _entry(path: Path) -> Change | None:
    if not path.is_file():  # a device or a pipe has no end
        return None
    try:
        found = msgspec.json.decode(read_file(path), type=Change)
    except (OSError, *NO_DOCUMENT):
        return None
    whole = bool(found.parts or found.folder) and not any("\0" in one for one in _paths(found))
    return found if whole and found.id == path.parent.name else None


def _paths(found: Change) -> Iterator[str]:
    """Every path that a change is about: none can hold a NUL, so one that does is damaged."""
    yield found.folder
    for part in found.parts:
        yield from (part.path, part.place, part.to, *part.made)
        yield from (image.digest for image in (part.was, part.now) if image.kind == "link")


def free_name(home: Home, stem: str) -> str:
    """A name for a change that sorts behind all that are there."""
    name = re.compile(rf"{re.escape(stem)}(?:-([0-9]+))?")  # others may lie beside: a backup
    found = (name.fullmatch(one.name) for one in home.kept.glob(f"{stem}*"))
    taken = [int(one[1] or 0) for one in found if one]
    return f"{stem}-{max(taken) + 1:04}" if taken else stem
