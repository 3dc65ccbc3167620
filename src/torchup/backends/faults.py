"""Which packages of an environment are not as their lock says: by version, and file by file."""

from __future__ import annotations

import base64
import csv
import hashlib
import shutil
from collections import Counter
from typing import TYPE_CHECKING, Literal, NamedTuple

from torchup.backends.installed import installed, leftovers, site_packages
from torchup.model.names import canonical_name

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from pathlib import Path

    from torchup.host import Host

Fault = Literal["missing", "other-version", "cut-off", "doubled", "files"]
_SUFFIX = ".dist-info"
_BYTECODE = ".pyc"
_LATER = 2_000_000_000
"""Nanoseconds after its installation from which a file counts as written by somebody else."""


class Row(NamedTuple):
    """A file that a package installed: its path among the packages, its digest and size."""

    path: str
    digest: str
    size: str


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
    twice = _doubled(host, folder)
    records = _records(folder, host)
    for raw, version in expected.items():
        name = canonical_name(raw)
        if name not in here:
            found.setdefault(name, "missing")
        elif name in twice:
            found[name] = "doubled"
        elif not _same(here[name], version):
            found[name] = "other-version"
        elif folder is not None and (entry := records.get((name, here[name]))) is not None:
            if _listless(folder, host, entry):
                found[name] = "cut-off"
            elif not _whole(folder, host, entry):
                found[name] = "files"
    return found


def intruders(
    path: Path, host: Host, expected: Collection[str], spoilt: Collection[str]
) -> tuple[str, ...]:
    """Name packages that nobody recorded and that wrote over the files of recorded ones.

    Two packages that install the same files (``opencv-python`` and ``opencv-python-headless``)
    take turns in breaking each other.

    Args:
        path: the environment.
        host: the machine.
        expected: the packages on record, by normalised name.
        spoilt: those of them whose files are not their own any more.
    """
    folder = site_packages(path, host)
    if folder is None or not spoilt:
        return ()
    here = installed(path, host)
    records = {
        name: entry for (name, v), entry in _records(folder, host).items() if here.get(name) == v
    }
    theirs = {
        row.path
        for name, entry in records.items()
        if name in spoilt
        for row in rows(folder, host, entry)
    }
    return tuple(
        name
        for name, entry in sorted(records.items())
        if name not in expected and any(row.path in theirs for row in rows(folder, host, entry))
    )


def sweep(host: Host, path: Path, cut_off: Collection[str], doubled: Mapping[str, str]) -> None:
    """Remove what cut-off installations left: installers stumble over records without content.

    Args:
        host: the machine.
        path: the environment.
        cut_off: the packages, by normalised name.
        doubled: those that have several records, with the version whose record stays.

    Raises:
        OSError: it can't be removed.
    """
    folder = site_packages(path, host)
    for entry in folder.glob(f"*{_SUFFIX}") if folder and (cut_off or doubled) else ():
        stem, _, version = entry.name.removesuffix(_SUFFIX).partition("-")
        name = canonical_name(stem)
        bare = any(not (entry / part).is_file() for part in ("METADATA", "RECORD"))
        if (bare and name in cut_off) or (name in doubled and version != doubled[name]):
            shutil.rmtree(entry)


def rows(folder: Path, host: Host, entry: str) -> Iterator[Row]:
    """Read the list of files that a package installed; bytecode and programs are left out.

    Args:
        folder: where packages lie.
        host: the machine.
        entry: the package's record, a folder in it.
    """
    record = host.read(str(folder / entry / "RECORD")) or b""
    for row in csv.reader(record.decode("utf-8", "replace").splitlines()):
        if row and not row[0].endswith(_BYTECODE) and not row[0].startswith(".."):
            yield Row(row[0], row[1] if len(row) > 1 else "", row[-1])


def _records(folder: Path | None, host: Host) -> dict[tuple[str, str], str]:
    """The record of each package, by normalised name and version."""
    found: dict[tuple[str, str], str] = {}
    for one in host.listdir(str(folder)) if folder is not None else ():
        name, dash, version = one.removesuffix(_SUFFIX).rpartition("-")
        if dash and one.endswith(_SUFFIX):
            found.setdefault((canonical_name(name), version), one)
    return found


def _doubled(host: Host, folder: Path | None) -> frozenset[str]:
    """Name packages with more than one record: one was put over the other."""
    if folder is None:
        return frozenset()
    entries = [one for one in host.listdir(str(folder)) if one.endswith(_SUFFIX)]
    counted = Counter(canonical_name(one.partition("-")[0]) for one in entries)
    if not any(count > 1 for count in counted.values()):
        return frozenset()
    whole = (one for one in entries if host.modified(str(folder / one / "METADATA")) is not None)
    counted = Counter(canonical_name(one.partition("-")[0]) for one in whole)
    return frozenset(name for name, count in counted.items() if count > 1)


def _same(here: str, version: str) -> bool:
    """Compare versions; a lock without a local part says nothing about it."""
    return here == version or ("+" not in version and here.partition("+")[0] == version)


def _listless(folder: Path, host: Host, entry: str) -> bool:
    """Tell whether a package has lost its list of files, which uv always writes."""
    if host.modified(str(folder / entry / "RECORD")) is not None:
        return False
    return (host.read(str(folder / entry / "INSTALLER")) or b"").strip() == b"uv"


def _whole(folder: Path, host: Host, entry: str) -> bool:
    """Tell whether every file that a package installed is there, and is what was installed.

    Its size tells, and where it was written later than the package's record its content. Bytecode
    counts for nothing: Python writes it anew. A package that came without a list is whole.
    """
    recorded = host.modified(str(folder / entry / "RECORD"))
    since = recorded[0] + _LATER if recorded else None
    for row in rows(folder, host, entry):
        place = str(folder / row.path)
        seen = host.modified(place)
        if seen is None or (row.size.isdigit() and seen[1] != int(row.size)):
            return False
        if since is not None and seen[0] > since and not _is(host.read(place), row.digest):
            return False
    return True


def _is(data: bytes | None, digest: str) -> bool:
    """Compare with a digest as a RECORD has it (PEP 376): no other than SHA-256 is looked at."""
    kind, _, wanted = digest.partition("=")
    if data is None or kind != "sha256":
        return True
    found = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=")
    return found.decode() == wanted
