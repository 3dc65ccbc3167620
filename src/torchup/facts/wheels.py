"""Packages compiled against the framework: which wheels go with it, and what compiling takes.

Read only where one of them is asked for.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Annotated, Final

from msgspec import Meta, Struct

from torchup.facts.by_package import fact_of, names_in, read_table, rows_for
from torchup.facts.schema import File, PackageName, Platform, Sources
from torchup.model import FactRef
from torchup.model.machine import System

if TYPE_CHECKING:
    from collections.abc import Iterable

WHEELS_FILE: Final = "wheels.toml"
Build = Annotated[str, Meta(pattern=r"^(cpu|cu\d{2,3}|rocm\d.*|xpu)$")]


class WheelRow(Struct, frozen=True, array_like=True):
    """Wheels of versions ``first`` to ``last``; an empty end is open, two are not known.

    ``releases`` of the framework: ``2.9`` is any patch of it, ``2.9.1`` that one, ``>=2.10`` a
    specifier; none: any. ``builds``: ``cu12`` is all of CUDA 12; none: any. ``pythons`` reads
    ``3.9-3.13`` or ``3.9-``, empty for any.
    """

    first: str
    last: str
    releases: tuple[str, ...]
    builds: tuple[Build, ...]
    pythons: Annotated[str, Meta(pattern=r"^((3\.\d+)?-(3\.\d+)?|)$")]
    systems: tuple[System, ...]


class Compiles(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What compiling takes.

    Attributes:
        memory_gib: memory for each compiler that runs at a time.
        minutes: on a fast machine, and on a slow one.
        needs: requirements of its build that it does not name itself.
        source: where that is written.
        variables: what its build is told.
        cuda_variables: the same, where the framework's build is for CUDA.
        cpu: it compiles for a processor alone, where the framework's build is for one.
        systems: those that it compiles on.
    """

    memory_gib: float
    minutes: tuple[int, int]
    needs: tuple[str, ...]
    source: Sources
    variables: dict[str, str] = {}
    cuda_variables: dict[str, str] = {}
    cpu: bool = False
    systems: tuple[System, ...] = ("linux", "windows", "macos")


class WheelTable(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One package. ``pages`` and ``files`` are addresses with places to fill in; see the file.

    Versions before ``since`` are no compiled ones; empty where all are.
    """

    name: PackageName
    source: Sources
    wheels: tuple[WheelRow, ...]
    pages: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    index: bool = False
    since: str = ""
    compiles: Compiles | None = None


class AbiRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The C++ ABI of some of the framework's wheels; empty fields fit all."""

    platforms: tuple[Platform, ...]
    releases: str
    new: bool
    source: Sources
    builds: tuple[Build, ...] = ()


class WheelsFile(File, frozen=True, kw_only=True):
    """``FRAMEWORK/wheels.toml``."""

    abi: tuple[AbiRow, ...] = ()
    packages: tuple[WheelTable, ...] = ()


class Compiled(Struct, frozen=True, kw_only=True):
    """What is known of one package; ``abi`` are the framework's own rows."""

    table: WheelTable
    abi: tuple[AbiRow, ...]
    fact: FactRef

    @property
    def placed(self) -> bool:
        """Whether its wheels lie elsewhere than on the usual index."""
        return bool(self.table.pages or self.table.files)


def load_wheels(names: Iterable[str], framework: str) -> dict[str, Compiled]:
    """Return what is known of some packages.

    Args:
        names: normalised names.
        framework: the framework's name, whose folder holds the table.

    Raises:
        ValueError: a table is damaged, or doesn't fit its schema.
    """
    return rows_for(names, framework, WHEELS_FILE, _table)


def compiled_names(framework: str) -> tuple[str, ...]:
    """Name every package that is known to be compiled against the framework from its sources.

    Raises:
        ValueError: a table is damaged, or doesn't fit its schema.
    """
    return names_in(framework, WHEELS_FILE, _table)


@cache
def _table(path: str, file: str) -> dict[str, Compiled]:
    read = read_table(path, WheelsFile)
    return {
        one.name: Compiled(
            table=one,
            abi=read.abi,
            fact=fact_of(read, file, f"packages.{one.name}", one.source),
        )
        for one in read.packages
    }
