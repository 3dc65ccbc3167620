"""Numbers for the builds of all platforms, so that sets of them are bits of one integer."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchup.facts.catalogue import Build, Catalogue, Release


class Label(NamedTuple):
    """A build of a release, on whichever platforms it was published for.

    ``build`` is that of the first of these platforms; ``order`` counts releases, newest first.
    """

    release: Release
    build: Build
    order: int

    @property
    def name(self) -> str:
        """As pip would write it: ``2.14.1+cu126``."""
        return f"{self.release.version}+{self.build.name}"


class Labels:
    """Every label of a catalogue, by number and by name."""

    def __init__(self, catalogue: Catalogue) -> None:
        from torchup.resolve.numbers import dotted

        newest = sorted(catalogue.releases, key=lambda one: dotted(one.version), reverse=True)
        found: dict[tuple[str, str], Label] = {}
        for order, release in enumerate(newest):
            for build in release.builds:
                found.setdefault((release.version, build.name), Label(release, build, order))
        self.every = tuple(found.values())
        self._numbers = {key: number for number, key in enumerate(found)}

    def bit(self, version: str, build: str) -> int:
        """The set that holds one label alone; empty for one that the catalogue doesn't have."""
        number = self._numbers.get((version, build))
        return 0 if number is None else 1 << number


@lru_cache(maxsize=4)
def labels_of(catalogue: Catalogue) -> Labels:
    """The labels of a catalogue, as long as this process lives."""
    return Labels(catalogue)


def members(bits: int) -> Iterator[int]:
    """The numbers in a set, smallest first."""
    while bits:
        lowest = bits & -bits
        yield lowest.bit_length() - 1
        bits ^= lowest
