"""Reads the TOML files about processors, and makes their values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final

from msgspec import Meta, Struct

from torchup.facts.processor import Feature, Floor
from torchup.facts.release import Certainty
from torchup.facts.schema import File, Platform, Sources

if TYPE_CHECKING:
    from torchup.facts.compile import Folder
    from torchup.facts.ledger import Ledger

FEATURES_FILE: Final = "processors.toml"
FLOORS_FILE: Final = "processors.toml"
"""In the framework's own folder."""

_Flag = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]*$")]


class FeatureRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One feature; see :class:`torchup.facts.processor.Feature`."""

    name: _Flag
    shown: str
    listed: Annotated[tuple[_Flag, ...], Meta(min_length=1)]
    source: Sources
    implied_by: tuple[_Flag, ...] = ()


class FeaturesFile(File, frozen=True, kw_only=True):
    """``processors.toml``."""

    features: tuple[FeatureRow, ...]


class FloorRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What some releases need; see :class:`torchup.facts.processor.Floor`."""

    id: Annotated[str, Meta(pattern=r"^[a-z0-9]+([.-][a-z0-9]+)*$")]
    releases: str
    platforms: Annotated[tuple[Platform, ...], Meta(min_length=1)]
    feature: _Flag
    certainty: Certainty
    source: Sources
    partly: bool = False
    note: str = ""


class FloorsFile(File, frozen=True, kw_only=True):
    """``FRAMEWORK/processors.toml``."""

    floors: tuple[FloorRow, ...]


def features(folder: Folder, ledger: Ledger) -> list[Feature]:
    """Read what processors have or lack; none without the file."""
    if not (folder.root / FEATURES_FILE).is_file():
        return []
    file = folder.read(FEATURES_FILE, FeaturesFile)
    return [
        Feature(row.name, row.shown, row.implied_by, row.listed, fact)
        for row, fact in ledger.each(FEATURES_FILE, "features", file.features, file)
    ]


def feature_names(folder: Folder) -> frozenset[str]:
    """Name the features that rows of other files may speak of; none without the file."""
    if not (folder.root / FEATURES_FILE).is_file():
        return frozenset()
    return frozenset(row.name for row in folder.read(FEATURES_FILE, FeaturesFile).features)


def floors(folder: Folder, ledger: Ledger) -> list[Floor]:
    """Read what releases need of the processor; none without the file.

    Raises:
        ValueError: a specifier can't be read, or a feature isn't one of :func:`features`.
    """
    from packaging.specifiers import SpecifierSet

    name = f"{folder.framework}/{FLOORS_FILE}"
    if not (folder.root / name).is_file():
        return []
    file = folder.read(name, FloorsFile)
    known = feature_names(folder)
    for row in file.floors:
        SpecifierSet(row.releases)
        if row.feature not in known:
            raise ValueError(f"{name}: {row.id}: {row.feature} is not in {FEATURES_FILE}")
    return [
        Floor(
            row.releases,
            tuple(str(one) for one in row.platforms),
            row.feature,
            row.partly,
            row.certainty,
            fact,
        )
        for row, fact in ledger.each(name, "floors", file.floors, file)
    ]
