"""Whether a home can be moved, and the notes by which the two homes know of each other."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

import msgspec

from torchup.apply import journal
from torchup.apply.environments import names, require
from torchup.apply.places import placed_names
from torchup.apply.usage import Tree
from torchup.apply.volume import can_link, check_space
from torchup.early import read_file
from torchup.errors import OutsideError, UsageError
from torchup.model.no_document import NO_DOCUMENT
from torchup.state.files import write_atomic
from torchup.state.home import LASTING, MOVING, Home

if TYPE_CHECKING:
    from torchup.host import Host

_FETCHED: Final = frozenset({"cache", "facts"})
"""Folders whose content can be fetched again."""


class Note(msgspec.Struct, frozen=True, kw_only=True):
    """What one of the two homes says: which it is, and where the other one lies."""

    role: Literal["old", "new"]
    other: str


class Rehoming(msgspec.Struct, frozen=True, kw_only=True):
    """A home that can be moved. ``size`` is the bytes to be copied, 0 where they are linked."""

    old: Home
    new: Home
    names: tuple[str, ...]
    linked: bool
    size: int = 0


def has_something(home: Home) -> bool:
    """Tell whether a folder holds anything of a home."""
    return any(lasting(home))


def check_rehoming(host: Host, old: Home, new: Home) -> Rehoming:
    """See that a home can be moved; changes nothing.

    Raises:
        NoAnswerError: ``apply.place-gone``: the disk of an environment outside it is away.
        UsageError: ``rehome.inside``; ``rehome.not-empty``.
        OutsideError: ``rehome.unsettled``; ``move.no-room``.
    """
    here, there = old.root.resolve(), new.root.resolve()
    if here in there.parents or there in here.parents:
        raise UsageError("rehome.inside", old=old.root, new=new.root)
    note = read_note(new)
    begun = note is not None and note.role == "new" and Path(note.other) == old.root
    if not begun and _is_lived_in(new):
        raise UsageError("rehome.not-empty", path=new.root)
    if journal.under_way(old) or _inside(old.trash) or _inside(old.snapshots):
        raise OutsideError("rehome.unsettled", path=old.root)
    for name in placed_names(old):
        require(old, name)
    linked = can_link(old.root, new.root, old.locks)
    size = 0 if linked else Tree(*lasting(old)).size
    check_space(host, new.root, size - (Tree(*lasting(new)).size if begun and size else 0))
    return Rehoming(old=old, new=new, names=names(old), linked=linked, size=size)


def read_note(home: Home) -> Note | None:
    """Return what a home says of a move that isn't done, None where none is under way."""
    try:
        return msgspec.json.decode(read_file(home.root / MOVING), type=Note)
    except (OSError, *NO_DOCUMENT):
        return None


def write_notes(old: Home, new: Home) -> None:
    """Let each of two homes tell of the other, at once and through to the disk.

    Raises:
        OSError: one of them can't be written.
    """
    for home, note in (
        (old, Note(role="old", other=str(new.root))),
        (new, Note(role="new", other=str(old.root))),
    ):
        write_atomic(home.root / MOVING, msgspec.json.encode(note), durable=True)


def lasting(home: Home) -> list[Path]:
    """Return the folders of a home that go along when it is moved, those that are there."""
    return [home.root / name for name in LASTING if os.path.lexists(home.root / name)]


def _is_lived_in(home: Home) -> bool:
    """Tell whether a folder holds more of a home than what can be fetched again."""
    return any(_inside(home.root / name) for name in LASTING if name not in _FETCHED)


def _inside(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except OSError:
        return []
