"""What the pages are made from, worked out once for all of them."""

from __future__ import annotations

from functools import cached_property
from itertools import groupby
from typing import TYPE_CHECKING

from msgspec import Struct

from torchup.compat.cards import Card, vendor_of_arch
from torchup.compat.cover import Coverage
from torchup.compat.last import Ways, last_of
from torchup.compat.rows import Row, matrix, minor_of
from torchup.compat.site.names import card_paths
from torchup.facts.frameworks import DEFAULT
from torchup.resolve.cards import DEVICES
from torchup.resolve.numbers import capability, gfx

if TYPE_CHECKING:
    from torchup.facts.catalogue import Catalogue
    from torchup.facts.gpus import GpuFact, Gpus
    from torchup.model import Device, FactRef


class Line(Struct, frozen=True, kw_only=True):
    """Releases of one minor line that serve a card alike: platform → the rows that do."""

    versions: tuple[str, ...]
    date: str
    rows: dict[str, tuple[Row, ...]]


class Content:
    """The catalogue, and what follows from it for each architecture."""

    def __init__(self, catalogue: Catalogue, gpus: Gpus) -> None:
        self.catalogue = catalogue
        self.gpus = gpus
        self.rows = matrix(catalogue)
        self.coverage = Coverage(catalogue)
        self._ways: dict[str, Ways] = {}
        self._lines: dict[str, tuple[Line, ...]] = {}

    @cached_property
    def cards(self) -> tuple[tuple[str, GpuFact], ...]:
        """Every card with the path of its page."""
        return tuple(zip(card_paths(self.gpus.cards), self.gpus.cards, strict=True))

    @property
    def asked(self) -> str:
        """What a command says after the environment's name; nothing about the usual framework."""
        name = self.catalogue.framework.name
        return "" if name == DEFAULT else f" {name}"

    @cached_property
    def drawn(self) -> tuple[Device, ...]:
        """The kinds of device whose builds there is a picture of: those with code for archs."""
        kinds: tuple[Device, ...] = ("cuda", "rocm")
        there = {row.build.device for row in self.rows if row.build.archs}
        return tuple(one for one in kinds if one in there)

    @cached_property
    def archs(self) -> tuple[str, ...]:
        """Every architecture of a card or a build, newest first, NVIDIA's before others."""
        named = {arch for card in self.gpus.cards for arch in card.archs}
        named |= {arch.name for arch in self.catalogue.archs}
        named |= {arch for row in self.rows for arch in row.build.archs or () if gfx(arch)}
        nvidia = sorted((one for one in named if capability(one)), key=_rank, reverse=True)
        return (*nvidia, *sorted(named - set(nvidia), key=_rank, reverse=True))

    def of_arch(self, arch: str) -> tuple[tuple[str, GpuFact], ...]:
        """The cards of an architecture, with the paths of their pages."""
        return self._cards_by_arch.get(arch, ())

    def ways(self, arch: str) -> Ways:
        """The last releases for an architecture."""
        if arch not in self._ways:
            self._ways[arch] = last_of(_card(arch), self.rows, self.catalogue, self.coverage)
        return self._ways[arch]

    def lines(self, arch: str) -> tuple[Line, ...]:
        """The releases with code for an architecture, newest first."""
        if arch not in self._lines:
            card = _card(arch)
            rows = [row for row in self.rows if self.coverage.kind(row, card) == "code"]
            self._lines[arch] = _folded(rows)
        return self._lines[arch]

    def arch_fact(self, arch: str) -> FactRef | None:
        """The row behind what is known of an architecture."""
        known = self.catalogue.arch(arch)
        named = next((one for one in self.catalogue.supports if one.arch == arch), None)
        row = known or named
        return self.catalogue.fact(row.fact) if row else None

    @cached_property
    def _cards_by_arch(self) -> dict[str, tuple[tuple[str, GpuFact], ...]]:
        found: dict[str, list[tuple[str, GpuFact]]] = {}
        for path, card in self.cards:
            for arch in card.archs:
                found.setdefault(arch, []).append((path, card))
        return {arch: tuple(cards) for arch, cards in found.items()}


def _rank(arch: str) -> tuple[int, int, str]:
    return capability(arch) or gfx(arch) or (0, 0, arch)


def _card(arch: str) -> Card:
    vendor = vendor_of_arch(arch)
    return Card(asked=arch, names=(), arch=arch, vendor=vendor, device=DEVICES[vendor])


def _folded(rows: list[Row]) -> tuple[Line, ...]:
    lines: list[Line] = []
    for version, group in groupby(rows, key=lambda row: row.release.version):
        platforms: dict[str, tuple[Row, ...]] = {}
        for row in group:
            platforms[row.platform] = (*platforms.get(row.platform, ()), row)
        last = lines[-1] if lines else None
        if last is not None and _alike(last, version, platforms):
            lines[-1] = Line(versions=(*last.versions, version), date=last.date, rows=last.rows)
        else:
            date = next(iter(platforms.values()))[0].release.date
            lines.append(Line(versions=(version,), date=date, rows=platforms))
    return tuple(lines)


def _alike(line: Line, version: str, rows: dict[str, tuple[Row, ...]]) -> bool:
    if minor_of(line.versions[0]) != minor_of(version):
        return False
    return _names(line.rows) == _names(rows)


def _names(rows: dict[str, tuple[Row, ...]]) -> dict[str, list[tuple[str, bool]]]:
    return {name: [(row.build.name, row.certain) for row in mine] for name, mine in rows.items()}
