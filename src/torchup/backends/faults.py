"""Which packages of an environment are not as their lock says: by version, and file by file."""

from __future__ import annotations

import csv
import shutil
from typing import TYPE_CHECKING, Literal

from torchup.backends.installed import installed, leftovers, site_packages
from torchup.model.names import canonical_name

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    from torchup.host import Host

Fault = Literal["missing", "other-version", "cut-off", "files"]
_SUFFIX = ".dist-info"
_BYTECODE = ".pyc"


def faults(path: Path, host: Host, expected: Mapping[str, str]) -> dict[str, Fault]:
    """Compare what is installed with what should be; costs a look at every file.

    Args:
        path: the environment.
        host: the machine.
        expected: name → version, local part included where the lock has one.

    Returns:
        The packages that are not in order, and why.
    """
    found: dict[str, Fault] = dict.fromkeys(leftovers(path, host), "cut-off")
    here = installed(path, host)
    folder = site_packages(path, host)
    for raw, version in expected.items():
        name = canonical_name(raw)
        if name not in here:
            found.setdefault(name, "missing")
        elif not _same(here[name], version):
            found[name] = "other-version"
        elif folder is not None and not _whole(folder, host, name, here[name]):
            found[name] = "files"
    return found


def sweep(host: Host, path: Path, cut_off: Collection[str]) -> None:
    """Remove what cut-off installations left: installers stumble over records without content.

    Args:
        host: the machine.
        path: the environment.
        cut_off: the packages, by normalised name.

    Raises:
        OSError: it can't be removed.
    """
    folder = site_packages(path, host)
    for entry in folder.glob(f"*{_SUFFIX}") if folder and cut_off else ():
        name = canonical_name(entry.name.partition("-")[0])
        if name in cut_off and not (entry / "METADATA").is_file():
            shutil.rmtree(entry)


def _same(here: str, version: str) -> bool:
    """Compare versions; a lock without a local part says nothing about it."""
    return here == version or ("+" not in version and here.partition("+")[0] == version)


def _whole(folder: Path, host: Host, name: str, version: str) -> bool:
    """Tell whether every file that a package installed is there with its size.

    Bytecode counts for nothing: Python writes it anew. A package without a list is whole.
    """
    entry = next(
        (
            one
            for one in host.listdir(str(folder))
            if one.endswith(f"-{version}{_SUFFIX}")
            and canonical_name(one.removesuffix(f"-{version}{_SUFFIX}")) == name
        ),
        None,
    )
    record = (host.read(str(folder / entry / "RECORD")) if entry else None) or b""
    for row in csv.reader(record.decode("utf-8", "replace").splitlines()):
        if not row or row[0].endswith(_BYTECODE) or row[0].startswith(".."):
            continue
        seen = host.modified(str(folder / row[0]))
        if seen is None or (row[-1].isdigit() and seen[1] != int(row[-1])):
            return False
    return True
