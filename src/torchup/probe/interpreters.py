"""The Pythons that are installed, found without shims, stubs or virtual environments."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from torchup.host import Host
    from torchup.model import Interpreter

_NAME: Final = r"(?:python|pypy)(?:\d(?:\.\d{1,2})?t?)?(?:\.exe)?"
_CONDA_FOLDERS: Final = ("miniconda3", "anaconda3", "miniforge3", "mambaforge", "micromamba")
_SYSTEM_FOLDERS: Final = ("/usr/bin", "/usr/local/bin", "/opt/homebrew/bin")
_APPLE_TOOLS: Final = (
    "/Library/Developer/CommandLineTools",
    "/Applications/Xcode.app/Contents/Developer",
)


class Candidate(Struct, frozen=True):
    """A file that may be an interpreter. ``path`` has its links followed."""

    path: str
    origin: str
    modified: tuple[int, int]


def find_interpreters(
    host: Host, *, cache: Path | None = None, extra_roots: tuple[str, ...] = ()
) -> tuple[Interpreter, ...]:
    """Find the interpreters, newest first; each is asked once and then remembered in ``cache``.

    Only CPython and PyPy from 3.6 on are kept; what can't be started is left out.
    """
    from torchup.probe.ask import ask_all

    candidates = list_candidates(host, extra_roots)
    answers = ask_all(host, candidates, cache)
    found = [answers[c.path] for c in candidates]
    kept = [one for one in found if one is not None]
    return tuple(sorted(kept, key=_age))


def _age(python: Interpreter) -> tuple[list[int], bool, bool, str]:
    numbers = [-int(part) for part in re.findall(r"\d+", python.version)[:3]]
    return numbers, python.implementation != "CPython", python.freethreaded, python.path


def list_candidates(host: Host, extra_roots: tuple[str, ...] = ()) -> tuple[Candidate, ...]:
    """List what may be an interpreter, one entry per real file; nothing is started."""
    found: dict[str, Candidate] = {}
    for path, origin in _places(host, extra_roots):
        if _in_virtual_environment(host, path):
            continue
        real = host.real_path(path)
        if real in found or not host.is_executable(real):
            continue
        modified = host.modified(real)
        # The Microsoft Store's stubs are files of no size that open the Store.
        if modified is not None and modified[1] > 0 and not _is_shim(real):
            found[real] = Candidate(real, origin, modified)
    return tuple(found.values())


def _places(host: Host, extra_roots: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Name files and their origin; the most telling origin of a file comes first."""
    windows = host.system == "windows"
    home = host.env("USERPROFILE" if windows else "HOME") or ""
    roots = [host.env("PYENV_ROOT") or f"{home}/.pyenv"]
    if windows:
        roots.append(f"{home}/.pyenv/pyenv-win")
    for root in roots:
        yield from _versions(host, f"{root}/versions", "pyenv")
    uv = host.env("UV_PYTHON_INSTALL_DIR") or f"{home}/.local/share/uv/python"
    if windows:
        uv = host.env("UV_PYTHON_INSTALL_DIR") or f"{host.env('APPDATA') or home}/uv/python"
    for root in (*extra_roots, uv):
        yield from _versions(host, root, "uv")
    for base in _conda_bases(host, home):
        yield from _in_base(host, base, "conda")
    if windows:
        from torchup.probe.registered import registered

        yield from ((path, "registry") for path in registered(host))
    else:
        for folder in _SYSTEM_FOLDERS:
            yield from _in_folder(host, folder, "system")
    for folder in (host.env("PATH") or "").split(";" if windows else ":"):
        if folder and not _is_shim(folder):
            yield from _in_folder(host, folder.rstrip("/\\"), "path")


def _versions(host: Host, root: str, origin: str) -> Iterator[tuple[str, str]]:
    for name in host.listdir(root):
        if not name.startswith("."):
            yield from _in_base(host, f"{root}/{name}", origin)


def _in_base(host: Host, base: str, origin: str) -> Iterator[tuple[str, str]]:
    """Name the interpreter of one installation: ``bin/python``, or ``python.exe`` at its root."""
    if host.system == "windows":
        yield f"{base}/python.exe", origin
        return
    for name in ("python", "python3", "pypy3"):
        if host.modified(f"{base}/bin/{name}") is not None:
            yield f"{base}/bin/{name}", origin
            return


def _in_folder(host: Host, folder: str, origin: str) -> Iterator[tuple[str, str]]:
    if host.system == "macos" and folder == "/usr/bin" and not any(map(host.is_dir, _APPLE_TOOLS)):
        return  # Apple's stub opens a window that offers to install the developer tools.
    for name in host.listdir(folder):
        if name.startswith("py") and re.fullmatch(_NAME, name):
            yield f"{folder}/{name}", origin


def _conda_bases(host: Host, home: str) -> Iterator[str]:
    program = host.env("CONDA_EXE")
    if program:
        yield re.sub(r"[/\\](?:bin|Scripts|condabin)[/\\][^/\\]+$", "", program)
    for folder in _CONDA_FOLDERS:
        yield f"{home}/{folder}"
        yield f"/opt/{folder}"
    yield "/opt/conda"


def _in_virtual_environment(host: Host, path: str) -> bool:
    folder = path.rpartition("/")[0]
    above = folder.rpartition("/")[0]
    return any(host.modified(f"{at}/pyvenv.cfg") is not None for at in (folder, above))


def _is_shim(path: str) -> bool:
    parts = path.lower().replace("\\", "/").split("/")
    return "shims" in parts or "windowsapps" in parts
