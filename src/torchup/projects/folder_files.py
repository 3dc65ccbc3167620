"""Which files of a project's folder may declare something, and which its README names."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING, Final

from torchup.projects.kinds import TRUST, WEAK, files_of, is_apart, is_aside
from torchup.projects.readme import files_of_readme
from torchup.projects.texts import text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchup.host import Host
    from torchup.projects.kinds import Kind

_SKIPPED: Final = frozenset(
    {
        "node_modules",
        "site-packages",
        "venv",
        "__pycache__",
        "build",
        "dist",
        "docs",
        "tests",
        "test",
    }
)
_OF_LISTS: Final = frozenset({"requirements", "reqs"})
_MAIN_LISTS: Final = ("base.txt", "core.txt", "default.txt", "main.txt", "runtime.txt", "prod.txt")
"""In a folder of lists: what the project needs, not what working on it needs."""
_ENDS: Final[dict[Kind, tuple[str, ...]]] = {
    "conda": (".yml", ".yaml"),
    "requirements": (".txt",),
}
"""What files of these kinds end in, where a README names one of another name."""
_PLACES: Final[dict[Kind, tuple[str, ...]]] = {
    "dockerfile": ("docker",),
    "install": ("docs", "doc", "docs/en"),
}
"""Folders where files of these kinds are, where the project's own has none."""
_TEXTS: Final = ("", ".md", ".rst", ".txt")
"""How guides end; a program may be called ``install.sh``."""
_MOST_FOLDERS: Final = 60


class FolderFiles:
    """One folder.

    Attributes:
        names: what is in it.

    Args:
        host: whose folder it is.
        folder: its path.
        cpu: it is for a stack without an accelerator.
        without: a file that is passed over.
    """

    def __init__(self, host: Host, folder: str, *, cpu: bool, without: str = "") -> None:
        self._host = host
        self._folder = folder
        self._cpu = cpu
        self.names = tuple(one for one in host.listdir(folder) if one != without)
        self._told: tuple[str, ...] | None = None

    def strong(self, kind: Kind) -> list[str]:
        """The files of a kind, the one that is meant first; else the one that the README names."""
        found = files_of(kind, self.names, cpu=self._cpu)
        if found or kind not in _ENDS:
            return found
        named = [one for one in self._named() if one.endswith(_ENDS[kind])]
        named = [one for one in named if not is_aside(PurePath(one).name)]
        return sorted(named, key=lambda one: is_apart(PurePath(one).name, cpu=self._cpu))[:1]

    def weak(self, kind: Kind) -> list[str]:
        """The files of a kind that is put together with others, here or where they mostly are."""
        found = [one for one in files_of(kind, self.names, cpu=self._cpu) if _is_text(kind, one)]
        for folder in () if found else _PLACES.get(kind, ()):
            if folder.partition("/")[0] not in self.names:
                continue
            inside = self._host.listdir(str(PurePath(self._folder) / folder))
            fitting = files_of(kind, inside, cpu=self._cpu)
            found += [f"{folder}/{one}" for one in fitting if _is_text(kind, one)]
        return found

    def below(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Yield the folders inside that declare something, with the names of what is in them."""
        folders = [one for one in self.names if one.lower() not in _SKIPPED and one[:1] != "."]
        for name in folders[:_MOST_FOLDERS]:
            inside = str(PurePath(self._folder) / name)
            if not self._host.is_dir(inside):
                continue
            there = self._host.listdir(inside)
            if name.lower() in _OF_LISTS:
                there = tuple(one for one in there if one in _MAIN_LISTS) or there
            if any(files_of(kind, there) for kind in TRUST if kind not in WEAK):
                yield name, there

    def _named(self) -> tuple[str, ...]:
        """The files here that the commands of a README are given, in order."""
        if self._told is None:
            said: dict[str, None] = {}
            for name in (*self.weak("readme"), *self.weak("install")):
                data = self._host.read(str(PurePath(self._folder) / name))
                said |= dict.fromkeys(files_of_readme(text_of(data), name) if data else ())
            self._told = tuple(str(PurePath(one)) for one in said if self._is_here(one))
        return self._told

    def _is_here(self, named: str) -> bool:
        inside = not PurePath(named).is_absolute() and ".." not in PurePath(named).parts
        return inside and self._host.modified(str(PurePath(self._folder) / named)) is not None


def _is_text(kind: Kind, name: str) -> bool:
    return kind != "install" or PurePath(name).suffix.lower() in _TEXTS
