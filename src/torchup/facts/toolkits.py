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


class CondaRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The packages of conda's that make up a toolkit, from the runtime ``first`` on.

    ``parts`` and ``libraries`` are match specifications; in them and in ``channels`` ``{runtime}``
    and ``{full}`` stand for the version.
    """

    first: Version
    platforms: tuple[Platform, ...]
    channels: _Names
    parts: _Names
    libraries: _Names
    source: Sources


class BuildersRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Packages that building an extension of the framework needs beside a compiler."""

    packages: tuple[PackageName, ...]
    source: Sources


class ElsewhereRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The ways to a toolkit that is nowhere else: a command of conda, the maker's page."""

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
    conda: tuple[CondaRow, ...]
    builders: BuildersRow
    elsewhere: ElsewhereRow
    newest: NewestRow
    installers: tuple[InstallerRow, ...]
    compilers: tuple[CompilerRow, ...]
    studios: tuple[StudioRow, ...]


class Ways(Struct, frozen=True, kw_only=True):
    """The ways to a toolkit of one runtime; what is empty is no way to it."""

    conda: str
    page: str
    command: str = ""


def load_toolkits() -> ToolkitsFile:
    """Read what is known of toolkits.

    Raises:
        ValueError: the facts in force are damaged.
    """
    return read_seldom(TOOLKITS_FILE, ToolkitsFile)


def newest_of(runtime: str) -> str:
    """Return the newest update of a runtime, such as ``12.6.3``."""
    known = load_toolkits().newest.versions
    return next((v for v in known if v.startswith(f"{runtime}.")), f"{runtime}.0")


def conda_row(runtime: str) -> CondaRow | None:
    """Return the packages of conda's for a runtime, None where no channel has them."""
    asked = _numbers(runtime)
    return next((row for row in load_toolkits().conda if _numbers(row.first) <= asked), None)


def ways_to(runtime: str, distro: str | None) -> Ways:
    """Word the ways to a toolkit that no source has.

    Args:
        runtime: such as ``12.6``.
        distro: the ID of ``os-release``; None for another system.
    """
    facts = load_toolkits()
    full = newest_of(runtime)
    given = {
        "runtime": runtime,
        "full": full,
        "dashed": runtime.replace(".", "-"),
        "full_dashed": full.replace(".", "-"),
        "folder": f"cuda-{runtime}",
    }
    row = _of(facts.installers, distro)
    return Ways(
        conda=facts.elsewhere.conda.format(**given) if conda_row(runtime) else "",
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


def _numbers(version: str) -> list[int]:
    return [int(number) for number in version.split(".")]
