"""Settings that change which libraries and packages a program finds, and what is odd about them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from torchup.model import Problem
from torchup.probe.inventory.condas import conda_records
from torchup.probe.inventory.environments import packages_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from torchup.host import Host
    from torchup.model.software import CondaInstall, Software

_OF_CUDA: Final = re.compile(r"lib(?:cudart|cublas|cudnn|cufft|cusparse|nccl|nvJitLink)\w*\.so")
"""Libraries that the framework's CUDA builds bring along; ``libcuda`` is the driver's."""
_LEAKING: Final = {"numpy": "numpy"}
"""Packages beside the framework's that break it when another Python's are found first."""
_LINE: Final = r"python(\d+\.\d+t?)"
_OPEN: Final = r"(?im)^\s*include-system-site-packages\s*=\s*true\s*$"
_CLOSED: Final = b'"PYTHONNOUSERSITE"'
"""A variable that conda sets where it activates the environment."""
_STORE: Final = "windowsapps"
_STORE_PYTHON: Final = "PythonSoftwareFoundation.Python."


def find_odd(host: Host, software: Software, names: Mapping[str, str]) -> tuple[Problem, ...]:
    """Judge the settings.

    Args:
        host: the machine.
        software: what is installed.
        names: the framework's packages, as for :func:`~torchup.probe.inventory.take_inventory`.
    """
    return (
        *_library_path(host),
        *_python_variables(host),
        *_user_site(host, software, {**names, **_LEAKING}),
        *_store_stub(host),
    )


def _library_path(host: Host) -> Iterator[Problem]:
    """The loader looks into these folders before those that a wheel names (ld.so(8))."""
    if host.system != "linux":
        return
    for folder in (host.env("LD_LIBRARY_PATH") or "").split(":"):
        found = next((one for one in host.listdir(folder) if _OF_CUDA.match(one)), None)
        if folder and found is not None:
            yield Problem(code="library-path-cuda", args={"folder": folder, "library": found})


def _python_variables(host: Host) -> Iterator[Problem]:
    between = ";" if host.system == "windows" else ":"
    value = host.env("PYTHONPATH") or ""
    if value.strip(between):
        yield Problem(code="pythonpath-set", args={"value": value})
    value = host.env("PYTHONHOME") or ""
    if value:
        yield Problem(code="pythonhome-set", args={"value": value})


def _user_site(host: Host, software: Software, names: Mapping[str, str]) -> Iterator[Problem]:
    """A user's own packages come first in conda's environments; most venvs don't see them.

    https://docs.python.org/3/library/site.html#site.ENABLE_USER_SITE
    """
    if host.env("PYTHONNOUSERSITE"):
        return
    lines = {**dict(_open_venvs(host, software)), **dict(conda_lines(host, software.condas))}
    for line, folder in _user_folders(host):
        packages = packages_in(host, folder, names)
        if line in lines and packages:
            named = ", ".join(f"{name} {version}" for name, version in packages.items())
            args = {"folder": folder, "packages": named, "environment": lines[line]}
            yield Problem(code="user-site-leak", args=args)


def conda_lines(host: Host, condas: Iterable[CondaInstall]) -> Iterator[tuple[str, str]]:
    """Name the line of Python of each environment of conda's that sees the user's packages."""
    for conda in condas:
        for prefix in (*reversed(conda.environments), conda.path):
            version = conda_records(host, prefix).get("python", ("", ""))[0]
            if version and _CLOSED not in (host.read(f"{prefix}/conda-meta/state") or b""):
                yield ".".join(version.split(".")[:2]), prefix


def _open_venvs(host: Host, software: Software) -> Iterator[tuple[str, str]]:
    """Name the line of Python of each venv that was made to see packages outside of it."""
    for one in software.environments:
        text = (host.read(f"{one.path}/pyvenv.cfg") or b"").decode("utf-8", "replace")
        if one.python and re.search(_OPEN, text):
            yield one.python, one.path


def _user_folders(host: Host) -> Iterator[tuple[str, str]]:
    if host.system == "windows":
        root = f"{(host.env('APPDATA') or '').replace(chr(92), '/')}/Python"
        for name in host.listdir(root):
            numbers = re.fullmatch(r"Python(\d)(\d{1,2})", name)
            if numbers:
                yield f"{numbers[1]}.{numbers[2]}", f"{root}/{name}/site-packages"
        return
    root = f"{host.env('PYTHONUSERBASE') or (host.env('HOME') or '') + '/.local'}/lib"
    for name in host.listdir(root):
        line = re.fullmatch(_LINE, name)
        if line:
            yield line[1], f"{root}/{name}/site-packages"


def _store_stub(host: Host) -> Iterator[Problem]:
    """``python`` that only opens the Microsoft Store: there is a folder where it was installed."""
    path = host.which("python") if host.system == "windows" else None
    if path is None or _STORE not in path.lower():
        return
    folder = re.sub(r"[/\\][^/\\]+$", "", path)
    if not any(name.startswith(_STORE_PYTHON) for name in host.listdir(folder)):
        yield Problem(code="python-store-stub", args={"path": path})
