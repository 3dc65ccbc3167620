"""Copies of an environment's folder that share its bytes where the file system can.

Installed packages are linked: installers and Python replace such files and never write into them.
Everything else (scripts, settings, data) is small, may be edited in place, and is copied.
"""

# Strings throughout: there are tens of thousands of files.
# ruff: noqa: PTH102, PTH115, PTH123, PTH202, PTH211

from __future__ import annotations

import os
import stat
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from torchup.apply.relocation import LARGEST, Relocation

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from pathlib import Path

PACKAGES: Final = "site-packages"
KIT: Final = "cuda-packages"
"""The folder of a toolkit out of conda's packages: gigabytes that only its installer replaces."""
_TELLING: Final = (".pth", ".egg-link")
"""How the names of installed files end that name folders to look into."""
_RECORDS: Final = frozenset({"direct_url.json", "RECORD"})
"""Files of an installed package that may name where it came from, or where it put its files."""
_EDITABLE: Final = "__editable__"
"""What the names of the files begin with by which setuptools finds a package elsewhere."""


class Copied(Struct, frozen=True, kw_only=True):
    """How many files are shared with the original, and how many had to be copied."""

    shared: int = 0
    copied: int = 0


def copy_tree(
    source: Path,
    target: Path,
    *,
    moved: tuple[str, str] | None = None,
    without: Collection[Path] = (),
    linked: Collection[str] = (),
) -> Copied:
    """Copy a folder to a place where no file of these names is yet.

    Args:
        source: the folder.
        target: the new one; its parent exists.
        without: files that are left out.
        moved: replace this path by that one in scripts and settings; both are absolute.
        linked: further files that only installers replace, by their paths: they are shared.

    Raises:
        OSError: something can't be read or written; what was copied so far stays.
    """
    relocation = Relocation(moved) if moved is not None else None
    copying = _Copying(relocation, frozenset(map(str, without)), frozenset(linked))
    copying.folder(str(source), str(target), linked=False)
    return Copied(shared=copying.shared, copied=copying.copied)


def names_paths(name: str) -> bool:
    """Tell whether an installed file of this name may hold full paths."""
    return name.endswith(_TELLING) or name in _RECORDS or name.startswith(_EDITABLE)


def take_odd(source: str, target: str, link: Callable[[str, str], None] | None) -> None:
    """Take a pipe or a socket along: a link to it, else a pipe like it; else it is left.

    Nobody could copy what comes out of it.

    Args:
        source: the pipe or socket.
        target: its new place.
        link: makes links, None where that is no use.
    """
    with suppress(OSError):
        if link is not None:
            link(source, target)
            return
    with suppress(OSError):
        found = os.lstat(source).st_mode
        if stat.S_ISFIFO(found):
            os.mkfifo(target, stat.S_IMODE(found))


class _Copying:
    def __init__(
        self, relocation: Relocation | None, without: frozenset[str], linked: frozenset[str]
    ) -> None:
        self._relocation = relocation
        self._without = without
        self._linked = linked
        self._link: Callable[[str, str], None] | None = os.link if hasattr(os, "link") else None
        self.shared = 0
        self.copied = 0

    def folder(self, source: str, target: str, *, linked: bool, telling: bool = False) -> None:
        """Copy a folder; ``linked``: it lies among the installed packages.

        ``telling``: any of its files may name the environment, as conda's may.
        """
        with suppress(FileExistsError):
            os.mkdir(target)
        with os.scandir(source) as entries:
            for entry in entries:
                place = f"{target}{os.sep}{entry.name}"
                if entry.path in self._without:
                    continue
                if entry.is_symlink():
                    self._symlink(entry.path, place)
                elif entry.is_dir():
                    self.folder(
                        entry.path,
                        place,
                        linked=linked or entry.name in {PACKAGES, KIT},
                        telling=telling or entry.name == KIT,
                    )
                elif not entry.is_file():
                    take_odd(entry.path, place, self._link)
                elif (linked or entry.path in self._linked) and not self._names_it(
                    entry, place, telling=telling
                ):
                    self._shared(entry, place)
                else:
                    self._own(entry.path, place)

    def _names_it(self, entry: os.DirEntry[str], place: str, *, telling: bool) -> bool:
        """Tell whether an installed file names its environment: paths to add to the search."""
        if self._relocation is None:
            return False
        if entry.name.endswith(_TELLING):
            return True
        if not (telling or names_paths(entry.name)):
            return False
        if entry.stat().st_size > LARGEST:
            return False
        with open(entry.path, "rb") as stream:
            data = stream.read()
        return self._relocation.content(data, place) != data

    def _shared(self, entry: os.DirEntry[str], target: str) -> None:
        if self._link is not None:
            try:
                self._link(entry.path, target)
            except OSError:
                self._link = None  # another disk, or one without hard links: no use to ask again
            else:
                self.shared += 1
                return
        self._own(entry.path, target)

    def _own(self, source: str, target: str) -> None:
        import shutil

        self.copied += 1
        shutil.copy2(source, target)
        if self._relocation is None or os.path.getsize(target) > LARGEST:
            return
        with open(target, "r+b") as stream:
            data = stream.read()
            changed = self._relocation.content(data, target)
            if changed != data:
                stream.seek(0)
                stream.truncate()
                stream.write(changed)

    def _symlink(self, source: str, target: str) -> None:
        """Copy a link; one to a place inside the environment leads to the copy's own."""
        to = os.readlink(source)
        if self._relocation is not None:
            to = self._relocation.path(to)
        os.symlink(to, target)
        self.copied += 1
