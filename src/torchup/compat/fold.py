"""Folding patch releases whose rows say the same, so that a table stays readable."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from msgspec import Struct

from torchup.compat.filters import Judged
from torchup.compat.rows import minor_of

if TYPE_CHECKING:
    from collections.abc import Iterable


class Block(Struct, frozen=True, kw_only=True):
    """Releases of one minor line with equal rows.

    Attributes:
        versions: the releases, newest first.
        rows: the rows of the newest one.
    """

    versions: tuple[str, ...]
    rows: tuple[Judged, ...]

    @property
    def label(self) -> str:
        """The releases as a range: ``2.14.0-2.14.1``, or the only one."""
        if len(self.versions) == 1:
            return self.versions[0]
        return f"{self.versions[-1]}-{self.versions[0]}"


def fold(rows: Iterable[Judged]) -> tuple[Block, ...]:
    """Put consecutive releases together where they differ in nothing but their patch number."""
    blocks: list[Block] = []
    for version, group in groupby(rows, key=lambda one: one.row.release.version):
        mine = tuple(group)
        last = blocks[-1] if blocks else None
        if last is not None and _same(last, version, mine):
            blocks[-1] = Block(versions=(*last.versions, version), rows=last.rows)
        else:
            blocks.append(Block(versions=(version,), rows=mine))
    return tuple(blocks)


def _same(block: Block, version: str, rows: tuple[Judged, ...]) -> bool:
    if minor_of(block.versions[0]) != minor_of(version):
        return False
    return [_shown(one) for one in block.rows] == [_shown(one) for one in rows]


def _shown(judged: Judged) -> tuple[object, ...]:
    """What a table shows of a row, and what decides about it."""
    row = judged.row
    against = tuple((one.code, one.needs, one.has) for one in judged.against)
    build = row.build
    said = (build.platform, build.name, build.archs, build.ptx, row.certain, row.pythons)
    return (*said, judged.covers, against)
