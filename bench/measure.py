"""Timing whole processes in pairs, so that a machine that speeds up or slows down spoils nothing.

A pair is two commands run one after the other; the figure is the ratio (or the difference) of
each pair, and what is quoted is its median with the lowest and the highest. What grows is measured
at all of its sizes in turn, as often.
"""

from __future__ import annotations

import math
import os
import resource
import statistics
import subprocess
import time
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path


class Took(NamedTuple):
    """Seconds that commands took: until they ended, and of processors, which load blurs less."""

    wall: float
    processor: float

    def times(self, count: int) -> Took:
        """As many times as much."""
        return Took(self.wall * count, self.processor * count)


class Pair(NamedTuple):
    """One command and its peer, run one after the other."""

    ours: Took
    peer: Took


class Spread(NamedTuple):
    """A median with the lowest and the highest."""

    median: float
    low: float
    high: float


class Figure(Struct, frozen=True, kw_only=True, tag="pairs", omit_defaults=True):
    """What a series of pairs says.

    Attributes:
        name: what is compared: ours, `` / ``, the peer's.
        pairs: what each pair took.
        goal: the ratio that is aimed at; 0: none.
    """

    name: str
    pairs: tuple[Pair, ...]
    goal: float = 0

    @property
    def sides(self) -> tuple[str, str]:
        """Our command, and the peer's."""
        ours, _, peer = self.name.rpartition(" / ")
        return ours, peer

    @property
    def ratio(self) -> Spread:
        """Ours against the peer's of the same pair."""
        return spread([pair.ours.wall / pair.peer.wall for pair in self.pairs])

    @property
    def work(self) -> Spread:
        """The same of processors' seconds."""
        return spread([pair.ours.processor / pair.peer.processor for pair in self.pairs])

    @property
    def gap_s(self) -> Spread:
        """Ours less the peer's of the same pair, in seconds."""
        return spread([pair.ours.wall - pair.peer.wall for pair in self.pairs])

    @property
    def walls(self) -> tuple[float, float]:
        """Median seconds of ours, and of the peer's."""
        return (
            statistics.median(pair.ours.wall for pair in self.pairs),
            statistics.median(pair.peer.wall for pair in self.pairs),
        )

    def line(self) -> str:
        """Word it: seconds of both, then ratio and difference as median [lowest, highest].

        The last ratio is that of the processors' seconds.
        """
        ours, peer = self.walls
        gap = self.gap_s
        return (
            f"{self.name:<34} {ours:7.3f} s / {peer:7.3f} s   x {_worded(self.ratio)}   "
            f"{gap.median:+.3f} s [{gap.low:+.3f}, {gap.high:+.3f}]   "
            f"processor x {_worded(self.work)}"
        )


class Growth(Struct, frozen=True, kw_only=True, tag="growth", omit_defaults=True):
    """Seconds at each size.

    Attributes:
        name: what is done.
        unit: what the sizes count, such as ``machines``.
        sizes: from the smallest to the largest.
        seconds: for each size, what each round took.
        processor: whether they are processors' seconds, which load blurs less.
    """

    name: str
    unit: str
    sizes: tuple[int, ...]
    seconds: tuple[tuple[float, ...], ...]
    processor: bool = False

    @property
    def steepest(self) -> float:
        """The steepest step between sizes, by medians, as a power of the size; 1 is linear."""
        if len(self.sizes) == 1:
            return 0
        medians = [statistics.median(each) for each in self.seconds]
        return max(
            math.log(later / earlier) / math.log(larger / smaller)
            for (smaller, larger), (earlier, later) in zip(
                pairwise(self.sizes), pairwise(medians), strict=True
            )
        )

    def line(self) -> str:
        """Word it."""
        shown = " ".join(
            f"{size:,}: {statistics.median(each):.3f} s"
            for size, each in zip(self.sizes, self.seconds, strict=True)
        )
        return f"{self.name:<34} {shown}   steepest {self.steepest:.2f}"


class Share(Struct, frozen=True, kw_only=True, tag="share", omit_defaults=True):
    """A part of something, in bytes."""

    name: str
    part: int
    whole: int
    goal: float = 0

    def line(self) -> str:
        """Word it."""
        percent = 100 * self.part / self.whole
        return f"{self.name:<34} {self.part:,} of {self.whole:,} bytes   {percent:.2f} %"


Line = Figure | Growth | Share


def spread(values: Sequence[float]) -> Spread:
    """Return the median, the lowest and the highest."""
    return Spread(statistics.median(values), min(values), max(values))


def _worded(found: Spread) -> str:
    return f"{found.median:.2f} [{found.low:.2f}, {found.high:.2f}]"


def seconds(
    commands: Sequence[Sequence[str]],
    env: Mapping[str, str],
    cwd: Path,
    *,
    fine: tuple[int, ...] = (0,),
    given: bytes = b"",
) -> Took:
    """Run commands one after the other and return how long they took together, children too.

    Args:
        commands: the commands.
        env: their variables.
        cwd: where they run.
        fine: the exit statuses that don't spoil the measurement.
        given: what each reads from standard input.

    Raises:
        subprocess.CalledProcessError: one of them failed; its output is shown.
    """
    worked = _children()
    started = time.perf_counter()
    for command in commands:
        done = subprocess.run(
            command, env=dict(env), cwd=cwd, capture_output=True, check=False, input=given
        )
        if done.returncode not in fine:
            os.write(2, done.stdout + done.stderr)
            done.check_returncode()
    return Took(time.perf_counter() - started, max(_children() - worked, 1e-6))


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def compare(
    name: str,
    ours: Callable[[], Took],
    peer: Callable[[], Took],
    *,
    runs: int,
    warmup: int = 1,
    goal: float = 0,
) -> Figure:
    """Run both in turn; the order changes from pair to pair, and the first pairs don't count."""
    pairs: list[Pair] = []
    for turn in range(runs + warmup):
        if turn % 2:
            second = peer()
            pairs.append(Pair(ours(), second))
        else:
            first = ours()
            pairs.append(Pair(first, peer()))
    return Figure(name=name, pairs=tuple(pairs[warmup:]), goal=goal)


def grow(
    name: str, unit: str, sizes: Sequence[int], once: Callable[[int], float], *, runs: int
) -> Growth:
    """Do it at every size in turn, and that as often as asked.

    Args:
        name: what is done.
        unit: what the sizes count.
        sizes: from the smallest to the largest.
        once: does it at one size, and returns processors' seconds.
        runs: how many rounds.
    """
    took: dict[int, list[float]] = {size: [] for size in sizes}
    for _ in range(runs):
        for size in sizes:
            took[size].append(once(size))
    each = tuple(tuple(took[size]) for size in sizes)
    return Growth(name=name, unit=unit, sizes=tuple(sizes), seconds=each, processor=True)
