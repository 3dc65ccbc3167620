"""Reads the TOML files that are one table each, and makes their values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from torchup.facts import schema
from torchup.facts.catalogue import Arch, Branch, PythonLine, Runtime
from torchup.facts.compile_processor import feature_names
from torchup.facts.gpus import Display

if TYPE_CHECKING:
    from torchup.facts.compile import Folder
    from torchup.facts.ledger import Ledger
    from torchup.facts.trap import Trap

TRAPS_FILE: Final = "traps.toml"


def displays(folder: Folder, ledger: Ledger) -> list[Display]:
    """Read which display adapters of servers and virtual machines are no cards."""
    name = "displays.toml"
    if not (folder.root / name).is_file():
        return []
    file = folder.read(name, schema.DisplaysFile)
    return [
        Display(
            row.maker,
            row.words,
            ledger.add(name, f"displays.{row.maker}", row.source, file),
        )
        for row in file.displays
    ]


def runtimes(folder: Folder, ledger: Ledger) -> list[Runtime]:
    """Read the CUDA runtimes, each with the drivers that start it."""
    name = "cuda.toml"
    file = folder.read(name, schema.RuntimesFile)
    return [
        Runtime(
            row.name,
            {str(system): driver for system, driver in row.native.items()},
            {str(system): driver for system, driver in row.floor.items()},
            ledger.add(name, f"runtimes.{row.name}", row.source, file),
        )
        for row in file.runtimes
    ]


def archs(folder: Folder, ledger: Ledger) -> list[Arch]:
    """Read NVIDIA's architectures, each with the driver branches that know it."""
    name = "nvidia/architectures.toml"
    file = folder.read(name, schema.ArchsFile)
    return [
        Arch(
            row.name,
            row.family,
            row.first_branch,
            row.last_branch,
            row.embedded,
            ledger.add(name, f"archs.{row.name}", row.source, file),
        )
        for row in file.archs
    ]


def branches(folder: Folder, ledger: Ledger) -> list[Branch]:
    """Read NVIDIA's driver branches."""
    name = "nvidia/drivers.toml"
    file = folder.read(name, schema.BranchesFile)
    return [
        Branch(
            row.number,
            row.max_runtime,
            ledger.add(name, f"branches.{row.number}", row.source, file),
        )
        for row in file.branches
    ]


def pythons(folder: Folder, ledger: Ledger) -> list[PythonLine]:
    """Read the release lines of Python."""
    name = "pythons.toml"
    file = folder.read(name, schema.PythonsFile)
    return [
        PythonLine(
            row.minor,
            row.released.isoformat(),
            row.end.isoformat(),
            ledger.add(name, f"pythons.{row.minor}", row.source, file),
            row.windows or "",
            row.glibc or "",
        )
        for row in file.pythons
    ]


def traps(folder: Folder, ledger: Ledger) -> list[Trap]:
    """Read a framework's known traps.

    Raises:
        ValueError: a row asks for an instruction that no processor is described by.
    """
    from torchup.facts.compile_trap import compile_trap

    name = f"{folder.framework}/{TRAPS_FILE}"
    if not (folder.root / name).is_file():
        return []
    file = folder.read(name, schema.TrapsFile)
    known = feature_names(folder)
    for row in file.traps:
        if row.lacking and row.lacking not in known:
            raise ValueError(f"{name}: {row.id}: {row.lacking} is not in processors.toml")
    return [compile_trap(name, row, file, ledger) for row in file.traps]
