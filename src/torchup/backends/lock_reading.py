"""Reading a lock (PEP 751) that somebody brings along, with torchup's table in it.

The standard's own rules are checked by ``packaging.pylock``; here stands what torchup adds. The
rows of a lock for several machines are dependency groups, so that other installers can take one.
"""

from __future__ import annotations

import hashlib
import re
import sys
from typing import TYPE_CHECKING, Any, Final

import msgspec

from torchup.errors import UsageError
from torchup.model.locked import LockRow

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from packaging.markers import Environment
    from packaging.tags import Tag

    Table = Mapping[str, Any]

TABLE: Final = 1
"""The version of torchup's table that is written, and the newest that is read."""
_VERSION: Final = "1.0"
_FILES: Final = ("sdist", "archive")
_SHA256: Final = re.compile(r"[0-9a-f]{64}")


class ToolTable(msgspec.Struct, frozen=True, kw_only=True):
    """``[tool.torchup]``: the version of the table, the environment's name, the rows."""

    table: int
    environment: str = ""
    rows: tuple[LockRow, ...] = ()


class Lockfile(msgspec.Struct, frozen=True, kw_only=True):
    """A lock as it was read.

    Attributes:
        where: its path, as the user named it.
        digest: the sha256 of the file.
        document: all of it.
        tool: torchup's own table, None where another program wrote the lock.
        newer: it follows a later minor version of the standard, such as ``1.1``: some of what it
            says may not be understood. Empty otherwise.
    """

    where: str
    digest: str
    document: dict[str, Any]
    tool: ToolTable | None = None
    newer: str = ""

    @property
    def several(self) -> bool:
        """Whether a row has to be chosen."""
        return self.tool is not None and len(self.tool.rows) > 1


def read_lockfile(data: bytes, where: str) -> Lockfile:
    """Read a lock.

    Args:
        data: the file.
        where: its path, for the errors.

    Raises:
        UsageError: ``lock.not-toml``, ``lock.newer``, ``lock.malformed``, ``lock.no-hash``,
            ``lock.newer-table`` or ``lock.of-conda``: it is what an environment keeps.
    """
    document = _toml(data, where)
    version = str(document.get("lock-version", ""))
    newer = version if version.startswith("1.") and version != _VERSION else ""
    _check_hashes(document, where)
    _pylock(document, where)
    tool = document.get("tool")
    own = tool.get("torchup") if isinstance(tool, dict) else None
    if isinstance(own, dict) and "conda" in own:
        raise UsageError("lock.of-conda", file=where)
    return Lockfile(
        where=where,
        digest=hashlib.sha256(data).hexdigest(),
        document=document,
        tool=None if own is None else _hashed(_tool(own, where), where),
        newer=newer,
    )


def _toml(data: bytes, where: str) -> dict[str, Any]:
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    try:
        return tomllib.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise UsageError("lock.not-toml", file=where, why=str(error)) from error


def tables_of(lock: str) -> tuple[dict[str, Any], ...]:
    """Return the packages of a lock that the backend has just written."""
    return tuple(_toml(lock.encode(), "")["packages"])


def _check_hashes(document: Mapping[str, Any], where: str) -> None:
    """See that every file has a hash: without one nobody knows what is installed."""
    packages = document.get("packages")
    bare = [
        str(one.get("name", "?"))
        for one in (packages if isinstance(packages, list) else ())
        if isinstance(one, dict) and not all(file.get("hashes") for file in _files(one))
    ]
    if bare:
        names = ", ".join(dict.fromkeys(bare))
        raise UsageError("lock.no-hash", file=where, names=names)


def _files(package: Mapping[str, Any]) -> list[dict[str, Any]]:
    wheels = package.get("wheels")
    found = [*(wheels if isinstance(wheels, list) else ()), *map(package.get, _FILES)]
    return [one for one in found if isinstance(one, dict)]


def _pylock(document: Mapping[str, Any], where: str) -> Any:  # noqa: ANN401  # a lazy import's type
    from packaging.pylock import (
        Pylock,
        PylockUnsupportedVersionError,
        PylockValidationError,
    )

    said = str(document.get("lock-version", ""))
    known = {**document, "lock-version": _VERSION} if said.startswith("1.") else document
    try:
        return Pylock.from_dict(known)
    except PylockUnsupportedVersionError as error:
        raise UsageError("lock.newer", file=where, version=said) from error
    except PylockValidationError as error:
        raise UsageError("lock.malformed", file=where, why=str(error)) from error


def _tool(table: object, where: str) -> ToolTable:
    said = table.get("table") if isinstance(table, dict) else None
    if isinstance(said, int) and said > TABLE:
        raise UsageError("lock.newer-table", file=where)
    try:
        found = msgspec.convert(table, ToolTable)
    except msgspec.ValidationError as error:
        raise UsageError("lock.malformed", file=where, why=f"[tool.torchup] {error}") from error
    names = [row.name for row in found.rows]
    if not names or len(set(names)) != len(names):
        why = f"[tool.torchup] rows: {', '.join(names) or '-'}"
        raise UsageError("lock.malformed", file=where, why=why)
    return found


def _hashed(tool: ToolTable, where: str) -> ToolTable:
    """See that conda's packages have hashes as well."""
    packages = [file for row in tool.rows if row.conda for file in row.conda.packages]
    bare = dict.fromkeys(file.name for file in packages if not _SHA256.fullmatch(file.sha256))
    if bare:
        raise UsageError("lock.no-hash", file=where, names=", ".join(bare))
    return tool


class NotForHere(Exception):  # noqa: N818  # an answer, not a fault
    """Something in a lock can't be installed; says what, in the words of the standard's reader."""


def select(
    lock: Lockfile, row: str, environment: Mapping[str, str], tags: Sequence[Tag]
) -> tuple[Table, ...]:
    """Return the packages that one machine gets, as the standard's own algorithm takes them.

    They come without their markers, which have been judged.

    Args:
        lock: the lock.
        row: the row, where there are several.
        environment: what markers are compared with.
        tags: the wheels that can be used, the best first.

    Raises:
        NotForHere: the lock is for other systems or Pythons, or a package has no fitting file.
    """
    from typing import cast

    from packaging.pylock import PylockSelectError

    pylock = _pylock(lock.document, lock.where)
    groups: Collection[str] | None = (row,) if lock.several else None
    places = {id(package): place for place, package in enumerate(pylock.packages)}
    try:
        taken = [
            places[id(package)]
            for package, _ in pylock.select(
                environment=cast("Environment", dict(environment)),
                tags=tags,
                dependency_groups=groups,
            )
        ]
    except PylockSelectError as error:
        raise NotForHere(str(error)) from error
    tables = lock.document["packages"]
    return tuple(_unmarked(tables[place]) for place in taken)


def packages_of(lock: Lockfile, row: str) -> tuple[Table, ...]:
    """Return the packages of a row that torchup wrote, for whatever machine it is."""
    from packaging.markers import Marker

    groups = frozenset({row})
    found = []
    for table in lock.document["packages"]:
        marker = table.get("marker")
        where = {"dependency_groups": groups, "extras": frozenset[str]()}
        if marker is None or Marker(marker).evaluate(where, context="lock_file"):
            found.append(_unmarked(table))
    return tuple(found)


def _unmarked(table: Table) -> dict[str, Any]:
    return {key: value for key, value in table.items() if key != "marker"}
