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

DRIVERS_FILE: Final = "nvidia/drivers.toml"
TRAPS_FILE: Final = "traps.toml"


def displays(folder: Folder, ledger: Ledger) -> list[Display]:
    """Read which display adapters of servers and virtual machines are no cards."""
    name = "displays.toml"
    if not (folder.root / name).is_file():
        return []
    file = folder.read(name, schema.DisplaysFile)
    return [
        Display(row.maker, row.words, fact)
        for row, fact in ledger.each(name, "displays", file.displays, file)
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
            fact,
        )
        for row, fact in ledger.each(name, "runtimes", file.runtimes, file)
    ]


def archs(folder: Folder, ledger: Ledger) -> list[Arch]:
    """Read NVIDIA's architectures, each with the driver branches that know it."""
    name = "nvidia/architectures.toml"
    file = folder.read(name, schema.ArchsFile)
    return [
        Arch(row.name, row.family, row.first_branch, row.last_branch, row.embedded, fact)
        for row, fact in ledger.each(name, "archs", file.archs, file)
    ]


def branches(folder: Folder, ledger: Ledger) -> list[Branch]:
    """Read NVIDIA's driver branches."""
    file = folder.read(DRIVERS_FILE, schema.BranchesFile)
    return [
        Branch(row.number, row.max_runtime, fact)
        for row, fact in ledger.each(DRIVERS_FILE, "branches", file.branches, file)
    ]


def complete_from(folder: Folder) -> int | None:
    """Read from which of NVIDIA's branches on all that Linux had are known; None: nobody says."""
    return folder.read(DRIVERS_FILE, schema.BranchesFile).complete_from


def pythons(folder: Folder, ledger: Ledger) -> list[PythonLine]:
    """Read the release lines of Python."""
    name = "pythons.toml"
    file = folder.read(name, schema.PythonsFile)
    return [
        PythonLine(
            row.minor,
            row.released.isoformat(),
            row.end.isoformat(),
            fact,
            row.windows or "",
            row.glibc or "",
        )
        for row, fact in ledger.each(name, "pythons", file.pythons, file)
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
