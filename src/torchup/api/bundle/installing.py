"""An environment made of a bundle, without a network: verified, whole or not at all."""

from __future__ import annotations

import os
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from torchup.api.bundle import of_conda
from torchup.api.locks import syncing, work
from torchup.api.locks.of_conda import joined
from torchup.apply.folders import worded
from torchup.backends import uv_archives
from torchup.backends.conda_rattler import bring_rattler
from torchup.backends.lock_reading import Lockfile, read_lockfile, tables_of
from torchup.backends.lock_writing import row_text
from torchup.errors import NoAnswerError, TorchupError, UsageError
from torchup.model import text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from torchup.api.context import Context
    from torchup.api.locks.choice import Judged
    from torchup.api.locks.syncing import Sync
    from torchup.bundles.reading import OpenBundle
    from torchup.model import Check, Machine, Outcome
    from torchup.model.bundles import BundlePython


def prepare(
    context: Context,
    machine: Machine,
    bundle: OpenBundle,
    *,
    name: str | None = None,
    row: str | None = None,
) -> Sync:
    """Pick the target for this machine and compare; changes nothing.

    Args:
        context: the session.
        machine: this machine.
        bundle: the bundle.
        name: the environment's name; where none is given, that of the bundle's file or of the
            environment that it was made of.
        row: the target that the user names.

    Raises:
        UsageError: as :func:`torchup.api.locks.syncing.prepare`, and ``bundle.damaged``: its lock
            and its files don't belong together.
    """
    meant = name or bundle.index.environment or bundle.path.name.partition(".")[0]
    lock = lock_of(bundle)
    path = str(bundle.path.absolute())
    found = syncing.prepare(context, machine, lock, path, name=meant, row=row)
    chosen = found.chosen
    if chosen is None or chosen.row.conda is not None:
        return found  # conda's Python is one of its packages
    if not found.python and not _python_of(bundle, chosen):
        raise NoAnswerError(
            "bundle.python-not-here", file=bundle.path, python=chosen.row.stack.python
        )
    return found


def lock_of(bundle: OpenBundle) -> Lockfile:
    """Read a bundle's lock; what is recorded of files is where they came from.

    Raises:
        UsageError: a ``lock.*`` code, or ``bundle.damaged``.
    """
    lock = read_lockfile(bundle.lock, str(bundle.path))
    if lock.tool is None:
        raise UsageError("bundle.damaged", file=bundle.path, name="pylock.toml")
    rows = {row.name for row in lock.tool.rows}
    stray = next((one.name for one in bundle.index.targets if one.name not in rows), None)
    if stray is not None:
        raise UsageError("bundle.damaged", file=bundle.path, name=stray)
    packages = [_from_where(one, bundle) for one in lock.document.get("packages", ())]
    for row in lock.tool.rows:
        lost = of_conda.not_in(bundle, row.conda)
        if lost:
            raise UsageError("bundle.damaged", file=bundle.path, name=lost[0])
    document = {**lock.document, "packages": packages}
    return replace(lock, document=document)


def _from_where(package: Mapping[str, Any], bundle: OpenBundle) -> dict[str, Any]:
    wheels = [_addressed(one, bundle) for one in package.get("wheels", ())]
    if not wheels or not set(package) & {"wheels"}:
        raise UsageError("bundle.damaged", file=bundle.path, name=str(package.get("name", "?")))
    return {**package, "wheels": wheels}


def _addressed(wheel: Mapping[str, Any], bundle: OpenBundle) -> dict[str, Any]:
    file = bundle.files.get(str(wheel.get("path", "")))
    if file is None or file.sha256 != wheel.get("hashes", {}).get("sha256"):
        raise UsageError("bundle.damaged", file=bundle.path, name=str(wheel.get("path", "?")))
    found = {**wheel, "size": file.size}
    if not file.url:
        return found
    del found["path"]
    return {"name": file.path.rpartition("/")[2], "url": file.url, **found}


def carry_out(
    context: Context,
    bundle: OpenBundle,
    sync: Sync,
    chosen: Judged,
    *,
    verified: bool = True,
    on_check: Callable[[Check], None] = lambda _check: None,
) -> Outcome:
    """Make the environment, or bring it exactly to the target, from the bundle's files alone.

    Args:
        context: the session.
        bundle: the bundle.
        sync: what was prepared.
        chosen: the target.
        verified: compute inside it afterwards.
        on_check: told each check as it ends.

    Raises:
        UsageError: ``bundle.damaged`` or ``bundle.tampered``: nothing was installed.
        NoAnswerError: ``change.verify-failed``; everything is as it was.
        OutsideError: the disk or the installer failed; everything is as it was.
    """
    with _laid_out(context, bundle, sync) as folder:
        python = sync.python
        if chosen.row.conda is not None:
            _bring_engine(context, bundle, chosen, folder)
        elif not python:
            python = _install_python(context, bundle, chosen, folder)
        line = chosen.row.stack.python
        placed = joined(row_text(_at(tables_of(sync.text), bundle, folder), line), chosen.row)
        return work.carry_out(
            context,
            replace(sync, python=python, placed=placed, here=_here(bundle, chosen, folder)),
            chosen,
            verified=verified,
            on_check=on_check,
        )


@contextmanager
def _laid_out(context: Context, bundle: OpenBundle, sync: Sync) -> Iterator[Path]:
    """Lay the wheels of a target out in a work folder; every one is verified on the way."""
    from torchup import apply

    apply.prepare_home(context.home)
    space = context.home.cache / "work"
    wheels = {one.sha256 for one in sync.artifacts}
    paths = [one.path for one in bundle.index.files if one.sha256 in wheels]
    total, done = sum(bundle.files[path].size for path in paths), 0
    try:
        space.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(
            prefix=f"{os.getpid()}-", dir=space, ignore_cleanup_errors=True
        ) as made:
            for path in paths:
                file = path.rpartition("/")[2]

                def tell(count: int, file: str = file) -> None:
                    nonlocal done
                    done += count
                    what = text("create.package", package=file.partition("-")[0])
                    context.report.progress(text("bundle.unpacking"), what, done, total)

                with (Path(made) / file).open("wb") as into:
                    bundle.copy(path, into, tell)
            yield Path(made)
    except TorchupError:
        raise
    except OSError as error:
        raise worded(error, space) from error


def _at(
    packages: Sequence[Mapping[str, Any]], bundle: OpenBundle, folder: Path
) -> list[dict[str, Any]]:
    """The packages of a lock with the files as they lie in the work folder."""
    places = {one.sha256: one.path.rpartition("/")[2] for one in bundle.index.files}

    def placed(wheel: Mapping[str, Any]) -> dict[str, Any]:
        sha256 = wheel["hashes"]["sha256"]
        path = (folder / places[sha256]).as_posix()
        return {"path": path, "size": wheel["size"], "hashes": {"sha256": sha256}}

    return [
        {
            **{key: value for key, value in one.items() if key != "index"},
            "wheels": [placed(wheel) for wheel in one["wheels"]],
        }
        for one in packages
    ]


def _here(bundle: OpenBundle, chosen: Judged, folder: Path) -> dict[str, str]:
    """Where conda's packages of a target lie in the work folder, by their hashes."""
    packages = chosen.row.conda.packages if chosen.row.conda else ()
    names = {one.sha256: one.path.rpartition("/")[2] for one in bundle.index.files}
    return {one.sha256: str(folder / names[one.sha256]) for one in packages}


def _bring_engine(context: Context, bundle: OpenBundle, chosen: Judged, folder: Path) -> None:
    """Install what installs conda's packages, where it came along and isn't here."""
    target = next((one for one in bundle.index.targets if one.name == chosen.row.name), None)
    if target is None or not target.engine:
        return
    wheel = folder / target.engine.rpartition("/")[2]
    with wheel.open("wb") as into:
        bundle.copy(target.engine, into)
    bring_rattler(context.host, context.home, wheel)


def _python_of(bundle: OpenBundle, chosen: Judged) -> BundlePython | None:
    """The interpreter that came along for a target."""
    target = next((one for one in bundle.index.targets if one.name == chosen.row.name), None)
    key = target.interpreter if target else ""
    return next((one for one in bundle.index.pythons if one.key == key), None)


def _install_python(context: Context, bundle: OpenBundle, chosen: Judged, folder: Path) -> str:
    found = _python_of(bundle, chosen)
    if found is None:
        raise NoAnswerError(
            "bundle.python-not-here", file=bundle.path, python=chosen.row.stack.python
        )
    archive = folder / found.path.rpartition("/")[2]
    with archive.open("wb") as into:
        bundle.copy(found.path, into)
    return uv_archives.install(context.host, context.home, found, archive, folder)
