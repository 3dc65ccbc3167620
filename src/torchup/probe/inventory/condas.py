"""Installations of the conda family, read from their own files, on the search path or not."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from torchup.model.software import CondaInstall

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from torchup.host import Host

_FOLDERS: Final = (
    "anaconda3",
    "miniconda3",
    "miniforge3",
    "mambaforge",
    "miniconda",
    "anaconda",
    "micromamba",
    ".conda",
)
_PACKAGE: Final = r"(?P<name>.+)-(?P<version>[^-]+)-(?P<build>[^-]+)\.json"
_PROGRAM: Final = re.compile(r"[/\\](?:bin|Scripts|condabin|Library[/\\]bin)[/\\][^/\\]+$")


def find_condas(host: Host) -> tuple[CondaInstall, ...]:
    """Find the installations.

    An environment counts for the one in whose folder it lies, else for the first.
    """
    bases = tuple(_bases(host))
    listed = tuple(_listed(host))
    strange = tuple(one for one in listed if not one.startswith(tuple(f"{b}/" for b in bases)))
    search = [_plain(one) for one in (host.env("PATH") or "").split(_between(host)) if one]
    found = []
    for base in bases:
        within = tuple(one for one in listed if one.startswith(f"{base}/"))
        others = strange if base == bases[0] else ()
        mine = (*_environments_in(host, f"{base}/envs"), *within, *others)
        packages = _versions(host, base)
        found.append(
            CondaInstall(
                path=base,
                kind=_kind(host, base, packages),
                version=packages.get("conda") or packages.get("mamba"),
                python=packages.get("python"),
                on_path=any(f"{one}/".startswith(f"{base}/") for one in search),
                environments=tuple(one for one in dict.fromkeys(mine) if one not in bases),
            )
        )
    return (*found, *_pixi(host))


def conda_records(host: Host, prefix: str) -> dict[str, tuple[str, str]]:
    """Return what a conda environment's own records list: name → version, conda's build string."""
    records = (re.fullmatch(_PACKAGE, one) for one in host.listdir(f"{prefix}/conda-meta"))
    return {one["name"]: (one["version"], one["build"]) for one in records if one}


def _versions(host: Host, prefix: str) -> dict[str, str]:
    return {name: version for name, (version, _) in conda_records(host, prefix).items()}


def _bases(host: Host) -> Iterator[str]:
    """Name the folders of installations, the one in use first, each once."""
    seen: set[str] = set()
    for raw in filter(None, _places(host)):
        base = _plain(host.real_path(raw))
        if base in seen or not _is_base(host, base):
            continue
        seen.add(base)
        yield base


def _places(host: Host) -> Iterator[str]:
    for name in ("CONDA_EXE", "MAMBA_EXE"):
        program = host.env(name)
        if program:
            yield _PROGRAM.sub("", program)
    for name in ("MAMBA_ROOT_PREFIX", "CONDA_PREFIX", "CONDA_PREFIX_1"):
        yield host.env(name) or ""
    windows = host.system == "windows"
    home = host.env("USERPROFILE" if windows else "HOME") or ""
    outer = (
        (home, host.env("LOCALAPPDATA"), host.env("PROGRAMDATA"), "C:", "D:")
        if windows
        else (home, "/opt", "/usr/local", "/opt/homebrew", "/opt/homebrew/Caskroom/miniconda/base")
    )
    for folder in filter(None, outer):
        for name in _FOLDERS:
            yield f"{_plain(folder)}/{name}"
    if not windows:
        yield "/opt/conda"
        yield "/opt/homebrew/Caskroom/miniconda/base"
        yield "/opt/homebrew/Caskroom/miniforge/base"
        yield f"{home}/.local/share/mamba"
    for environment in _listed(host):
        yield environment
        yield environment.partition("/envs/")[0]


def _is_base(host: Host, folder: str) -> bool:
    """A base has conda in it; micromamba's root has nothing but environments."""
    if not folder:
        return False
    if "conda" in conda_records(host, folder) or host.is_dir(f"{folder}/condabin"):
        return True
    return any(_environments_in(host, f"{folder}/envs"))


def _listed(host: Host) -> Iterator[str]:
    """Read the list of environments that conda, mamba and micromamba keep together."""
    windows = host.system == "windows"
    home = host.env("USERPROFILE" if windows else "HOME") or ""
    text = (host.read(f"{home}/.conda/environments.txt") or b"").decode("utf-8", "replace")
    for line in text.splitlines():
        folder = _plain(line.strip())
        if folder and host.is_dir(f"{folder}/conda-meta"):
            yield folder


def _environments_in(host: Host, folder: str) -> Iterator[str]:
    for name in host.listdir(folder):
        if host.is_dir(f"{folder}/{name}/conda-meta"):
            yield f"{folder}/{name}"


def _kind(host: Host, base: str, packages: dict[str, str]) -> str:
    """Tell what was installed, by what each installer leaves in its base and nobody else does."""
    if "anaconda" in packages or "anaconda-navigator" in packages:
        return "anaconda"
    if "conda" not in packages:
        return "micromamba"
    channels = (host.read(f"{base}/.condarc") or b"").decode("utf-8", "replace")
    if "conda-forge" in channels or _last(base).startswith(("miniforge", "mambaforge")):
        return "miniforge"
    return "miniconda"


def _pixi(host: Host) -> Iterable[CondaInstall]:
    windows = host.system == "windows"
    home = _plain(host.env("USERPROFILE" if windows else "HOME") or "")
    folder = _plain(host.env("PIXI_HOME") or f"{home}/.pixi")
    program = f"{folder}/bin/pixi.exe" if windows else f"{folder}/bin/pixi"
    if host.modified(program) is not None:
        environments = tuple(_environments_in(host, f"{folder}/envs"))
        yield CondaInstall(path=folder, kind="pixi", environments=environments)


def _between(host: Host) -> str:
    return ";" if host.system == "windows" else ":"


def _plain(path: str) -> str:
    """Write Windows' paths with slashes, which it reads as well, so that all compare alike."""
    return path.replace("\\", "/").rstrip("/") if ":" in path[:3] else path.rstrip("/")


def _last(path: str) -> str:
    return path.rpartition("/")[2]
