"""The code of a project: which modules it imports, and which are its own."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING, Final

from torchup.projects.imports import modules_of_notebook, modules_of_program, read_imports
from torchup.projects.texts import text_of

if TYPE_CHECKING:
    from torchup.host import Host
    from torchup.projects.declared import Declared

_MOST_FILES: Final = 1_500
_DEEPEST: Final = 8
_LARGEST: Final = 4_000_000
"""Bytes of a file that is read; a notebook with pictures may be larger, and is passed over."""
_SKIPPED: Final = frozenset(
    {"node_modules", "site-packages", "venv", "env", "__pycache__", "build", "dist", "docs", "doc"}
)


def walked(host: Host, folder: str) -> Walk:
    """Walk through the programs and notebooks below a folder.

    Args:
        host: whose folder it is.
        folder: the project's folder.
    """
    walk = Walk(host)
    walk.into(PurePath(folder), 0)
    return walk


def read_code(walk: Walk) -> Declared | None:
    """Read what was imported on a walk, for the framework that is meant; None for no code."""
    if not walk.files:
        return None
    where = "*.ipynb" if all(one.endswith(".ipynb") for one in walk.files) else "*.py"
    return read_imports(walk.modules, walk.own, where)


class Walk:
    """A walk through folders."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self.modules: set[str] = set()
        self.own: set[str] = set()
        self.files: list[str] = []

    def into(self, folder: PurePath, depth: int) -> None:
        """Read a folder and those in it, up to a depth and a number of files."""
        for name in self._host.listdir(str(folder)):
            path = folder / name
            if len(self.files) >= _MOST_FILES or name.startswith("."):
                continue
            if name.endswith((".py", ".ipynb")):
                self._file(str(path), name)
            elif depth < _DEEPEST and _is_worth(name) and self._host.is_dir(str(path)):
                before = len(self.files)
                self.into(path, depth + 1)
                if len(self.files) > before:
                    self.own.add(name)

    def _file(self, path: str, name: str) -> None:
        stamp = self._host.modified(path)
        data = self._host.read(path) if stamp is None or stamp[1] <= _LARGEST else None
        if data is None:
            return
        self.files.append(name)
        self.own.add(name.removesuffix(".py"))
        read = modules_of_notebook if name.endswith(".ipynb") else modules_of_program
        self.modules |= read(text_of(data))


def _is_worth(folder: str) -> bool:
    """Tell whether a folder may hold the project's own code."""
    return folder.lower() not in _SKIPPED and "." not in folder
