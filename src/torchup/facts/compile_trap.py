"""Turns one row of known traps into its catalogue value."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchup.facts.trap import Trap

if TYPE_CHECKING:
    from torchup.facts.ledger import Ledger
    from torchup.facts.schema import TrapRow, TrapsFile


def compile_trap(name: str, row: TrapRow, file: TrapsFile, ledger: Ledger) -> Trap:
    """Compile one row.

    Args:
        name: the file, relative to the data folder.
        row: the row.
        file: its file.
        ledger: takes the row.

    Raises:
        ValueError: an unknown source, a specifier or a requirement that can't be read, or a row
            that asks for nothing.
    """
    try:
        _check(row)
    except ValueError as error:
        raise ValueError(f"{name}: {row.id}: {error}") from error
    return Trap(
        row.id,
        {str(package): versions for package, versions in row.when.items()},
        tuple(row.systems),
        row.pythons,
        row.constrain,
        row.forbid,
        row.brings,
        row.symptom,
        row.why,
        row.certainty,
        ledger.add(name, f"traps.{row.id}", row.source, file),
        row.lacking,
    )


def _check(row: TrapRow) -> None:
    from packaging.requirements import Requirement
    from packaging.specifiers import SpecifierSet
    from packaging.utils import canonicalize_name

    for versions in (*row.when.values(), row.pythons):
        SpecifierSet(versions)
    for line in row.constrain:
        wanted = Requirement(line)
        plain = line.startswith(canonicalize_name(wanted.name) + line[len(wanted.name) :])
        if not plain or not wanted.specifier or wanted.extras or wanted.marker:
            raise ValueError(f"{line} is not a normalised name and a specifier")
    if not row.constrain and not row.forbid:
        raise ValueError("nothing is constrained or forbidden")
