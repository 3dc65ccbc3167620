"""Reads the TOML files about cards that have rules of their own, and makes their values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final, Literal

from msgspec import Meta, Struct

from torchup.facts.release import Certainty
from torchup.facts.schema import CardArch, File, Sources, Version
from torchup.facts.special import Elsewhere, Forward, Metal, Override, Support
from torchup.model import Vendor

if TYPE_CHECKING:
    from torchup.facts.compile import Folder
    from torchup.facts.ledger import Ledger

SUPPORT_FILE: Final = "intel/architectures.toml"
OVERRIDES_FILE: Final = "amd/overrides.toml"
METAL_FILE: Final = "apple/mps.toml"
FORWARD_FILE: Final = "nvidia/forward.toml"
ELSEWHERE_FILES: Final = {"nvidia": "nvidia/elsewhere.toml", "amd": "amd/elsewhere.toml"}
OWN_ELSEWHERE_FILE: Final = "elsewhere.toml"
"""In a framework's own folder; where it is there, the makers' files are about another one."""

_ReleaseLine = Annotated[str, Meta(pattern=r"^\d+\.\d+$")]
_SystemName = Literal["linux", "windows", "wsl"]
_AnySystem = Literal["linux", "windows", "wsl", "macos"]


class SupportRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One of Intel's architectures; ``since`` has no key where it was never supported."""

    name: CardArch
    family: str
    certainty: Certainty
    source: Sources
    since: dict[_SystemName, _ReleaseLine] = {}
    note: str = ""


class SupportFile(File, frozen=True, kw_only=True):
    """``intel/architectures.toml``."""

    archs: tuple[SupportRow, ...]


class OverrideRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One card that runs a sister chip's code; see :class:`torchup.facts.special.Override`."""

    card: CardArch
    runs_as: CardArch
    variable: Annotated[str, Meta(pattern=r"^[A-Z][A-Z0-9_]*$")]
    value: Annotated[str, Meta(pattern=r"^\d+\.\d+\.\d+$")]
    certainty: Certainty
    source: Sources


class OverridesFile(File, frozen=True, kw_only=True):
    """``amd/overrides.toml``."""

    overrides: tuple[OverrideRow, ...]


class MetalRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What releases need; see :class:`torchup.facts.special.Metal`."""

    since: _ReleaseLine
    macos: Version
    source: Sources


class MetalFile(File, frozen=True, kw_only=True):
    """``apple/mps.toml``; ``about`` is the framework whose releases the rows count."""

    about: str
    metal: tuple[MetalRow, ...]


class ElsewhereRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One place of a maker; see :class:`torchup.facts.special.Elsewhere`."""

    name: str
    url: Annotated[str, Meta(pattern=r"^https://\S+$")]
    source: Sources
    systems: tuple[_AnySystem, ...] = ()
    archs: tuple[CardArch, ...] = ()
    kernel: Annotated[str, Meta(pattern=r"^\d+\.\d+$")] | Literal[""] = ""


class ElsewhereFile(File, frozen=True, kw_only=True):
    """``VENDOR/elsewhere.toml``."""

    elsewhere: tuple[ElsewhereRow, ...]


class OwnElsewhereRow(ElsewhereRow, frozen=True, kw_only=True):
    """The same for cards of ``vendor``."""

    vendor: Vendor


class OwnElsewhereFile(File, frozen=True, kw_only=True):
    """``FRAMEWORK/elsewhere.toml``."""

    elsewhere: tuple[OwnElsewhereRow, ...]


class ForwardRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One driver branch; see :class:`torchup.facts.special.Forward`."""

    branch: int
    runtimes: Annotated[tuple[Version, ...], Meta(min_length=1)]
    source: Sources


class ForwardFile(File, frozen=True, kw_only=True):
    """``nvidia/forward.toml``; ``cards`` are the first words of the names that allow it."""

    cards: tuple[str, ...]
    source: Sources
    forward: tuple[ForwardRow, ...]


def forward(folder: Folder, ledger: Ledger) -> list[Forward]:
    """Read on which drivers a newer CUDA is supported; none without the file."""
    if not (folder.root / FORWARD_FILE).is_file():
        return []
    file = folder.read(FORWARD_FILE, ForwardFile)
    return [
        Forward(row.branch, row.runtimes, fact)
        for row, fact in ledger.each(FORWARD_FILE, "forward", file.forward, file)
    ]


def forward_cards(folder: Folder) -> tuple[str, ...]:
    """Read the first words of the names of cards that allow a newer CUDA; none without the file."""
    there = (folder.root / FORWARD_FILE).is_file()
    return folder.read(FORWARD_FILE, ForwardFile).cards if there else ()


def supports(folder: Folder, ledger: Ledger) -> list[Support]:
    """Read which releases support which of Intel's architectures; none without the file."""
    if not (folder.root / SUPPORT_FILE).is_file():
        return []
    file = folder.read(SUPPORT_FILE, SupportFile)
    return [
        Support(
            row.name,
            row.family,
            {str(system): release for system, release in row.since.items()},
            row.certainty,
            fact,
        )
        for row, fact in ledger.each(SUPPORT_FILE, "archs", file.archs, file)
    ]


def overrides(folder: Folder, ledger: Ledger) -> list[Override]:
    """Read which cards run a sister chip's code; none without the file."""
    if not (folder.root / OVERRIDES_FILE).is_file():
        return []
    file = folder.read(OVERRIDES_FILE, OverridesFile)
    return [
        Override(row.card, row.runs_as, row.variable, row.value, row.certainty, fact)
        for row, fact in ledger.each(OVERRIDES_FILE, "overrides", file.overrides, file)
    ]


def metal(folder: Folder, ledger: Ledger) -> list[Metal]:
    """Read which macOS Apple's GPUs need, the newest release first; none without the file."""
    if not (folder.root / METAL_FILE).is_file():
        return []
    file = folder.read(METAL_FILE, MetalFile)
    if file.about != folder.framework:
        return []
    return [
        Metal(row.since, row.macos, fact)
        for row, fact in ledger.each(METAL_FILE, "metal", reversed(file.metal), file)
    ]


def elsewhere(folder: Folder, ledger: Ledger) -> list[Elsewhere]:
    """Read where makers have builds of their own; none without the files."""
    own = f"{folder.framework}/{OWN_ELSEWHERE_FILE}"
    if (folder.root / own).is_file():
        file = folder.read(own, OwnElsewhereFile)
        return [_elsewhere(own, row, row.vendor, file, ledger) for row in file.elsewhere]
    found: list[Elsewhere] = []
    for vendor, name in ELSEWHERE_FILES.items():
        if not (folder.root / name).is_file():
            continue
        found_here = folder.read(name, ElsewhereFile)
        found += [_elsewhere(name, row, vendor, found_here, ledger) for row in found_here.elsewhere]
    return found


def _elsewhere(name: str, row: ElsewhereRow, vendor: str, file: File, ledger: Ledger) -> Elsewhere:
    ref = ledger.add(name, f"elsewhere.{row.name}", row.source, file)
    return Elsewhere(row.name, vendor, row.systems, row.archs, row.kernel, row.url, ref)
