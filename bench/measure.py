"""Timing whole processes in pairs, so that a machine that speeds up or slows down spoils nothing.

A pair is two commands run one after the other; the figure is the ratio (or the difference) of
each pair, and what is quoted is its median with the lowest and the highest.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import time
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path


class Pair(NamedTuple):
    """Seconds of one command and of its peer, run one after the other."""

    ours: float
    peer: float


class Figure(NamedTuple):
    """What a series of pairs says."""

    name: str
    pairs: tuple[Pair, ...]

    def line(self) -> str:
        """Word it: seconds of both, then ratio and difference as median [lowest, highest]."""
        ours = statistics.median(pair.ours for pair in self.pairs)
        peer = statistics.median(pair.peer for pair in self.pairs)
        ratios = sorted(pair.ours / pair.peer for pair in self.pairs)
        gaps = sorted(pair.ours - pair.peer for pair in self.pairs)
        ratio = f"{statistics.median(ratios):.2f} [{ratios[0]:.2f}, {ratios[-1]:.2f}]"
        gap = f"{statistics.median(gaps):+.3f} s [{gaps[0]:+.3f}, {gaps[-1]:+.3f}]"
        return f"{self.name:<34} {ours:7.3f} s / {peer:7.3f} s   x {ratio}   {gap}"


def seconds(
    commands: Sequence[Sequence[str]],
    env: Mapping[str, str],
    cwd: Path,
    *,
    fine: tuple[int, ...] = (0,),
) -> float:
    """Run commands one after the other and return how long they took together.

    Args:
        commands: the commands.
        env: their variables.
        cwd: where they run.
        fine: the exit statuses that don't spoil the measurement.

    Raises:
        subprocess.CalledProcessError: one of them failed; its output is shown.
    """
    started = time.perf_counter()
    for command in commands:
        done = subprocess.run(command, env=dict(env), cwd=cwd, capture_output=True, check=False)
        if done.returncode not in fine:
            os.write(2, done.stdout + done.stderr)
            done.check_returncode()
    return time.perf_counter() - started


def compare(
    name: str,
    ours: Callable[[], float],
    peer: Callable[[], float],
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
