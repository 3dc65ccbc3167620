"""Timing whole processes in pairs, so that a machine that speeds up or slows down spoils nothing.

A pair is two commands run one after the other; the figure is the ratio (or the difference) of
each pair, and what is quoted is its median with the lowest and the highest.
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import time
from typing import TYPE_CHECKING, NamedTuple

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


class Figure(NamedTuple):
    """What a series of pairs says."""

    name: str
    pairs: tuple[Pair, ...]

    def line(self) -> str:
        """Word it: seconds of both, then ratio and difference as median [lowest, highest].

        The last ratio is that of the processors' seconds.
        """
        ours = statistics.median(pair.ours.wall for pair in self.pairs)
        peer = statistics.median(pair.peer.wall for pair in self.pairs)
        gaps = sorted(pair.ours.wall - pair.peer.wall for pair in self.pairs)
        ratio = _spread([pair.ours.wall / pair.peer.wall for pair in self.pairs])
        work = _spread([pair.ours.processor / pair.peer.processor for pair in self.pairs])
        gap = f"{statistics.median(gaps):+.3f} s [{gaps[0]:+.3f}, {gaps[-1]:+.3f}]"
        return (
            f"{self.name:<34} {ours:7.3f} s / {peer:7.3f} s   x {ratio}   {gap}   "
            f"processor x {work}"
        )


def _spread(ratios: Sequence[float]) -> str:
    return f"{statistics.median(ratios):.2f} [{min(ratios):.2f}, {max(ratios):.2f}]"


def seconds(
    commands: Sequence[Sequence[str]],
    env: Mapping[str, str],
    cwd: Path,
    *,
    fine: tuple[int, ...] = (0,),
) -> Took:
    """Run commands one after the other and return how long they took together, children too.

    Args:
        commands: the commands.
        env: their variables.
        cwd: where they run.
        fine: the exit statuses that don't spoil the measurement.

    Raises:
        subprocess.CalledProcessError: one of them failed; its output is shown.
    """
    worked = _children()
    started = time.perf_counter()
    for command in commands:
        done = subprocess.run(command, env=dict(env), cwd=cwd, capture_output=True, check=False)
        if done.returncode not in fine:
            os.write(2, done.stdout + done.stderr)
            done.check_returncode()
    return Took(time.perf_counter() - started, _children() - worked)


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
    return Figure(name, tuple(pairs[warmup:]))
