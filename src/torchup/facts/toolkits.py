"""Where CUDA toolkits and the compilers that they take come from; read only where one is wanted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final, TypeVar

from msgspec import Meta, Struct

from torchup.facts.schema import File, PackageName, Platform, Sources, Version
from torchup.facts.seldom import read_seldom

if TYPE_CHECKING:
    from collections.abc import Iterable

TOOLKITS_FILE: Final = "nvidia/toolkits.toml"
_Names = Annotated[tuple[str, ...], Meta(min_length=1)]


class WheelsRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The wheels that carry a compiler, from the runtime ``first`` on.

    ``parts`` and ``libraries`` are extras of ``package``; ``folder`` is where they lie among the
    installed packages. ``headers`` maps extras that any newer package of the same major version
    can take the place of to these packages.
    """

    package: PackageName
    first: Version
    platforms: tuple[Platform, ...]
    folder: str
    parts: _Names
    libraries: _Names
    headers: dict[str, PackageName]
    source: Sources


class BuildersRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Packages that building an extension of the framework needs beside a compiler."""

    packages: tuple[PackageName, ...]
    source: Sources


class ElsewhereRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The ways to a toolkit that is in no wheel: a command of conda, the maker's page."""

    conda: str
    page: str
    source: Sources


class InstallerRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How some distributions install one from the maker's repository."""

    distros: _Names
    command: str
    source: Sources


class NewestRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The newest update of each runtime."""

    versions: tuple[Version, ...]
    source: Sources


class CompilerRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How some distributions install a C++ compiler: their own, or an older one beside it."""

    distros: _Names
    any: str
    older: str
    source: Sources


class StudioRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A Visual Studio: its number, its name, and the first ``_MSC_VER`` of its compilers."""

    studio: str
    name: str
    compiler: int
    source: Sources


_Row = TypeVar("_Row", InstallerRow, CompilerRow)


class ToolkitsFile(File, frozen=True, kw_only=True):
    """``nvidia/toolkits.toml``."""

    wheels: WheelsRow
    builders: BuildersRow
    elsewhere: ElsewhereRow
    newest: NewestRow
    installers: tuple[InstallerRow, ...]
    compilers: tuple[CompilerRow, ...]
    studios: tuple[StudioRow, ...]


class Ways(Struct, frozen=True, kw_only=True):
    """The ways to a toolkit of one runtime; ``command`` is empty where the system has none."""

    conda: str
    page: str
    command: str = ""


def load_toolkits() -> ToolkitsFile:
    """Read what is known of toolkits.

    Raises:
        ValueError: the facts in force are damaged.
    """
    return read_seldom(TOOLKITS_FILE, ToolkitsFile)


def ways_to(runtime: str, distro: str | None) -> Ways:
    """Word the ways to a toolkit that is in no wheel.

    Args:
        runtime: such as ``12.6``.
        distro: the ID of ``os-release``; None for another system.
    """
    facts = load_toolkits()
    full = next((v for v in facts.newest.versions if v.startswith(f"{runtime}.")), f"{runtime}.0")
    given = {
        "runtime": runtime,
        "full": full,
        "dashed": runtime.replace(".", "-"),
        "full_dashed": full.replace(".", "-"),
        "folder": f"cuda-{runtime}",
    }
    row = _of(facts.installers, distro)
    return Ways(
        conda=facts.elsewhere.conda.format(**given),
        page=facts.elsewhere.page.format(**given),
        command=row.command.format(**given) if row else "",
    )


def compiler_command(distro: str | None, version: str = "") -> str:
    """Word how a C++ compiler is installed; empty where that is not known.

    Args:
        distro: the ID of ``os-release``.
        version: GCC's major version, empty for the system's own.
    """
    row = _of(load_toolkits().compilers, distro)
    if row is None:
        return ""
    return row.older.format(version=version) if version else row.any


def _of(rows: Iterable[_Row], distro: str | None) -> _Row | None:
    return next((row for row in rows if distro in row.distros), None)
