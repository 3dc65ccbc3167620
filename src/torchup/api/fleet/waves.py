"""In which order hosts are changed: a few of each kind first, then the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping


def waves(
    kinds: Mapping[str, Hashable], *, canaries: int = 1, size: int = 0
) -> tuple[tuple[str, ...], ...]:
    """Put hosts into waves.

    Args:
        kinds: for each host what it gets; hosts with the same are of one kind.
        canaries: how many of each kind make up the first wave; 0 for no such wave.
        size: how many hosts a later wave has; 0 for all that are left.
    """
    taken: dict[Hashable, int] = {}
    first: list[str] = []
    rest: list[str] = []
    for host, kind in kinds.items():
        before = taken.get(kind, 0)
        taken[kind] = before + 1
        (first if before < canaries else rest).append(host)
    each = size or len(rest) or 1
    later = [tuple(rest[at : at + each]) for at in range(0, len(rest), each)]
    return tuple(one for one in (tuple(first), *later) if one)


def goes_on(failed: int, asked: int, *, canary: bool, most: float) -> bool:
    """Tell whether the next wave may start.

    Args:
        failed: hosts of this wave that failed; one that can't be reached has.
        asked: hosts of this wave.
        canary: it was the first wave of several: there one failure stops everything.
        most: the share of a wave, 0 to 1, that may fail.
    """
    return failed == 0 if canary else failed <= most * asked
