"""``python -m chaos [--runs N] [--first N] [--workers N] [--log FILE]`` in the folder ``tests``."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from chaos.campaign import Run, one
from chaos.world import make, serve


def main() -> int:
    """Run the campaign; the exit status is 1 where anything did not hold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--first", type=int, default=0, help="the first run's number")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--log", metavar="FILE", help="gets a line of JSON for each run")
    args = parser.parse_args()
    began = time.monotonic()
    numbers = range(args.first, args.first + args.runs)
    with tempfile.TemporaryDirectory(prefix="torchup-chaos-") as folder:
        runs = campaign(Path(folder), numbers, args.workers, Path(args.log) if args.log else None)
    for line in summary(runs, time.monotonic() - began):
        sys.stdout.write(f"{line}\n")
    return any(run.problems for run in runs)


def campaign(folder: Path, numbers: range, workers: int, log: Path | None = None) -> list[Run]:
    """Run each number once, side by side in worlds of their own; each is logged as it ends."""

    def share(place: int) -> list[Run]:
        with serve(folder / f"wheels{place}").start() as server:
            world = make(folder / f"world{place}", place, server)
            try:
                return [_logged(one(world, number), log) for number in numbers[place::workers]]
            finally:
                world.clear()

    with ThreadPoolExecutor(workers) as pool:
        shares = pool.map(share, range(workers))
        return sorted((run for each in shares for run in each), key=lambda run: run.number)


def _logged(run: Run, log: Path | None) -> Run:
    if log:
        with log.open("a", encoding="utf-8") as stream:
            stream.write(json.dumps(run._asdict()) + "\n")
    return run


def summary(runs: list[Run], took_s: float) -> list[str]:
    """A table by fault, then each run in which something did not hold."""
    kinds = Counter(run.kind for run in runs)
    failed = Counter(run.kind for run in runs if run.problems)
    done = Counter(run.kind for run in runs if run.code == 0)
    lines = ["| fault | runs | done all the same | did not hold |", "| --- | --- | --- | --- |"]
    lines += [
        f"| {kind} | {count} | {done[kind]} | {failed[kind]} |"
        for kind, count in kinds.most_common()
    ]
    lines.append(f"| all | {len(runs)} | {sum(done.values())} | {sum(failed.values())} |")
    lines.append(f"\n{took_s:.0f} s")
    for run in runs:
        if run.problems:
            lines.append(f"\n{run.number}: {run.command} · {run.fault} · status {run.code}")
            lines += [f"  {problem}" for problem in run.problems]
    return lines


if __name__ == "__main__":
    sys.exit(main())
