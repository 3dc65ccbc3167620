"""What lines that name a well-known package may ask for, by the table of such packages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from msgspec.structs import replace

from torchup.resolve.needs import Need, is_firm, normalised_names, parsed, pinned_version

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from torchup.model import FactRef


class Row(Protocol):
    """Versions ``first`` to ``last`` of a package, and what they ask of the framework."""

    @property
    def first(self) -> str:
        """The first version."""

    @property
    def last(self) -> str:
        """The last version."""

    @property
    def wants(self) -> str:
        """A specifier on the framework, empty for none."""

    @property
    def pythons(self) -> str:
        """The Pythons it goes with, such as ``3.6-3.9`` or ``>=3.12``; empty for any."""


class Compiled(Protocol):
    """What the wheels of versions ``first`` to ``last`` of a package were compiled for."""

    @property
    def first(self) -> str:
        """The first version."""

    @property
    def last(self) -> str:
        """The last version."""

    @property
    def systems(self) -> Sequence[str]:
        """The systems that have a wheel; empty where that is not known."""

    @property
    def capability(self) -> str:
        """The lowest compute capability, such as ``7.0``; empty for any."""

    @property
    def runtime(self) -> str:
        """The major version of CUDA, such as ``12``; empty where it is not known."""


class Known(Protocol):
    """What is known of a package: its rows, newest first."""

    @property
    def compiled(self) -> Sequence[Compiled]:
        """What its wheels were compiled for."""

    @property
    def rows(self) -> Sequence[Row]:
        """The rows."""

    @property
    def fact(self) -> FactRef:
        """Where they are written."""


def alternatives(
    lines: Sequence[str], known: Mapping[str, Known], framework: str
) -> tuple[tuple[Need, ...], ...]:
    """What each line that names a known package may ask for, its newest versions first.

    Of several versions with the same wish the newest stands for all.

    Args:
        lines: requirements for anything but the framework and its companions.
        known: what is known, by normalised name.
        framework: the framework's name.
    """
    named = normalised_names(lines)
    found = (
        _wishes(line, name, known[name], framework) for name, line in named.items() if name in known
    )
    return tuple(one for one in found if one)


def _wishes(line: str, name: str, known: Known, framework: str) -> tuple[Need, ...]:
    firm = is_firm(line)
    by_wish: dict[tuple[object, ...], Need] = {}
    for row in known.rows:
        version = _meeting(row, line)
        if version:
            need = Need(
                line=line,
                package=f"{name} {version}",
                framework=framework,
                wants=row.wants,
                firm=firm,
                fact=known.fact,
                pythons=row.pythons,
            )
            need = _as_compiled(need, known)
            wish = (row.wants, row.pythons, need.systems, need.capability, need.runtime)
            by_wish.setdefault(wish, need)
    return tuple(by_wish.values())


def with_compiled(need: Need, known: Mapping[str, Known]) -> Need:
    """Add what the wheel of a package that asks was compiled for, where that is known."""
    name = need.package.partition(" ")[0]
    return _as_compiled(need, known[name]) if name in known else need


def _as_compiled(need: Need, known: Known) -> Need:
    from packaging.version import Version

    asked = Version(need.package.partition(" ")[2])
    rows = (r for r in known.compiled if Version(r.first) <= asked <= Version(r.last))
    row = next(rows, None)
    if row is None:
        return need
    return replace(need, systems=tuple(row.systems), capability=row.capability, runtime=row.runtime)


def _meeting(row: Row, line: str) -> str:
    """A version of the row that the user accepts, the newest if that can be told."""
    from packaging.version import Version

    asked, pinned = parsed(line).specifier, pinned_version(line)
    inside = bool(pinned) and Version(row.first) <= Version(pinned) <= Version(row.last)
    tried = (row.last, *([pinned] if inside else []), row.first)
    return next((one for one in tried if asked.contains(one, prereleases=True)), "")
