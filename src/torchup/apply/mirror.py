"""A second copy of a home's folders, made so that it goes on where it was cut off.

A file whose time is that of its original is whole, since it gets that time last. Files that are
linked to each other (in the cache and in environments) are so in the copy, and take their room
once; on the same volume they are links to the originals, and take none.
"""

# Strings throughout: there are tens of thousands of files.
# ruff: noqa: PTH103, PTH108, PTH112, PTH114, PTH115, PTH123, PTH208, PTH211

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from typing import TYPE_CHECKING

from torchup.apply.folders import remove_tree
from torchup.apply.relocation import LARGEST
from torchup.apply.tree import PACKAGES, names_paths, take_odd

if TYPE_CHECKING:
    from torchup.apply.relocation import Relocation


class Mirror:
    """Copies of folders, with the paths in them told anew.

    Args:
        relocation: from the old home to the new one.
        linked: both are on one volume.
    """

    def __init__(self, relocation: Relocation, *, linked: bool) -> None:
        self._relocation = relocation
        self._linked = linked
        self._known: dict[tuple[int, int], str] = {}

    def folder(self, source: str, target: str, *, worded: bool, packages: bool = False) -> None:
        """Make a folder like another one.

        Args:
            source: the folder.
            target: the copy, which may be there in part.
            worded: files in it hold paths; otherwise only links do.
            packages: it lies among installed packages, of which few hold paths.

        Raises:
            OSError: something can't be read or written.
        """
        os.makedirs(target, exist_ok=True)
        there = set(os.listdir(target))
        with os.scandir(source) as entries:
            for entry in entries:
                place = f"{target}{os.sep}{entry.name}"
                there.discard(entry.name)
                if entry.is_symlink():
                    self._symlink(entry.path, place)
                elif entry.is_dir():
                    inside = packages or entry.name == PACKAGES
                    self.folder(entry.path, place, worded=worded, packages=inside)
                elif not entry.is_file():
                    take_odd(entry.path, place, os.link if self._linked else None)
                else:
                    telling = worded and (not packages or names_paths(entry.name))
                    self._file(entry, place, telling=telling)
        for name in there:
            _remove(f"{target}{os.sep}{name}")

    def _file(self, entry: os.DirEntry[str], place: str, *, telling: bool) -> None:
        # A listing tells neither links nor numbers on Windows.
        found = os.lstat(entry.path)
        which = (found.st_dev, found.st_ino)
        known = self._known.get(which)
        if not _same(found, place):
            with suppress(FileNotFoundError):
                os.unlink(place)
            if not (telling and self._told(entry.path, found.st_size, place)):
                self._whole(entry.path, place, known)
        if found.st_nlink > 1 and not telling:
            self._known.setdefault(which, place)

    def _whole(self, source: str, place: str, known: str | None) -> None:
        original = source if self._linked else known
        if original is not None:
            with suppress(OSError):  # no links there: it is copied
                os.link(original, place)
                return
        shutil.copy2(source, place)

    def _told(self, source: str, size: int, place: str) -> bool:
        """Write a file that holds paths; tell whether it does."""
        if size > LARGEST:
            return False
        with open(source, "rb") as stream:
            data = stream.read()
        changed = self._relocation.content(data, place)
        if changed == data:
            return False
        with open(place, "wb") as stream:
            stream.write(changed)
        shutil.copystat(source, place)
        return True

    def _symlink(self, source: str, place: str) -> None:
        to = self._relocation.path(os.readlink(source))
        with suppress(OSError):
            if os.readlink(place) == to:
                return
        _remove(place)
        os.symlink(to, place)


def _same(found: os.stat_result, place: str) -> bool:
    try:
        there = os.lstat(place)
    except OSError:
        return False
    return there.st_mtime_ns == found.st_mtime_ns


def _remove(place: str) -> None:
    from pathlib import Path

    if os.path.islink(place) or not os.path.isdir(place):
        with suppress(FileNotFoundError):
            os.unlink(place)
    else:
        remove_tree(Path(place))
