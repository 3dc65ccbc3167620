"""Short forms of lists, for tables: ``sm_50 60 70``, ``3.10-3.14 3.14t``."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from torchup.resolve.numbers import dotted

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_PREFIX = 3
"""Letters of ``sm_`` and of ``gfx``."""


def short_archs(archs: Iterable[str]) -> str:
    """Write architectures with their prefix once: ``sm_50 60 70``."""
    groups = groupby(archs, key=lambda arch: arch[:_PREFIX])
    return " ".join(prefix + " ".join(arch[_PREFIX:] for arch in group) for prefix, group in groups)


def short_pythons(lines: Sequence[str]) -> str:
    """Write minor versions as ranges, free-threaded ones after the others."""
    plain = sorted(dotted(one) for one in lines if not one.endswith("t"))
    runs: list[list[tuple[int, ...]]] = []
    for number in plain:
        if runs and runs[-1][-1][:1] == number[:1] and runs[-1][-1][-1] + 1 == number[-1]:
            runs[-1].append(number)
        else:
            runs.append([number])
    free = [one for one in lines if one.endswith("t")]
    return " ".join([*(_range(run) for run in runs), *free])


def _range(run: list[tuple[int, ...]]) -> str:
    first, last = (".".join(str(part) for part in one) for one in (run[0], run[-1]))
    return first if first == last else f"{first}-{last}"
