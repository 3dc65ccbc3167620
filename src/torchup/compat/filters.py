"""Choosing rows: what is asked about, and what runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from torchup.compat.cards import Card
from torchup.compat.cover import Cover, Coverage, reaches
from torchup.compat.rows import Row
from torchup.errors import UsageError
from torchup.model import CpuArch, Device, Driver, Reason, System
from torchup.resolve.constraints import driver_knows_card, driver_runs_runtime
from torchup.resolve.knowledge import serves_device
from torchup.resolve.numbers import dotted
from torchup.resolve.ways import other_ways

if TYPE_CHECKING:
    from collections.abc import Iterable

    from packaging.specifiers import SpecifierSet

    from torchup.facts.catalogue import Catalogue

_ARM: Final = frozenset({"aarch64", "arm64"})
"""One architecture, named differently by Linux and by the others."""


class Asked(Struct, frozen=True, kw_only=True):
    """What rows are asked for; None asks for all.

    Attributes:
        release: a version or a specifier: ``2.6`` (the whole line), ``2.6.0``, ``>=2.1,<2.5``.
        build: a build's name.
        system: ``linux``, ``windows`` or ``macos``.
        cpu: ``x86_64``, ``aarch64`` or ``arm64``; the last two are the same.
        device: ``cuda``, ``rocm``, ``xpu``, ``mps`` or ``cpu``.
        python: a minor version, such as ``3.10`` or ``3.13t``; rows must have wheels for it.
        driver: an NVIDIA driver, such as ``535`` or ``535.183.01``; rows must run on it.
        cards: rows must run on each; of chips that share a name, on one.
    """

    release: str | None = None
    build: str | None = None
    system: System | None = None
    cpu: CpuArch | None = None
    device: Device | None = None
    python: str | None = None
    driver: str | None = None
    cards: tuple[Card, ...] = ()

    @property
    def everything(self) -> bool:
        """Whether nothing at all was asked."""
        return self == Asked()


class Judged(Struct, frozen=True, kw_only=True):
    """A row, and what speaks for and against it.

    Attributes:
        row: the row.
        reasons: about each card that was asked for, the driver, the Python.
        covers: for each card that was asked for, how the row covers it.
    """

    row: Row
    reasons: tuple[Reason, ...] = ()
    covers: tuple[Cover, ...] = ()

    @property
    def against(self) -> tuple[Reason, ...]:
        """The reasons why it does not run."""
        return tuple(one for one in self.reasons if _against(one))

    @property
    def runs(self) -> bool:
        """Whether nothing speaks against it."""
        return not self.against


def select(rows: Iterable[Row], asked: Asked) -> tuple[Row, ...]:
    """Keep the rows that are asked about, whether they run or not.

    Raises:
        UsageError: the release, the build, the Python or the driver can't be read or is unknown.
    """
    rows = tuple(rows)
    versions = _specifier(asked.release) if asked.release is not None else None
    _check(asked, rows)
    devices = _devices(asked)
    return tuple(
        row
        for row in rows
        if (versions is None or versions.contains(row.release.version, prereleases=True))
        and asked.build in (None, row.build.name)
        and asked.system in (None, row.system)
        and (asked.cpu is None or _same_cpu(row.platform.partition("-")[2], asked.cpu))
        and (not devices or any(serves_device(row.build, device) for device in devices))
    )


def judge(rows: Iterable[Row], asked: Asked, catalogue: Catalogue) -> tuple[Judged, ...]:
    """Say of each row whether it runs on the cards, with the driver and the Python asked for."""
    coverage = Coverage(catalogue)
    return tuple(_judged(row, asked, catalogue, coverage) for row in rows)


def _judged(row: Row, asked: Asked, catalogue: Catalogue, coverage: Coverage) -> Judged:
    here = [card for card in asked.cards if reaches(row, card)]
    reasons = _on_driver(row, asked.driver, catalogue)
    for name in dict.fromkeys(card.asked for card in here):
        chips = [card for card in here if card.asked == name]
        reasons += _on_chips(row, chips, asked.driver, catalogue, coverage)
    if asked.python is not None and asked.python not in row.pythons:
        reasons.append(
            Reason(
                code="requested-python",
                effect="reject",
                subject=row.label,
                needs=asked.python,
                has=", ".join(row.pythons),
            )
        )
    return Judged(
        row=row,
        reasons=tuple(dict.fromkeys(reasons)),
        covers=tuple(coverage.kind(row, card) for card in asked.cards),
    )


def _on_driver(row: Row, version: str | None, catalogue: Catalogue) -> list[Reason]:
    """What the driver says to the runtime."""
    if version is None or row.build.device != "cuda":
        return []
    driver = Driver(vendor="nvidia", version=version)
    system: System = "windows" if row.system == "windows" else "linux"
    name = row.build.runtime
    said = driver_runs_runtime(name, driver, system, None, catalogue, missing=False)
    return [] if said is None else [said]


def _on_chips(
    row: Row, chips: list[Card], driver: str | None, catalogue: Catalogue, coverage: Coverage
) -> list[Reason]:
    """What speaks for and against each chip that one name covers; one that runs is enough."""
    said: list[list[Reason]] = []
    for card in chips:
        covering = coverage.reason(row, card)
        mine = [covering] if covering is not None else []
        if driver is not None and row.build.device == "cuda":
            known = driver_knows_card(catalogue.arch(card.arch), driver, catalogue)
            mine += [replace(known, subject=card.asked)] if known is not None else []
        said.append(mine)
    if any(all(one.effect != "reject" for one in mine) for mine in said):
        softened = [replace(one, effect="warn") for mine in said for one in mine if _against(one)]
        return [one for mine in said for one in mine if not _against(one)] + softened
    return [one for mine in said for one in mine]


def _against(reason: Reason) -> bool:
    return reason.effect == "reject"


def _devices(asked: Asked) -> frozenset[Device]:
    """The kinds of device that count: as asked, else those of the cards, else of the driver."""
    if asked.device is not None:
        return frozenset({asked.device})
    if asked.cards:
        systems = ("windows", "linux")
        ways = {
            way for card in asked.cards for one in systems for way in other_ways(card.vendor, one)
        }
        return frozenset({*ways, *(card.device for card in asked.cards)})
    return frozenset({"cuda"}) if asked.driver is not None and asked.build is None else frozenset()


def _same_cpu(has: str, wanted: str) -> bool:
    return has == wanted or (has in _ARM and wanted in _ARM)


def _specifier(text: str) -> SpecifierSet:
    from packaging.specifiers import InvalidSpecifier, SpecifierSet
    from packaging.version import InvalidVersion, Version

    try:
        version = Version(text)
    except InvalidVersion:
        version = None
    try:
        if version is None:
            return SpecifierSet(text)
        whole_line = len(version.release) < 3 and version.pre is None  # noqa: PLR2004 - major.minor
        return SpecifierSet(f"=={version.public}.*" if whole_line else f"=={version.public}")
    except InvalidSpecifier as error:
        raise UsageError("compat.bad-release", text=text) from error


def _check(asked: Asked, rows: tuple[Row, ...]) -> None:
    builds = dict.fromkeys(row.build.name for row in rows)
    if asked.build is not None and asked.build not in builds:
        raise UsageError("compat.unknown-build", build=asked.build, choices=", ".join(builds))
    if asked.python is not None:
        lines = {line for row in rows for line in row.pythons}
        if asked.python not in lines:
            known = sorted(lines, key=lambda line: (dotted(line.removesuffix("t")), line))
            raise UsageError("compat.unknown-python", python=asked.python, choices=", ".join(known))
    if asked.driver is not None:
        parts = asked.driver.split(".")
        if len(dotted(asked.driver)) != len(parts):
            raise UsageError("compat.bad-driver", driver=asked.driver)
