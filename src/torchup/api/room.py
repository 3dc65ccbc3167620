"""The room that environments and caches take on the disk, and making some."""

from __future__ import annotations

import shutil
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from torchup.api.fetching.folder import downloads_folder
from torchup.apply import names
from torchup.apply.usage import Tree, measure_at, measure_home
from torchup.backends.uv_prune import clear_cache, prune_cache
from torchup.host.process import identity

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from torchup.api.context import Context
    from torchup.model import Text
    from torchup.model.contents import Usage

_LISTINGS: Final = ("listings", "names", "conda/channels")
"""Folders of the cache with what indexes said: asked for again when it is needed."""


class Clearing(Struct, frozen=True, kw_only=True):
    """Something that can be removed, and the bytes that this frees; None where only doing it tells.

    ``id`` is ``uv-cache``, ``conda-cache``, ``listings``, ``downloads``, ``work``, ``trash``,
    ``drafts`` or ``undo``; or, of a conda that is installed here, ``conda-archives`` or
    ``conda-unused``.
    """

    id: str
    folders: tuple[str, ...]
    frees: int | None


def usage(context: Context, names: Sequence[str] = (), *, everything: bool = False) -> Usage:
    """Measure every file of the home.

    Args:
        context: the session.
        names: the environments that are told of, by path or as conda's too; all of the home's
            where none is given.
        everything: every environment that is found outside the home, too.

    Raises:
        NoAnswerError: there is no such environment.
    """
    from torchup.api.environments.foreign import list_elsewhere, load

    asked = [load(context, name, sized=False, gone=True) for name in names]
    found = measure_home(context.host, context.home)
    if not asked and not everything:
        return found
    own = {one.name: one for one in found.environments}
    asked += list_elsewhere(context) if everything else ()
    named = [one.record for one in asked]
    more = [own.get(one.name) or measure_at(one.name, Path(one.path)) for one in named]
    kept = found.environments if everything and not names else ()
    return replace(found, environments=(*kept, *more))


def not_shared(context: Context, name: str | None = None) -> Text | None:
    """Say why environments, or a named one, can't share files with the cache; None if they do."""
    from torchup.apply.sharing import not_shared as why

    return why(context.host, context.home, name)


def clearings(
    context: Context, *, everything: bool = False, conda: bool = False
) -> tuple[Clearing, ...]:
    """Say what can be removed without touching an environment.

    Args:
        context: the session.
        everything: the packages that were fetched too, not only those that uv has no more use for,
            and what ``undo`` keeps of environments.
        conda: what an installed conda keeps and no environment uses, too.
    """
    home = context.home
    uv = home.uv_cache
    found = [
        _clearing("listings", [home.cache / name for name in _LISTINGS]),
        _clearing("downloads", list(_fetched(context))),
        _clearing("work", [*_stale_work(context), *_half_fetched(context, everything=everything)]),
        _clearing("trash", _inside(home.trash)),
        _clearing("drafts", list(_drafts(context))),
        _clearing("undo", list(_undoable(context, everything=everything))),
    ]
    if uv.is_dir():
        frees = Tree(uv).frees() if everything else None
        found.insert(0, Clearing(id="uv-cache", folders=(str(uv),), frees=frees))
    if everything:
        found.insert(1, _clearing("conda-cache", [home.conda_cache]))
    if conda:
        found += of_conda(context)
    return tuple(one for one in found if one.folders)


def of_conda(context: Context) -> tuple[Clearing, ...]:
    """Say what an installed conda keeps that no environment uses, as ``conda clean`` means it."""
    from torchup.api.condas.packages import unused

    found = unused(context)
    archives = [Path(one.cache) / name for one in found for name in one.archives]
    packages = [Path(one.cache) / name for one in found for name in one.packages]
    kinds = (_clearing("conda-archives", archives), _clearing("conda-unused", packages))
    return tuple(one for one in kinds if one.folders)


def clear(context: Context, one: Clearing, *, everything: bool = False) -> int:
    """Remove something, and return the bytes that became free.

    What can't be removed stays, and isn't counted.

    Raises:
        OutsideError: a ``uv.*`` code: its cache could not be cleared.
    """
    before = Tree(*map(Path, one.folders)).frees()
    if one.id == "uv-cache":
        (clear_cache if everything else prune_cache)(context.host, context.home)
    else:
        for folder in one.folders:
            if one.id == "conda-unused":
                _drop(Path(folder))
            else:
                _remove(Path(folder))
    return max(0, before - Tree(*map(Path, one.folders)).frees())


def _clearing(kind: str, folders: Sequence[Path]) -> Clearing:
    there = [folder for folder in folders if folder.is_symlink() or folder.exists()]
    return Clearing(id=kind, folders=tuple(map(str, there)), frees=Tree(*there).frees())


def _stale_work(context: Context) -> Iterator[Path]:
    """Work folders of processes that are gone."""
    for one in _inside(context.home.cache / "work"):
        pid = one.name.partition("-")[0]
        if not pid.isdigit() or not identity(context.host, int(pid)):
            yield one


def _fetched(context: Context) -> Iterator[Path]:
    """Files that were fetched here, whole or in part, and that nobody is fetching now."""
    from torchup.host.lock import try_lock

    folder = downloads_folder(context)
    for one in _inside(folder):
        key = one.name.partition(".")[0]
        lock = try_lock(str(folder / f"{key}.lock"))
        if lock is not None:
            lock.release()
            yield one


def _half_fetched(context: Context, *, everything: bool) -> list[Path]:
    """Files that were fetched for a bundle that isn't written yet: some work is in them."""
    return [context.home.cache / "fetched"] if everything else []


def _drafts(context: Context) -> Iterator[Path]:
    """Unfinished neighbours of files in the cache, left by processes that are gone."""
    for one in _inside(context.home.cache):
        pid = one.name.removesuffix(".tmp").rpartition(".")[2]
        draft = one.name.startswith(".") and one.name.endswith(".tmp")
        if draft and pid.isdigit() and not identity(context.host, int(pid)):
            yield one


def _undoable(context: Context, *, everything: bool) -> Iterator[Path]:
    """What is kept of environments for ``undo``: of those that are gone, or of all.

    One whose disk is away isn't gone: it still has its name.
    """
    from torchup.state import undo

    home = context.home
    known = {str(home.environment(name)) for name in names(home)}
    for one in undo.changes(home):
        gone = one.folder not in known and not Path(one.folder).is_dir()
        if one.folder and (everything or gone):
            yield context.home.kept / one.id


def _inside(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError:
        return []


def _drop(entry: Path) -> None:
    from torchup.backends.conda_cache import drop

    with suppress(OSError):
        drop(entry.parent, entry.name)


def _remove(path: Path) -> None:
    if path.is_symlink() or not path.is_dir():
        with suppress(OSError):
            path.unlink()
    else:
        shutil.rmtree(path, ignore_errors=True)
