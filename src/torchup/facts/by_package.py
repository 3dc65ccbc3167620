"""Tables of the framework that are read only for packages that somebody names.

The text is searched for the names first: a table is parsed where it has one of them, and once.
"""

from __future__ import annotations

import os
import sys
from functools import cache
from typing import TYPE_CHECKING, TypeVar

import msgspec

from torchup.facts.current import DATA, in_force
from torchup.model import FactRef

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from torchup.facts.schema import File

_File = TypeVar("_File")
_Row = TypeVar("_Row")


def tables_of(framework: str, leaf: str) -> list[str]:
    """Return the tables that count: those of the facts in force, and a site's own.

    Args:
        framework: the framework's name, whose folder holds them.
        leaf: what they are called.
    """
    facts = in_force()
    base = facts.base()
    roots = [base.root if base else DATA, *([facts.overlay] if facts.overlay else [])]
    paths = (os.path.join(root, framework, leaf) for root in roots)  # noqa: PTH118 (start-up)
    return [path for path in paths if _text(path)]


def tables_with(names: Iterable[str], framework: str, leaf: str) -> list[str]:
    """Return those of :func:`tables_of` that name one of some packages."""
    wanted = tuple(f'name = "{name}"' for name in names)
    return [one for one in tables_of(framework, leaf) if any(w in _text(one) for w in wanted)]


def rows_for(
    names: Iterable[str],
    framework: str,
    leaf: str,
    read: Callable[[str, str], Mapping[str, _Row]],
) -> dict[str, _Row]:
    """Return what the tables say of some packages; a site's own rows count before others.

    Args:
        names: normalised names.
        framework: the framework's name, whose folder holds them.
        leaf: what they are called.
        read: reads one, from its path and its name below the data folder.

    Raises:
        ValueError: one is damaged, or doesn't fit its schema.
    """
    wanted = set(names)
    found: dict[str, _Row] = {}
    for path in tables_with(wanted, framework, leaf):
        table = read(path, f"{framework}/{leaf}")
        found |= {name: one for name, one in table.items() if name in wanted}
    return found


def names_in(
    framework: str, leaf: str, read: Callable[[str, str], Mapping[str, object]]
) -> tuple[str, ...]:
    """Name every package that the tables have rows for, see :func:`rows_for`."""
    tables = (read(path, f"{framework}/{leaf}") for path in tables_of(framework, leaf))
    return tuple(dict.fromkeys(name for table in tables for name in table))


def read_table(path: str, kind: type[_File]) -> _File:
    """Read a table.

    Raises:
        ValueError: it is damaged, or doesn't fit its schema.
    """
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    try:
        return msgspec.convert(tomllib.loads(_text(path)), kind)
    except (msgspec.ValidationError, ValueError, RecursionError) as error:
        raise ValueError(f"{path}: {error}") from error


def fact_of(file: File, name: str, key: str, source: Iterable[str]) -> FactRef:
    """Say where a row is written.

    Args:
        file: what was read.
        name: its name below the data folder.
        key: the row.
        source: the row's short names of sources.
    """
    return FactRef(
        file=name,
        key=key,
        url=" ; ".join(file.sources[short] for short in source),
        checked=file.checked.isoformat(),
    )


@cache
def _text(path: str) -> str:
    try:
        with open(path, encoding="utf-8") as stream:  # noqa: PTH123 (start-up)
            return stream.read()
    except FileNotFoundError:
        return ""
