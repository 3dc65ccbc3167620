"""What well-known packages ask of the framework, read only where one of them is asked for."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Annotated, Final, Literal

from msgspec import Meta, Struct

from torchup.facts.by_package import fact_of, names_in, read_table, rows_for
from torchup.facts.schema import File, Sources
from torchup.model import FactRef

if TYPE_CHECKING:
    from collections.abc import Iterable

EXTENSIONS_FILE: Final = "extensions.toml"


class ExtensionRow(Struct, frozen=True, array_like=True):
    """Versions from ``first`` to ``last``; ``wants`` is a specifier, empty for none.

    ``pythons`` are the Pythons that they go with: ``3.6-3.9``, ``>=3.12``, or empty for any.
    """

    first: str
    last: str
    wants: str
    pythons: Annotated[str, Meta(pattern=r"^(3\.\d+-3\.\d+|>=3\.\d+|)$")] = ""


class CompiledRow(Struct, frozen=True, array_like=True):
    """What the wheels of versions ``first`` to ``last`` were compiled for.

    ``systems`` are those that have a wheel, empty where that is not known; ``capability`` is the
    lowest compute capability that their kernels run on (``7.0``), ``runtime`` the major version of
    CUDA they are linked with (``12``); both may be empty.
    """

    first: str
    last: str
    systems: tuple[Literal["linux", "windows", "macos"], ...]
    capability: Annotated[str, Meta(pattern=r"^(\d+\.\d|)$")]
    runtime: Annotated[str, Meta(pattern=r"^(\d+|)$")]


class ExtensionTable(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One package's rows, oldest first; ``untold`` where its own metadata doesn't say so."""

    name: str
    source: Sources
    rows: tuple[ExtensionRow, ...]
    compiled: tuple[CompiledRow, ...] = ()
    untold: bool = False


class ExtensionsFile(File, frozen=True, kw_only=True):
    """``FRAMEWORK/extensions.toml``."""

    extensions: tuple[ExtensionTable, ...]


class Extension(Struct, frozen=True, kw_only=True):
    """What one package asks of the framework, newest first, and where that is written.

    ``untold`` where its own metadata doesn't say so.
    """

    name: str
    rows: tuple[ExtensionRow, ...]
    fact: FactRef
    compiled: tuple[CompiledRow, ...] = ()
    untold: bool = False


def load_extensions(names: Iterable[str], framework: str) -> dict[str, Extension]:
    """Return what is known of some packages.

    Args:
        names: normalised names.
        framework: the framework's name, whose folder holds the table.

    Raises:
        ValueError: a table is damaged, or doesn't fit its schema.
    """
    return rows_for(names, framework, EXTENSIONS_FILE, _table)


def extension_names(framework: str) -> tuple[str, ...]:
    """Return the normalised names of all packages that something is known of.

    Raises:
        ValueError: a table is damaged, or doesn't fit its schema.
    """
    return names_in(framework, EXTENSIONS_FILE, _table)


@cache
def _table(path: str, file: str) -> dict[str, Extension]:
    read = read_table(path, ExtensionsFile)
    return {
        one.name: Extension(
            name=one.name,
            rows=tuple(reversed(one.rows)),
            compiled=one.compiled,
            untold=one.untold,
            fact=fact_of(read, file, f"extensions.{one.name}", one.source),
        )
        for one in read.extensions
    }
