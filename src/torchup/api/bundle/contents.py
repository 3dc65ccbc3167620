"""From solved rows to the files of a bundle, and the lock that finds them there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct
from msgspec.structs import replace

from torchup.backends.lock_writing import Written, lock_text, marker_of, row_text
from torchup.backends.uv_lock import filename, read_lock
from torchup.errors import NoAnswerError, OutsideError
from torchup.model.bundles import BundleFile

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from torchup.api.context import Context
    from torchup.api.locks.locking import RowSolved
    from torchup.model.locked import LockRow

    Table = Mapping[str, Any]

WHEELS: Final = "wheels/"
_BUILT: Final = ("sdist", "archive", "vcs", "directory")


class Contents(Struct, kw_only=True):
    """The files that were collected so far, by their path in the bundle."""

    files: dict[str, BundleFile] = {}

    def add(self, file: BundleFile) -> str:
        """Add a file, once, and return its path.

        Raises:
            OutsideError: ``bundle.two-files``: another file is called the same.
        """
        there = self.files.get(file.path)
        if there is not None and there.sha256 != file.sha256:
            raise OutsideError("bundle.two-files", name=file.path.rpartition("/")[2])
        self.files.setdefault(file.path, there or file)
        return file.path

    def wheels_of(
        self, context: Context, packages: Sequence[Table], line: str
    ) -> tuple[list[dict[str, Any]], tuple[str, ...]]:
        """Add the wheels of solved packages.

        Args:
            context: the session.
            packages: rows of a lock.
            line: the release line of Python that they are for.

        Returns:
            The rows as they stand in the bundle's lock, and the paths of the wheels.

        Raises:
            NoAnswerError: ``bundle.needs-building``: some of it comes as sources.
        """
        text = row_text(packages, line)
        chosen = {one.name: one for one in read_lock(context.host, text, line, elsewhere=True)}
        built = [str(one["name"]) for one in packages if not one.get("wheels")]
        if built:
            raise NoAnswerError("bundle.needs-building", names=", ".join(built))
        tables, paths = [], []
        for package in packages:
            sha256 = chosen[package["name"]].sha256
            wheel = next(w for w in package["wheels"] if w["hashes"].get("sha256") == sha256)
            path = WHEELS + filename(wheel)
            url = str(wheel.get("url") or wheel.get("path") or "")
            file = BundleFile(path=path, sha256=sha256, size=wheel.get("size", 0), url=url)
            paths.append(self.add(file))
            tables.append(_placed(package, wheel, path))
        return tables, tuple(paths)


def _placed(package: Table, wheel: Table, path: str) -> dict[str, Any]:
    """A package's row with the one wheel that is in the bundle, by where it lies there."""
    kept = {key: value for key, value in package.items() if key not in {*_BUILT, "wheels", "index"}}
    size = {"size": wheel["size"]} if "size" in wheel else {}
    return {**kept, "wheels": [{"path": path, **size, "hashes": dict(wheel["hashes"])}]}


def lock_of(rows: Sequence[RowSolved], placed: Sequence[list[dict[str, Any]]], name: str) -> str:
    """Write the bundle's lock.

    Args:
        rows: the rows.
        placed: the packages of each, as they lie in the bundle.
        name: the environment that it was made of, empty for none.
    """
    solved = [one for one in rows if one.written is not None]
    done = [
        Written(row=_carried(one.written.row), packages=tuple(tables))
        for one, tables in zip(solved, placed, strict=True)
        if one.written is not None
    ]
    markers = [
        marker_of(one.machine, one.written.row.stack.python) for one in solved if one.written
    ]
    return lock_text(done, markers, name)


def _carried(row: LockRow) -> LockRow:
    """A row without the folder that the framework came from: that is nobody else's."""
    if not row.stack.index_url.startswith("file:"):
        return row
    return replace(row, stack=replace(row.stack, index_url=""))
