"""The lock of one row alone, as an environment is installed from it and keeps it."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final

from torchup.api.environments.edits import TOOLS
from torchup.api.locks.of_conda import files_of, joined
from torchup.api.solve.configured import ConfiguredPlaces
from torchup.api.stacks.choosing import BACKEND
from torchup.apply.marker import LOCK, RECORDS
from torchup.backends import Inputs, load_backend
from torchup.backends.inputs import Target
from torchup.backends.lock_reading import tables_of
from torchup.backends.lock_writing import row_text
from torchup.backends.uv_lock import read_lock
from torchup.errors import TorchupError
from torchup.facts.load import load_catalogue
from torchup.model.names import canonical_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torchup.api.context import Context
    from torchup.api.locks.choice import Judged
    from torchup.api.locks.syncing import Sync
    from torchup.model import Artifact, SourceSet

    Table = Mapping[str, Any]

_FILES: Final = ("sdist", "archive", "directory", "vcs")


def sources_of(context: Context) -> SourceSet:
    """Where this machine takes files from; its logins are needed, since locks hold none."""
    base = load_catalogue().framework.index_base
    return ConfiguredPlaces(context, base, BACKEND).sources


def lock_of_row(context: Context, sync: Sync, chosen: Judged) -> tuple[str, tuple[Artifact, ...]]:
    """Write the lock of a row, and name its files.

    Paths in it start from the folder of the lock that it came from, so they are made absolute.
    Every environment contains pip: a lock of another program seldom names it, and then the one
    that is there stays, or this machine's sources give one.

    Args:
        context: the session.
        sync: the lock and the environment.
        chosen: the row.
    """
    line = chosen.row.stack.python
    folder = Path(sync.file).parent
    packages = [_absolute(one, folder) for one in chosen.packages]
    names = {canonical_name(one["name"]) for one in packages}
    if sync.lock.tool is None and not names >= TOOLS:
        packages += _tools(context, sync, line)
    text = row_text(packages, line)
    files = read_lock(context.host, text, line)
    return joined(text, chosen.row), (*files_of(chosen.row.conda), *files)


def _tools(context: Context, sync: Sync, line: str) -> list[dict[str, Any]]:
    """The rows of what every environment contains, those of this one's last lock first.

    Where they can't be had the environment does without.
    """
    found = sync.environment
    if found is not None:
        path = Path(found.record.path) / RECORDS / LOCK
        old = (context.host.read(str(path)) or b"").decode("utf-8", "replace")
        with suppress(TorchupError, KeyError):
            kept = [one for one in tables_of(old) if one["name"] in TOOLS]
            if kept:
                return kept
    inputs = Inputs(
        python="",
        minor=line,
        requirements=tuple(sorted(TOOLS)),
        sources=sources_of(context),
        offline=context.offline,
        target=Target(platform=sync.machine.platform, libc=sync.machine.os.libc),
    )
    work = context.home.cache / "work"
    try:
        work.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=work, prefix=f"{os.getpid()}-") as made:
            text, _ = load_backend(BACKEND).resolve(context.host, context.home, inputs, Path(made))
    except (TorchupError, OSError):
        return []
    return list(tables_of(text))


def _absolute(package: Table, folder: Path) -> dict[str, Any]:
    found = dict(package)
    if "wheels" in found:
        found["wheels"] = [_placed(one, folder) for one in found["wheels"]]
    for key in _FILES:
        if key in found:
            found[key] = _placed(found[key], folder)
    return found


def _placed(file: Table, folder: Path) -> dict[str, Any]:
    if "path" not in file or "url" in file:
        return dict(file)
    return {**file, "path": (folder / str(file["path"])).resolve().as_posix()}
