"""What each environment really takes: a file that is linked several times counts once."""

from __future__ import annotations

import os
import stat
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from torchup.apply.environments import names
from torchup.model.contents import Taken, Usage

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from torchup.host import Host
    from torchup.state.home import Home

Identity = tuple[int, int]
"""A file's volume and number: what all its links have in common."""


class _File(NamedTuple):
    size: int
    links: int


class Tree:
    """The files under some folders, or named ones: how often each is linked from there.

    Attributes:
        found: of each file, its links inside.
        files: of each file, its size and all its links.
    """

    def __init__(self, *places: Path) -> None:
        self.found: dict[Identity, int] = {}
        self.files: dict[Identity, _File] = {}
        for place in places:
            for entry in _walk(str(place)):
                which = (entry.st_dev, entry.st_ino)
                self.found[which] = self.found.get(which, 0) + 1
                self.files[which] = _File(entry.st_size, entry.st_nlink)

    @property
    def size(self) -> int:
        """Its bytes, each file counted once."""
        return sum(one.size for one in self.files.values())

    def frees(self, *, beside: Mapping[Identity, int] | None = None) -> int:
        """The bytes of files whose links are all inside, or inside and in ``beside``."""
        also = beside or {}
        return sum(
            one.size
            for which, one in self.files.items()
            if one.links <= self.found[which] + also.get(which, 0)
        )


def measure_home(host: Host, home: Home) -> Usage:
    """Look at every file of a home; what can't be read is left out."""
    cache = Tree(home.cache)
    # Of an environment that only a link leads to, deleting takes the link alone.
    places = {name: home.environment(name) for name in names(home)}
    trees = {name: Tree(*([] if at.is_symlink() else [at])) for name, at in places.items()}
    pythons = Tree(home.pythons)
    rest = Tree(*(one for one in _others(home)))
    inside = [tree for name, tree in trees.items() if home.elsewhere(name) is None]
    every = {
        which: one.size
        for tree in (cache, pythons, rest, *inside)
        for which, one in tree.files.items()
    }
    room = host.room(str(home.root))
    return Usage(
        environments=tuple(_taken(name, tree, cache) for name, tree in trees.items()),
        cache=_taken("cache", cache, None),
        pythons=pythons.size,
        rest=rest.size,
        total=sum(every.values()),
        free=room.free if room else None,
    )


def measure_at(name: str, path: Path) -> Taken:
    """Look at every file of a folder, which need not lie in a home."""
    return _taken(name, Tree(path), None)


def _taken(name: str, tree: Tree, cache: Tree | None) -> Taken:
    own = tree.frees()
    together = tree.frees(beside=cache.found) if cache else own
    return Taken(name=name, own=own, shared=tree.size - own, frees=own, frees_cleaned=together)


def _others(home: Home) -> Iterable[Path]:
    """What lies in a home beside environments, caches and interpreters."""
    known = {home.environments, home.cache, home.pythons}
    try:
        return [one for one in home.root.iterdir() if one not in known and one.is_dir()]
    except OSError:
        return ()


def _walk(folder: str) -> Iterator[os.stat_result]:
    """Give what is known of every file under a folder, or of a file; links are not followed."""
    waiting = [folder]
    while waiting:
        here = waiting.pop()
        try:
            with os.scandir(here) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)
                        continue
                    found = _look(entry)
                    if found is not None and not stat.S_ISLNK(found.st_mode):
                        yield found
        except NotADirectoryError:
            with suppress(OSError):
                yield os.lstat(here)
        except OSError:
            continue


def _look(entry: os.DirEntry[str]) -> os.stat_result | None:
    try:
        if sys.platform == "win32":  # listing a folder tells neither links nor numbers there
            return os.lstat(entry.path)  # a scan gives strings
        return entry.stat(follow_symlinks=False)
    except OSError:
        return None
