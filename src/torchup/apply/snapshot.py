"""What an environment was like before a change: kept beside it until the change is done.

A snapshot shares its files with the environment where the file system can, so it takes a moment
and hardly any room. It gets its name only when it is whole: a snapshot that is there can be
put back, and one that isn't means that nothing was changed yet, or that all was done.
"""

from __future__ import annotations

import os
from contextlib import suppress
from time import sleep
from typing import TYPE_CHECKING, Final

import msgspec

from torchup.apply.folders import discard, empty, out_of_sight
from torchup.apply.names import name_key
from torchup.apply.tree import copy_tree
from torchup.early import read_file
from torchup.model.no_document import NO_DOCUMENT

if TYPE_CHECKING:
    from pathlib import Path

    from torchup.state.home import Home

CONDA_META: Final = "conda-meta"
_DRAFT: Final = ".draft"
_OUTSIDE: Final = ".torchup-snapshot"
_SETTLING: Final = 0.5
"""Seconds in which what installs conda's packages in this process comes to rest after it failed.

Its threads can't be stopped; while the folder is away, what they still try goes nowhere.
"""


class _Record(msgspec.Struct):
    """What is read of a package's record."""

    files: tuple[str, ...] = ()


def place_of(home: Home, name: str) -> Path:
    """Return where it is kept: on the environment's own volume, beside one outside the home."""
    there = home.elsewhere(name)
    if there is not None:
        return there.with_name(f".{name_key(name)}{_OUTSIDE}")
    return home.snapshots / name_key(name)


def _draft(home: Home, name: str) -> Path:
    place = place_of(home, name)
    return place.with_name(f"{place.name}{_DRAFT}")


def take(home: Home, name: str) -> None:
    """Keep an environment as it is now; the caller holds its lock and has journalled the change.

    Raises:
        OSError: it can't be read, or there is no room.
    """
    key = name_key(name)
    home.snapshots.mkdir(parents=True, exist_ok=True)
    for left in (_draft(home, name), place_of(home, name)):
        discard(home, left, key)
    environment = home.environment(name)
    copy_tree(environment, _draft(home, name), linked=_of_packages(environment))
    _draft(home, name).replace(place_of(home, name))


def _of_packages(environment: Path) -> frozenset[str]:
    """Name the files that conda's packages brought, wherever they lie: installers replace them."""
    found: list[str] = []
    for record in (environment / CONDA_META).glob("*.json"):
        with suppress(OSError, *NO_DOCUMENT):
            files = msgspec.json.decode(read_file(record), type=_Record).files
            found += [os.path.join(environment, *one.split("/")) for one in files]  # noqa: PTH118  # many
    return frozenset(found)


def kept(home: Home, name: str) -> bool:
    """Tell whether there is something to put back: there is only while a change is under way."""
    return place_of(home, name).is_dir()


def put_back(home: Home, name: str) -> bool:
    """Make an environment again what it was; tell whether there was anything to put back.

    Raises:
        OSError: it can't be moved (files in use on Windows).
    """
    key = name_key(name)
    discard(home, _draft(home, name), key)
    if not kept(home, name):
        return False
    changed = out_of_sight(home, home.environment(name), key)
    if changed is not None and (changed / CONDA_META).is_dir():
        sleep(_SETTLING)
    place_of(home, name).replace(home.environment(name))
    if changed is not None:
        with suppress(OSError):  # the next command tries again
            empty(changed)
    return True


def drop(home: Home, name: str) -> Path | None:
    """Let go of what was kept: in one move, after which the change can't be undone.

    Returns:
        What is still to be removed from the disk.

    Raises:
        OSError: it can't be moved.
    """
    return out_of_sight(home, place_of(home, name), name_key(name))
