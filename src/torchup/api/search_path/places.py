"""Whose a program is, told by where it lies."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, Final

from torchup import apply
from torchup.errors import TorchupError
from torchup.model.names import CONDA_NAME
from torchup.model.search_path import Place

if TYPE_CHECKING:
    from torchup.api.context import Context
    from torchup.model.search_path import PlaceKind

_SHIMS: Final = re.compile(
    r"[/\\]\.?(pyenv|asdf|mise|rye|proto)(?:-win)?[/\\](?:.*[/\\])?shims[/\\]"
)
_STORE: Final = re.compile(r"(?i)[/\\]windowsapps[/\\]")
_SYSTEM: Final = ("/usr/", "/bin/", "/sbin/", "/opt/homebrew/", "/Library/", "/System/")
_SYSTEM_WINDOWS: Final = re.compile(r"(?i)^[a-z]:[/\\](?:program files|windows|python\d)")


class Owners:
    """Tells whose programs and folders are; the environments that are known are read once."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._host = context.host

    def place(self, path: str) -> Place:
        """Tell whose the program at a path is."""
        host = self._host
        real = host.real_path(path)
        shim = _SHIMS.search(path)
        if shim or self._is_shim(path):
            return Place(path=path, real=real, kind="shim", by=shim[1] if shim else "pyenv")
        if _STORE.search(path):
            return Place(path=path, real=real, kind="store")
        for folder in _above(path):
            kind, name = self.environment(folder)
            if kind != "other":
                return Place(path=path, real=real, kind=kind, environment=name)
        home = (host.env("USERPROFILE" if host.system == "windows" else "HOME") or "?").rstrip(
            "/\\"
        )
        if path.startswith((f"{home}/.local/bin/", f"{home}/bin/")):
            return Place(path=path, real=real, kind="tool")
        system = path.startswith(_SYSTEM) or _SYSTEM_WINDOWS.match(path)
        return Place(path=path, real=real, kind="system" if system else "other")

    def environment(self, folder: str) -> tuple[PlaceKind, str]:
        """Tell which environment a folder is, ``other`` for none, and what it is called."""
        host = self._host
        known = self._known.get(host.real_path(folder))
        if known is not None:
            return known
        if host.is_dir(f"{folder}/conda-meta"):
            base = host.is_dir(f"{folder}/condabin") or host.is_dir(f"{folder}/envs")
            name = folder.replace("\\", "/").rpartition("/")[2]
            return ("conda-base", f"{CONDA_NAME}base") if base else ("conda", CONDA_NAME + name)
        if host.modified(f"{folder}/pyvenv.cfg") is not None:
            return "venv", folder
        return "other", ""

    @cached_property
    def _known(self) -> dict[str, tuple[PlaceKind, str]]:
        """The environments of this home, and those that were adopted, by their folders."""
        home = self._context.home
        found: dict[str, tuple[PlaceKind, str]] = {}
        for name in apply.names(home):
            found[self._host.real_path(str(home.environment(name)))] = ("own", name)
        for name in apply.adopted_names(home):
            try:
                path = apply.read_adopted(home, name).path
            except TorchupError:  # its record is damaged
                continue
            found[self._host.real_path(path)] = ("adopted", name)
        return found

    def _is_shim(self, path: str) -> bool:
        """pyenv's folder may be called anything; the variable names it."""
        root = (self._host.env("PYENV_ROOT") or "").rstrip("/\\")
        slashed = path.replace("\\", "/")
        return bool(root) and slashed.startswith(f"{root}/shims/".replace("\\", "/"))


def _above(path: str) -> tuple[str, ...]:
    """The folders that may be the environment of a program: two up, or its own on Windows."""
    own = re.sub(r"[/\\][^/\\]*$", "", path)
    upper = re.sub(r"[/\\][^/\\]*$", "", own)
    return (upper, own, re.sub(r"[/\\][^/\\]*$", "", upper))
