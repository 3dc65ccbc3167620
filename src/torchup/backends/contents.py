"""What an environment's Python finds: read from records on the disk, nothing is run."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec
from msgspec.structs import replace

from torchup.backends.installed import site_packages
from torchup.model.contents import InstalledPackage
from torchup.model.names import canonical_name
from torchup.model.no_document import NO_DOCUMENT
from torchup.model.source import bare_url, kept_url

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchup.host import Host
    from torchup.model.contents import Leak

_DIST: Final = ".dist-info"
_EGG: Final = ".egg-info"
CONDA: Final = "conda"
"""What Python's records and these say of what conda installed."""


class CondaPackage(msgspec.Struct, frozen=True, kw_only=True):
    """A record of conda's, as far as it is used here."""

    name: str
    version: str
    build: str = ""
    channel: str = ""
    url: str = ""
    md5: str = ""
    files: tuple[str, ...] = ()


def contents(path: Path, host: Host) -> tuple[InstalledPackage, ...]:
    """Return what is installed inside an environment, by name; conda's and pip's in one list.

    What conda installed also has a record of Python's: it is named once, as conda's.
    """
    conda = conda_packages(path, host)
    owned = {
        file.split("/")[-2]
        for one in conda
        for file in one.files
        if file.endswith((f"{_DIST}/METADATA", f"{_EGG}/PKG-INFO"))
    }
    found = [
        InstalledPackage(
            name=canonical_name(one.name),
            version=one.version,
            by=CONDA,
            build=one.build,
            source=kept_url(one.channel),
        )
        for one in conda
    ]
    folder = site_packages(path, host)
    for package, record in _records(folder, host) if folder else ():
        if not conda or (package.by != CONDA and record not in owned):
            found.append(package)
    return tuple(sorted(found, key=lambda one: (one.name, one.by)))


def leaks(path: Path, host: Host) -> tuple[InstalledPackage, ...]:
    """Return what gets in from outside, by name.

    Folders named by ``PYTHONPATH`` come before everything of the environment's. A virtual
    environment that takes the system's packages also takes the user's own folder; one of conda's
    always does, and before its own (https://docs.python.org/3/library/site.html).
    """
    inside = {one.name for one in contents(path, host)}
    found: dict[str, InstalledPackage] = {}
    for leak, folder, first in _outside(path, host):
        for package, _ in _records(folder, host):
            hides = first and package.name in inside
            if hides or (package.name not in inside and package.name not in found):
                found[package.name] = replace(package, leak=leak, where=str(folder), hides=hides)
    return tuple(found[name] for name in sorted(found))


def conda_packages(path: Path, host: Host) -> tuple[CondaPackage, ...]:
    """Return conda's own records of an environment, none where it is not conda's."""
    folder = path / "conda-meta"
    found = []
    for name in host.listdir(str(folder)):
        data = host.read(str(folder / name)) if name.endswith(".json") else None
        try:
            found.append(msgspec.json.decode(data or b"", type=CondaPackage))
        except NO_DOCUMENT:
            continue
    return tuple(found)


def _records(folder: Path, host: Host) -> Iterator[tuple[InstalledPackage, str]]:
    """Read the records in a folder of packages; with the name of each record."""
    for entry in host.listdir(str(folder)):
        stem, dot, kind = entry.rpartition(".")
        if f"{dot}{kind}" not in (_DIST, _EGG):
            continue
        record = folder / entry
        whole = host.modified(str(record / "METADATA")) is not None
        if f"{dot}{kind}" == _DIST and not whole:
            continue  # an installation that was cut off
        name, _, rest = stem.partition("-")
        version = rest.partition("-py")[0] if kind == "egg-info" else rest
        yield (
            InstalledPackage(
                name=canonical_name(name),
                version=version,
                by=_line(host, record / "INSTALLER"),
                **_origin(host, record / "direct_url.json"),
            ),
            entry,
        )


def _line(host: Host, file: Path) -> str:
    return (host.read(str(file)) or b"")[:80].decode("utf-8", "replace").strip()


def _origin(host: Host, file: Path) -> dict[str, Any]:
    """Read where a package came from if that was no index (PEP 610)."""
    try:
        said = msgspec.json.decode(host.read(str(file)) or b"{}")
        url, local, control = str(said["url"]), said.get("dir_info"), said.get("vcs_info")
        commit = control.get("commit_id", "") if isinstance(control, dict) else ""
        editable = isinstance(local, dict) and local.get("editable") is True
        prefix = f"{control.get('vcs')}+" if isinstance(control, dict) else ""
    except (KeyError, TypeError, AttributeError, *NO_DOCUMENT):
        return {}
    source = bare_url(url)
    return {"source": f"{prefix}{source}", "commit": str(commit), "editable": editable}


def _outside(path: Path, host: Host) -> Iterator[tuple[Leak, Path, bool]]:
    """Name the folders outside that are searched: how they get in, where, whether first."""
    for part in filter(None, (host.env("PYTHONPATH") or "").split(os.pathsep)):
        folder = Path(part)
        if not folder.is_relative_to(path):
            yield "PYTHONPATH", folder, True
    settings = _settings(host, path / "pyvenv.cfg")
    venv = settings is not None
    takes = (settings or {}).get("include-system-site-packages", "").lower() == "true"
    if venv and not takes:
        return
    line = _line_of(path, host)
    if not host.env("PYTHONNOUSERSITE"):
        for user in _user_folders(host, line):
            yield "user", user, not venv
    base = (settings or {}).get("home")
    if base:
        prefix = Path(base) if host.system == "windows" else Path(base).parent
        for folder in _system_folders(prefix, host, line):
            yield "system", folder, False


def _settings(host: Host, file: Path) -> dict[str, str] | None:
    said = host.read(str(file))
    if said is None:
        return None
    pairs = (line.partition("=") for line in said.decode("utf-8", "replace").splitlines())
    return {key.strip().lower(): value.strip() for key, sign, value in pairs if sign}


def _line_of(path: Path, host: Host) -> str:
    """The release line of an environment's Python as its folders have it, such as ``3.12``."""
    folder = site_packages(path, host)
    if folder is not None and host.system != "windows":
        return folder.parent.name.removeprefix("python")
    said = (_settings(host, path / "pyvenv.cfg") or {}).get("version_info", "")
    return ".".join(said.split(".")[:2])


def _user_folders(host: Host, line: str) -> Iterator[Path]:
    """Where packages of the user's own are; Apple's framework builds have a place of their own."""
    base = host.env("PYTHONUSERBASE")
    if host.system == "windows":
        roaming = base or (f"{host.env('APPDATA')}\\Python" if host.env("APPDATA") else "")
        if roaming:
            yield Path(roaming) / f"Python{line.replace('.', '')}" / "site-packages"
        return
    own = host.env("HOME")
    home = base or (f"{own}/.local" if own else "")
    if home:
        yield Path(home) / "lib" / f"python{line}" / "site-packages"
    if own and not base and host.system == "macos":
        yield Path(own) / "Library" / "Python" / line / "lib" / "python" / "site-packages"


def _system_folders(prefix: Path, host: Host, line: str) -> Iterator[Path]:
    """Where an installation keeps packages; Debian has names of its own."""
    if host.system == "windows":
        yield prefix / "Lib" / "site-packages"
        return
    yield prefix / "lib" / f"python{line}" / "site-packages"
    if str(prefix) == "/usr":
        yield Path("/usr/local/lib") / f"python{line}" / "dist-packages"
        yield Path("/usr/lib/python3/dist-packages")
