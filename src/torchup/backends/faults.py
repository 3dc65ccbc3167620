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
    for raw, version in expected.items():
        name = canonical_name(raw)
        if name not in here:
            found.setdefault(name, "missing")
        elif name in twice:
            found[name] = "doubled"
        elif not _same(here[name], version):
            found[name] = "other-version"
        elif folder is not None and _listless(folder, host, name, here[name]):
            found[name] = "cut-off"
        elif folder is not None and not _whole(folder, host, name, here[name]):
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
    theirs = {
        row.path
        for name, version in installed(path, host).items()
        if name in spoilt
        for row in rows(folder, host, name, version)
    }
    strangers = {name: v for name, v in installed(path, host).items() if name not in expected}
    return tuple(
        name
        for name, version in sorted(strangers.items())
        if any(row.path in theirs for row in rows(folder, host, name, version))
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


def rows(folder: Path, host: Host, name: str, version: str) -> Iterator[Row]:
    """Read the list of files that a package installed; bytecode and programs are left out."""
    entry = _record_of(folder, host, name, version)
    record = (host.read(str(folder / entry / "RECORD")) if entry else None) or b""
    for row in csv.reader(record.decode("utf-8", "replace").splitlines()):
        if row and not row[0].endswith(_BYTECODE) and not row[0].startswith(".."):
            yield Row(row[0], row[1] if len(row) > 1 else "", row[-1])


def _record_of(folder: Path, host: Host, name: str, version: str) -> str | None:
    return next(
        (
            one
            for one in host.listdir(str(folder))
            if one.endswith(f"-{version}{_SUFFIX}")
            and canonical_name(one.removesuffix(f"-{version}{_SUFFIX}")) == name
        ),
        None,
    )


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


def _listless(folder: Path, host: Host, name: str, version: str) -> bool:
    """Tell whether a package has lost its list of files, which uv always writes."""
    entry = _record_of(folder, host, name, version)
    if entry is None or host.modified(str(folder / entry / "RECORD")) is not None:
        return False
    return (host.read(str(folder / entry / "INSTALLER")) or b"").strip() == b"uv"


def _whole(folder: Path, host: Host, name: str, version: str) -> bool:
    """Tell whether every file that a package installed is there, and is what was installed.

    Its size tells, and where it was written later than the package's record its content. Bytecode
    counts for nothing: Python writes it anew. A package that came without a list is whole.
    """
    entry = _record_of(folder, host, name, version)
    recorded = host.modified(str(folder / entry / "RECORD")) if entry else None
    since = recorded[0] + _LATER if recorded else None
    for row in rows(folder, host, name, version):
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
