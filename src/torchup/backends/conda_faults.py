"""Which packages of an environment of conda's are not as its lock says, file by file."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from torchup.backends.conda_inspect import framework_names
from torchup.backends.conda_lock import pip_part, read_lock
from torchup.backends.conda_prefix import META
from torchup.backends.faults import faults
from torchup.backends.pylock import locked_versions
from torchup.early import read_file
from torchup.model.names import canonical_name
from torchup.model.no_document import NO_DOCUMENT

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from torchup.backends.faults import Fault
    from torchup.host import Host


class _Path(Struct, frozen=True):
    path: str = msgspec.field(name="_path")
    path_type: str = "hardlink"
    size_in_bytes: int | None = None
    file_mode: str | None = None
    prefix_placeholder: str | None = None


class _Paths(Struct, frozen=True):
    paths: tuple[_Path, ...] = ()


class _Record(Struct, frozen=True):
    name: str
    version: str
    build: str = ""
    subdir: str = ""
    fn: str = ""
    url: str = ""
    files: tuple[str, ...] = ()
    paths_data: _Paths = _Paths()


def conda_faults(path: Path, host: Host, lock: str) -> dict[str, Fault]:
    """Compare an environment with its lock; costs a look at every file.

    conda's part is held against conda's records: what a package consists of, and the size of each
    file that does not hold the environment's path. Bytecode counts for nothing.

    Args:
        path: the environment.
        host: the machine.
        lock: the lock's text, both parts.

    Returns:
        The packages that are not in order, by their normalised names, and why.

    Raises:
        msgspec.MsgspecError: the lock is damaged.
    """
    locked = read_lock(lock)
    records = _records(path)
    ours = framework_names()
    found: dict[str, Fault] = {}
    for one in locked.packages if locked else ():
        name = canonical_name(ours.get(one.name, one.name))
        record = records.get(one.name)
        if record is None or not (record.subdir and record.fn and record.url):
            found[name] = "missing"  # rattler, which puts it in again, can't read such a record
        elif (record.version, record.build) != (one.version, one.build):
            found[name] = "other-version"
        elif not _whole(path, record):
            found[name] = "files"
    by_pip = locked_versions(pip_part(lock).encode()) or {}
    return found | faults(path, host, by_pip)


def owners(path: Path) -> Mapping[str, tuple[str, ...]]:
    """Return the files of an environment that several packages claim, and which these are.

    conda calls that a ClobberError: whichever came last is what lies there.
    """
    found: dict[str, tuple[str, ...]] = {}
    several: dict[str, tuple[str, ...]] = {}
    for record in _records(path).values():
        for file in record.files:
            if file in found:
                several[file] = (*found[file], record.name)
            found[file] = (*found.get(file, ()), record.name)
    return several


def whole_in(path: Path) -> dict[str, bool]:
    """Tell of each package of an environment whether its files are there as its record says."""
    return {name: _whole(path, one) for name, one in _records(path).items()}


def _records(path: Path) -> dict[str, _Record]:
    found = {}
    for file in sorted((path / META).glob("*.json")):
        with suppress(OSError, *NO_DOCUMENT):
            record = msgspec.json.decode(read_file(file), type=_Record)
            found[record.name] = record
    return found


def _whole(path: Path, record: _Record) -> bool:
    listed = {one.path for one in record.paths_data.paths}
    plain = (_Path(path=one) for one in record.files if one not in listed)
    return all(_is_well(path, one) for one in (*record.paths_data.paths, *plain))


def _is_well(path: Path, one: _Path) -> bool:
    if one.path.endswith(".pyc") or one.path_type == "directory":
        return True
    try:
        seen = os.lstat(os.path.join(path, one.path))  # noqa: PTH118  # tens of thousands
    except OSError:
        return False
    sized = one.size_in_bytes is not None and one.prefix_placeholder is None
    if not sized or one.path_type != "hardlink" or not stat.S_ISREG(seen.st_mode):
        return True
    return seen.st_size == one.size_in_bytes
