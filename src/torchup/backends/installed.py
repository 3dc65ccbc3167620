"""What lies in an environment: read from its folders, without running anything."""

# A path object for each of thousands of files would take longer than looking at the disk.
# ruff: noqa: PTH118

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from torchup.model import Text, text
from torchup.model.names import canonical_name

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from torchup.host import Host

_SUFFIX = ".dist-info"
_END = -len(_SUFFIX)


class Recorded(NamedTuple):
    """A package by the folder of its record; not ``whole`` where METADATA is missing."""

    name: str
    version: str
    whole: bool


def interpreter(path: Path, host: Host) -> Path:
    """Return where the environment's interpreter should be; conda's has no folder on Windows."""
    from pathlib import Path

    return Path(_interpreter(path, host))


def _interpreter(path: Path | str, host: Host) -> str:
    if host.system != "windows":
        return os.path.join(path, "bin", "python")
    if host.is_dir(os.path.join(path, "conda-meta")):
        return os.path.join(path, "python.exe")
    return os.path.join(path, "Scripts", "python.exe")


def program_folders(path: Path, host: Host) -> tuple[Path, ...]:
    """Return where the environment's programs are; conda's has several folders on Windows.

    Their order is that of conda's own activation.
    """
    python = interpreter(path, host)
    if python.parent != path:
        return (python.parent,)
    library = path / "Library"
    more = (library / "mingw-w64" / "bin", library / "usr" / "bin", library / "bin")
    return (path, *more, path / "Scripts", path / "bin")


def site_packages(path: Path, host: Host) -> Path | None:
    """Find the folder that packages are installed into, None where there is none."""
    from pathlib import Path

    folder = _site_packages(path, host)
    return None if folder is None else Path(folder)


def _site_packages(path: Path | str, host: Host) -> str | None:
    if host.system == "windows":
        folders = [os.path.join(path, "Lib", "site-packages")]
    else:
        library = os.path.join(path, "lib")
        lines = (name for name in host.listdir(library) if name.startswith("python"))
        folders = [os.path.join(library, name, "site-packages") for name in lines]
    return next((folder for folder in folders if host.is_dir(folder)), None)


def installed(path: Path, host: Host) -> dict[str, str]:
    """Return name → version of what is installed; leftovers are left out."""
    return _whole(_found(_site_packages(path, host), host))


def leftovers(path: Path, host: Host) -> tuple[str, ...]:
    """Name the packages whose installation was cut off: a record folder without METADATA."""
    return _cut_off(_found(_site_packages(path, host), host))


def fault(path: Path, host: Host, expected: Mapping[str, str]) -> Text | None:
    """Say what is wrong with an environment, None if nothing is seen.

    Args:
        path: the environment.
        host: the machine.
        expected: versions that must be there, local part included.
    """
    return looked_at(path, host, expected)[1]


def looked_at(
    path: Path | str, host: Host, expected: Mapping[str, str]
) -> tuple[dict[str, str], Text | None]:
    """Return what :func:`installed` and :func:`fault` do, from one look."""
    folder = _site_packages(path, host)
    recorded = _found(folder, host)
    found = _whole(recorded)
    python = _interpreter(path, host)
    if not host.is_executable(python):
        return found, text("environment.no-interpreter", python=python)
    return found, _fault(folder, recorded, found, host, expected)


def _fault(
    folder: str | None,
    recorded: tuple[Recorded, ...],
    found: Mapping[str, str],
    host: Host,
    expected: Mapping[str, str],
) -> Text | None:
    cut_off = _cut_off(recorded)
    if cut_off:
        return text("environment.leftovers", names=", ".join(cut_off))
    for raw, version in expected.items():
        name = canonical_name(raw)
        if name not in found:
            return text("environment.package-missing", name=name, version=version)
        wrong = difference(name, version, found[name])
        if wrong is not None:
            return wrong
        if not _has_files(folder, host, raw, version):
            return text("environment.files-missing", name=name)
    return None


def _has_files(folder: str | None, host: Host, name: str, version: str) -> bool:
    """Tell whether what a package installed is there, by the folder of its name.

    Where there is none its list of files is asked, which is long.
    """
    if folder is None:
        return False
    module = name.replace("-", "_")
    beginning = os.path.join(folder, module)
    if host.is_dir(beginning) or host.modified(f"{beginning}.py") is not None:
        return True
    record = host.read(os.path.join(f"{beginning}-{version}{_SUFFIX}", "RECORD")) or b""
    files = (line.partition(",")[0] for line in record.decode("utf-8", "replace").splitlines())
    own = [file for file in files if file and _SUFFIX not in file and not file.startswith("..")]
    return not record or not own or host.modified(os.path.join(folder, own[0])) is not None


def difference(name: str, version: str, present: str) -> Text | None:
    """Say in what a version differs from the one that is there: the build, or the whole."""
    if present == version:
        return None
    public, _, build = version.partition("+")
    present_public, _, present_build = present.partition("+")
    if public == present_public:
        none = "@environment.no-build"
        return text(
            "environment.other-build", name=name, build=build or none, found=present_build or none
        )
    return text("environment.other-version", name=name, version=version, found=present)


def _found(folder: str | None, host: Host) -> tuple[Recorded, ...]:
    if folder is None:
        return ()
    named = (one for one in host.listdir(folder) if one.endswith(_SUFFIX) and "-" in one[:_END])
    return tuple(_recorded(folder, one, host) for one in named)


def _recorded(folder: str, entry: str, host: Host) -> Recorded:
    name, _, version = entry[:_END].rpartition("-")
    metadata = os.path.join(folder, entry, "METADATA")
    return Recorded(canonical_name(name), version, host.modified(metadata) is not None)


def _whole(recorded: tuple[Recorded, ...]) -> dict[str, str]:
    return {one.name: one.version for one in recorded if one.whole}


def _cut_off(recorded: tuple[Recorded, ...]) -> tuple[str, ...]:
    return tuple(one.name for one in recorded if not one.whole)
