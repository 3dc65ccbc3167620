"""Environments that torchup did not make and that hold the framework."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from torchup.model.software import FoundEnvironment
from torchup.probe.inventory.condas import conda_records

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from torchup.host import Host
    from torchup.model.software import CondaInstall

_SHARED: Final = (
    ".virtualenvs",
    ".local/share/virtualenvs",
    ".cache/pypoetry/virtualenvs",
    "Library/Caches/pypoetry/virtualenvs",
    ".local/share/hatch/env/virtual",
    ".venvs",
    "venvs",
    "envs",
)
"""Folders of a home that hold many environments: virtualenvwrapper, pipenv, Poetry, Hatch."""
_SINGLE: Final = (".venv", "venv", "env")
_WITH_RECORDS: Final = frozenset({"conda", "pixi"})
_LINE: Final = r"python(\d+\.\d+t?)"
_RECORD: Final = r"(?P<name>[A-Za-z0-9_.]+)-(?P<version>[^-]+)\.(?:dist-info|egg-info)"
_BUILD: Final = r"(?:cuda|cu)(?P<cuda>\d{1,2}\.\d{1,2}|\d{2,3})|(?P<cpu>cpu)"


class _Place(Struct, frozen=True):
    """A folder that may be an environment, and what made it."""

    path: str
    kind: str


def find_environments(
    host: Host, condas: tuple[CondaInstall, ...], names: Mapping[str, str], own: tuple[str, ...]
) -> tuple[FoundEnvironment, ...]:
    """Find the environments; see :func:`~torchup.probe.inventory.take_inventory`."""
    found: dict[str, FoundEnvironment] = {}
    for place in _places(host, condas):
        real = host.real_path(place.path)
        if real in found or f"{real}/".startswith(tuple(f"{folder}/" for folder in own)):
            continue
        one = _look(host, place, names)
        if one is not None:
            found[real] = one
    return tuple(found.values())


def look_at(host: Host, path: str, names: Mapping[str, str]) -> FoundEnvironment | None:
    """Look at one environment; None where nothing is there that holds the framework.

    Args:
        host: the machine.
        path: its folder.
        names: normalised names of the framework's packages → as they are written.
    """
    conda = bool(host.listdir(f"{path}/conda-meta"))
    return _look(host, _Place(path, "conda" if conda else "venv"), names)


def _look(host: Host, place: _Place, names: Mapping[str, str]) -> FoundEnvironment | None:
    for python, folder in _package_folders(host, place):
        packages = packages_in(host, folder, names)
        if place.kind in _WITH_RECORDS:
            packages |= _from_conda(host, host.real_path(place.path), names, packages)
        if packages:
            return FoundEnvironment(
                path=place.path, kind=place.kind, python=python, packages=packages
            )
    return None


def _places(host: Host, condas: tuple[CondaInstall, ...]) -> Iterator[_Place]:
    active = host.env("VIRTUAL_ENV")
    if active:
        yield _Place(active, "venv")
    # The folder that one works in, links followed.
    here = host.real_path(".")
    for name in _SINGLE:
        yield _Place(f"{here}/{name}", "venv")
    for name in host.listdir(f"{here}/.pixi/envs"):
        yield _Place(f"{here}/.pixi/envs/{name}", "pixi")
    for conda in condas:
        kind = "pixi" if conda.kind == "pixi" else "conda"
        for folder in (conda.path, *conda.environments):
            yield _Place(folder, kind)
    home = host.env("USERPROFILE" if host.system == "windows" else "HOME") or ""
    yield from _virtual(host, home)
    pyenv = host.env("PYENV_ROOT") or f"{home}/.pyenv"
    for root in (f"{pyenv}/versions", f"{home}/.local/share/uv/python"):
        for name in host.listdir(root):
            yield _Place(f"{root}/{name}", "python")
    yield _Place(f"{home}/.local", "user")
    if host.system == "linux":
        yield _Place("/usr/local", "system")
        yield _Place("/usr", "system")


def _virtual(host: Host, home: str) -> Iterator[_Place]:
    for name in _SINGLE:
        yield _Place(f"{home}/{name}", "venv")
    named = host.env("WORKON_HOME")
    for shared in filter(None, (named, *(f"{home}/{name}" for name in _SHARED))):
        for name in host.listdir(shared):
            if host.modified(f"{shared}/{name}/pyvenv.cfg") is not None:
                yield _Place(f"{shared}/{name}", "venv")


def _package_folders(host: Host, place: _Place) -> Iterator[tuple[str | None, str]]:
    """Name the folders that packages are installed into, with the line of Python they are for."""
    if host.system == "windows":
        yield None, f"{place.path}/Lib/site-packages"
        return
    for name in host.listdir(f"{place.path}/lib"):
        line = re.fullmatch(_LINE, name)
        if line:
            yield line[1], f"{place.path}/lib/{name}/site-packages"
            if place.kind == "system":
                yield line[1], f"{place.path}/lib/{name}/dist-packages"
    if place.kind == "system":
        yield None, f"{place.path}/lib/python3/dist-packages"


def packages_in(host: Host, folder: str, names: Mapping[str, str]) -> dict[str, str]:
    """Return those of the named packages that are installed in a folder, with their versions."""
    found = {}
    for entry in host.listdir(folder):
        record = re.fullmatch(_RECORD, entry)
        listed = names.get(record["name"].lower().replace("_", "-")) if record else None
        if record and listed:
            found[listed] = record["version"]
    return found


def _from_conda(
    host: Host, prefix: str, names: Mapping[str, str], seen: Mapping[str, str]
) -> dict[str, str]:
    """Take the version with its build from conda's record where Python's has none."""
    found = {}
    for name, (version, built) in conda_records(host, prefix).items():
        listed = names.get(name)
        if listed and "+" not in seen.get(listed, ""):
            build = re.search(_BUILD, built)
            local = (build["cpu"] or f"cu{build['cuda'].replace('.', '')}") if build else ""
            found[listed] = f"{version}+{local}" if local else version
    return found
