"""The published builds of one platform as bits of a number; bit 0 is the least preferred one."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

from torchup.facts.load import load_catalogue

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from torchup.facts.catalogue import Build, Release

CATALOGUE: Final = load_catalogue()
COMPANIONS: Final = CATALOGUE.framework.companions
NAME: Final = CATALOGUE.framework.name


@lru_cache(maxsize=4096)
def numbers(text: str) -> tuple[int, ...]:
    """Read ``580.65.06``; what is no number ends it."""
    found: list[int] = []
    for part in text.split("."):
        if not part.isdigit():
            break
        found.append(int(part))
    return tuple(found)


class Row(NamedTuple):
    """One build of one release."""

    release: Release
    build: Build

    @property
    def label(self) -> str:
        """Name it as pip would."""
        return f"{self.release.version}+{self.build.name}"

    @property
    def level(self) -> tuple[tuple[int, ...], bool, tuple[int, ...]]:
        """Newest minor, then facts that are certain, then the newest patch (design 3)."""
        number = numbers(self.release.version)
        return number[:2], self.build.certainty in ("measured", "documented"), number


class Table:
    """The builds of one platform, the preferred last."""

    def __init__(self, platform: str) -> None:
        self.platform = platform
        rows = [
            Row(release, build)
            for release in CATALOGUE.releases
            for build in release.builds
            if build.platform == platform
        ]
        self.rows = sorted(rows, key=lambda row: (row.level, numbers(row.build.runtime)))
        self.at = {row.label: position for position, row in enumerate(self.rows)}

    def where(self, true: Callable[[Row], bool]) -> int:
        """The builds for which something holds."""
        return sum(1 << position for position, row in enumerate(self.rows) if true(row))

    def best(self, valid: int, native: int) -> int | None:
        """The preferred build: newest release, a runtime the driver knows, newest runtime."""
        if not valid:
            return None
        level = self.rows[valid.bit_length() - 1].level
        same = valid & _on_level(self, level)
        return ((same & native) or same).bit_length() - 1


@lru_cache
def table(platform: str) -> Table:
    """The builds of one platform."""
    return Table(platform)


@cache
def _on_level(rows: Table, level: tuple[tuple[int, ...], bool, tuple[int, ...]]) -> int:
    return rows.where(lambda row: row.level == level)


def union(masks: Iterable[int]) -> int:
    """Builds in any of them."""
    found = 0
    for one in masks:
        found |= one
    return found
