"""Reading the files of a project through the host."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING, Final

from torchup.projects.conda import read_conda_file
from torchup.projects.dockerfile import read_dockerfile
from torchup.projects.imports import read_imports
from torchup.projects.locks import read_poetry_lock, read_pylock, read_uv_lock
from torchup.projects.merging import together
from torchup.projects.pipfile import read_pipfile, read_pipfile_lock
from torchup.projects.pyproject import read_pyproject
from torchup.projects.readme import read_readme
from torchup.projects.requirements import read_requirements_list
from torchup.projects.setup_files import read_setup_cfg, read_setup_py
from torchup.projects.texts import text_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from torchup.host import Host
    from torchup.projects.declared import Declared
    from torchup.projects.kinds import Kind

_PLAIN: Final[dict[Kind, Callable[[str, str], Declared]]] = {
    "uv-lock": read_uv_lock,
    "pylock": read_pylock,
    "pipfile-lock": read_pipfile_lock,
    "pyproject": read_pyproject,
    "setup-cfg": read_setup_cfg,
    "setup-py": read_setup_py,
    "pipfile": read_pipfile,
    "dockerfile": read_dockerfile,
    "readme": read_readme,
    "install": read_readme,
}


def read_as(host: Host, path: str, kind: Kind, shown: str) -> Declared | None:
    """Read one file with the reader of its kind; None where it can't be read.

    Args:
        host: whose file it is.
        path: the file.
        kind: what it is.
        shown: its name, as messages have it.

    Raises:
        UsageError: a ``projects.*`` code: it is malformed.
    """
    data = host.read(path)
    if data is None:
        return None
    text = text_of(data)
    if kind in ("requirements", "aside", "conda"):
        return _with_included(host, path, text, shown, conda=kind == "conda")
    if kind == "imports":
        return read_imports(text.split(), (), shown)
    if kind == "poetry-lock":
        return read_poetry_lock(text, shown, _wanted(host, path))
    return _PLAIN[kind](text, shown)


def _wanted(host: Host, lock: str) -> frozenset[str]:
    """What the ``pyproject.toml`` beside a lock asks for, by normalised name."""
    from torchup.errors import UsageError
    from torchup.model.names import name_of

    data = host.read(str(PurePath(lock).parent / "pyproject.toml"))
    if data is None:
        return frozenset()
    try:
        found = read_pyproject(text_of(data), "pyproject.toml")
    except UsageError:
        return frozenset()
    return frozenset(name_of(line.text) for line in found.packages)


def _with_included(host: Host, path: str, text: str, shown: str, *, conda: bool) -> Declared:
    """Read a list, or conda's file, and the lists that it includes, each once."""
    seen = {host.real_path(path)}
    others: list[Declared] = []

    def include(where: str, text: str, named: str, *, constrains: bool, conda: bool) -> Declared:
        missing: list[tuple[str, int]] = []

        def nested(other: str, only: bool, number: int) -> None:
            inner = str(PurePath(where).parent / other)
            if host.real_path(inner) in seen:
                return
            seen.add(host.real_path(inner))
            data = None if "://" in other else host.read(inner)
            if data is None:
                missing.append((other, number))
                return
            beside = str(PurePath(named).parent / other)
            said = text_of(data)
            others.append(include(inner, said, beside, constrains=only, conda=False))

        if conda:
            found = read_conda_file(text, named, nested)
        else:
            found = read_requirements_list(text, named, nested, constrains=constrains)
        return together(found, [], missing=missing)

    first = include(path, text, shown, constrains=False, conda=conda)
    return together(first, others)
