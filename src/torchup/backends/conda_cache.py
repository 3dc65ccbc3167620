"""conda's cache of packages: which of its entries are damaged.

A package is kept twice: as the archive that was fetched and unpacked beside it, whose files are
linked into environments. ``info/paths.json`` says of every file its kind, its size and its hash
(CEP 34), older packages list names alone in ``info/files``. conda holds a package against that
when it links it, and stops with CondaVerificationError.
"""

from __future__ import annotations

import os
import shutil
import stat
from contextlib import suppress
from typing import TYPE_CHECKING, Final, Literal

import msgspec
from msgspec import Struct

from torchup.early import read_file, read_text
from torchup.model.no_document import NO_DOCUMENT
from torchup.state.digests import file_digest

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from pathlib import Path

Why = Literal["archive", "content", "cut-off", "missing", "size"]
ENDINGS: Final = (".conda", ".tar.bz2")


class Damage(Struct, frozen=True, kw_only=True):
    """A damaged entry: the package as its folder is called, where, why, and the first such file."""

    name: str
    cache: str
    why: Why
    file: str = ""


class _Path(Struct, frozen=True):
    path: str = msgspec.field(name="_path")
    path_type: str = "hardlink"
    size_in_bytes: int | None = None
    sha256: str | None = None


class _Paths(Struct, frozen=True):
    paths: tuple[_Path, ...] = ()


class _Record(Struct, frozen=True):
    """What an index said of an archive: its size, and what it is called."""

    size: int | None = None
    fn: str = ""


def entries(cache: Path) -> Iterator[str]:
    """Name the packages of a cache, each once: unpacked, as an archive, or both."""
    found: dict[str, None] = {}
    with suppress(OSError), os.scandir(cache) as listed:
        for one in sorted(listed, key=lambda entry: entry.name):
            stem = stem_of(one.name)
            if one.is_dir(follow_symlinks=False):
                inside = os.path.isdir(os.path.join(one.path, "info"))  # noqa: PTH112, PTH118  # many
                if inside or any((cache / f"{one.name}{end}").is_file() for end in ENDINGS):
                    found[one.name] = None
            elif stem:
                found[stem] = None
    yield from found


def stem_of(name: str) -> str:
    """Return an archive's name without its ending, empty for what is none."""
    return next((name.removesuffix(end) for end in ENDINGS if name.endswith(end)), "")


def damaged(
    cache: Path, *, names: Collection[str] | None = None, thorough: bool = False
) -> Iterator[Damage]:
    """Find the damaged entries of a cache.

    Args:
        cache: the folder.
        names: look at these alone, as their folders are called.
        thorough: compare contents too, not only sizes: reads every byte.
    """
    for name in entries(cache) if names is None else names:
        found = _archive(cache, name) or _unpacked(cache, name, thorough=thorough)
        if found is not None:
            yield found


def drop(cache: Path, name: str) -> None:
    """Remove one entry, unpacked and archive; environments keep their links.

    The folder goes out of sight in one move first: half an entry would be taken for a whole one.

    Raises:
        OSError: it can't be removed.
    """
    folder = cache / name
    if folder.is_symlink():
        folder.unlink()
    for file in (*(cache / f"{name}{end}" for end in ENDINGS), cache / f"{name}.lock"):
        file.unlink(missing_ok=True)
    if folder.is_dir():
        away = cache / f".{name}.{os.getpid()}.gone"
        folder.replace(away)
        shutil.rmtree(away)


def drop_unopenable(cache: Path, names: Iterable[str]) -> None:
    """Remove those of some entries that hold a pipe or a device where a record belongs.

    Whoever opens such a one waits for ever, and rattler opens them without a look.

    Raises:
        OSError: one can't be removed.
    """
    for name in names:
        if os.path.basename(name) != name:  # noqa: PTH119  # a lock is somebody else's file
            continue
        folder, lock = cache / name, cache / f"{name}.lock"
        if _is_odd(lock):
            lock.unlink(missing_ok=True)
        if _is_odd(folder / "info") or _holds_odd(folder / "info"):
            with suppress(FileNotFoundError):  # another torchup was faster
                drop(cache, name)


def _holds_odd(folder: Path) -> bool:
    try:
        with os.scandir(folder) as listed:
            return any(_is_odd(one) for one in listed)
    except OSError:
        return False


def _is_odd(path: Path | os.DirEntry[str]) -> bool:
    """Tell whether something is there that can be opened and has no end, or none soon."""
    try:
        mode = path.stat().st_mode
    except OSError:  # a link that leads nowhere is as good as nothing
        return False
    return not stat.S_ISREG(mode) and not stat.S_ISDIR(mode)


def _archive(cache: Path, name: str) -> Damage | None:
    for end in ENDINGS:
        file = cache / f"{name}{end}"
        if not file.is_file():
            continue
        said = _record(cache / name)
        if said is not None and said.size and file.stat().st_size != said.size:
            if said.fn.endswith(end):  # it tells of this archive, not of the other form
                return Damage(name=name, cache=str(cache), why="archive", file=file.name)
        elif not _begins(file, end):
            return Damage(name=name, cache=str(cache), why="archive", file=file.name)
    return None


def _record(folder: Path) -> _Record | None:
    try:
        data = read_file(folder / "info" / "repodata_record.json")
        return msgspec.json.decode(data, type=_Record)
    except (OSError, *NO_DOCUMENT):
        return None


def _begins(file: Path, end: str) -> bool:
    """Tell whether an archive that nothing else is known of looks like one, from its ends."""
    import zipfile

    try:
        if end == ".conda":
            return zipfile.is_zipfile(file)
        with file.open("rb") as stream:
            return stream.read(3) == b"BZh"
    except OSError:
        return False


def _unpacked(cache: Path, name: str, *, thorough: bool) -> Damage | None:
    folder = cache / name
    if not folder.is_dir():
        return None
    info = folder / "info"
    try:
        msgspec.json.decode(read_file(info / "index.json"))
        paths = _listed(info)
    except (OSError, *NO_DOCUMENT):
        return Damage(name=name, cache=str(cache), why="cut-off", file="info/index.json")
    for one in paths:
        why = _fault(folder, one, thorough=thorough)
        if why is not None:
            return Damage(name=name, cache=str(cache), why=why, file=one.path)
    return None


def _listed(info: Path) -> tuple[_Path, ...]:
    """Read what a package consists of.

    Raises:
        OSError: neither list is there.
        msgspec.MsgspecError: it is damaged.
    """
    file = info / "paths.json"
    if file.is_file():
        return msgspec.json.decode(read_file(file), type=_Paths).paths
    lines = read_text(info / "files").splitlines()
    return tuple(_Path(path=line) for line in lines if line)


def _fault(folder: Path, one: _Path, *, thorough: bool) -> Why | None:
    path = os.path.join(folder, one.path)  # noqa: PTH118  # tens of thousands
    try:
        seen = os.lstat(path)
    except OSError:
        return None if one.path_type == "directory" else "missing"
    if one.path_type != "hardlink" or stat.S_ISLNK(seen.st_mode):
        return None
    if not stat.S_ISREG(seen.st_mode):
        return "content"
    if one.size_in_bytes is not None and seen.st_size != one.size_in_bytes:
        return "size"
    if thorough and one.sha256 and _hash_of(path) != one.sha256:
        return "content"
    return None


def _hash_of(path: str) -> str:
    try:
        return file_digest(path)
    except OSError:
        return ""
