"""Which builds cover which architectures, release after release, as bars in lanes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from torchup.compat.cards import Card
from torchup.facts.catalogue import Build
from torchup.resolve.numbers import capability, dotted, gfx

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torchup.compat.cover import Coverage
    from torchup.compat.rows import Row
    from torchup.facts.catalogue import Catalogue, Release


class Bar(Struct, frozen=True, kw_only=True):
    """A build over the releases in which it covers an architecture.

    Attributes:
        build: the build, as it was in the first of these releases.
        first: the column of the first release.
        last: the column of the last one.
        lane: how many bars lie above.
        uncertain: the columns whose facts were not read from the thing itself.
    """

    build: Build
    first: int
    last: int
    lane: int
    uncertain: frozenset[int]


class Band(Struct, frozen=True, kw_only=True):
    """Architectures that the same builds cover.

    Attributes:
        archs: the architectures, oldest first.
        bars: the builds that cover them.
    """

    archs: tuple[str, ...]
    bars: tuple[Bar, ...]

    @property
    def lanes(self) -> int:
        """How many bars lie on each other at most."""
        return 1 + max((bar.lane for bar in self.bars), default=0)


def columns_of(rows: Sequence[Row]) -> tuple[Release, ...]:
    """The releases of some rows, oldest first."""
    return tuple({row.release.version: row.release for row in rows}.values())[::-1]


def bands_of(rows: Sequence[Row], cards: Sequence[Card], coverage: Coverage) -> tuple[Band, ...]:
    """Work out the bands, newest architecture first; those that no build covers are left out.

    Args:
        rows: the rows of one platform, newest release first, one kind of device.
        cards: the architectures.
        coverage: how builds cover cards.
    """
    columns = {release.version: at for at, release in enumerate(columns_of(rows))}
    found: list[Band] = []
    for card in sorted(cards, key=_rank):
        cells: dict[str, dict[int, Build]] = {}
        for row in reversed(rows):
            if coverage.kind(row, card) == "code":
                cells.setdefault(row.build.name, {})[columns[row.release.version]] = row.build
        bars = _laid(cells)
        if found and found[-1].bars == bars:
            found[-1] = Band(archs=(*found[-1].archs, card.arch), bars=bars)
        elif bars:
            found.append(Band(archs=(card.arch,), bars=bars))
    return tuple(reversed(found))


def _rank(card: Card) -> tuple[int, int, str]:
    return capability(card.arch) or gfx(card.arch) or (0, 0, "")


def _laid(cells: dict[str, dict[int, Build]]) -> tuple[Bar, ...]:
    """Put the runs of every build into the first lane that is free."""
    runs = [run for held in cells.values() for run in _runs(held)]
    runs.sort(key=lambda run: (min(run), dotted(run[min(run)].runtime)))
    ends: list[int] = []
    bars: list[Bar] = []
    for run in runs:
        first, last = min(run), max(run)
        lane = next((n for n, end in enumerate(ends) if end < first), len(ends))
        ends[lane : lane + 1] = [last]
        unsure = {at for at, b in run.items() if b.certainty not in ("measured", "documented")}
        bars.append(
            Bar(build=run[first], first=first, last=last, lane=lane, uncertain=frozenset(unsure))
        )
    return tuple(bars)


def _runs(held: dict[int, Build]) -> list[dict[int, Build]]:
    runs: list[dict[int, Build]] = []
    for at in sorted(held):
        if runs and at - 1 in runs[-1]:
            runs[-1][at] = held[at]
        else:
            runs.append({at: held[at]})
    return runs


def every_arch(catalogue: Catalogue, rows: Sequence[Row]) -> tuple[Card, ...]:
    """One card for every architecture that is known or that a row names."""
    named = {arch for row in rows for arch in row.build.archs or ()}
    nvidia = [arch.name for arch in catalogue.archs if not arch.embedded or arch.name in named]
    amd = sorted(arch for arch in named if gfx(arch))
    return (
        *(Card(asked=arch, names=(), arch=arch, vendor="nvidia", device="cuda") for arch in nvidia),
        *(Card(asked=arch, names=(), arch=arch, vendor="amd", device="rocm") for arch in amd),
    )
