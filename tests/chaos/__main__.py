"""``python -m chaos [--runs N] [--first N] [--minutes M] [--log FILE] [--report FILE]``.

It is started in the folder ``tests``; ``--report FILE LOG…`` alone makes the tables of some logs.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from chaos.campaign import Run, one
from chaos.report import read_logs, tables
from chaos.world import make, serve


def main() -> int:
    """Run the campaign; the exit status is 1 where anything did not hold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--first", type=int, default=0, help="the first run's number")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--minutes", type=float, default=1e6, help="begin no run after these")
    parser.add_argument("--log", metavar="FILE", help="gets a line of JSON for each run")
    parser.add_argument("--report", metavar="FILE", help="gets the tables")
    parser.add_argument("logs", nargs="*", type=Path, help="make the tables of these, run nothing")
    args = parser.parse_args()
    if args.logs:
        runs = read_logs(args.logs)
    else:
        numbers = range(args.first, args.first + args.runs)
        until = time.monotonic() + args.minutes * 60
        log = Path(args.log) if args.log else None
        with tempfile.TemporaryDirectory(prefix="torchup-chaos-") as folder:
            runs = campaign(Path(folder), numbers, args.workers, log, until)
    text = "".join(f"{line}\n" for line in tables(runs))
    sys.stdout.write(text)
    if args.report:
        Path(args.report).write_text(text, encoding="utf-8")
    return any(run.problems for run in runs)


def campaign(
    folder: Path,
    numbers: range,
    workers: int,
    log: Path | None = None,
    until: float = float("inf"),
) -> list[Run]:
    """Run each number once, side by side in worlds of their own; each is logged as it ends.

    Args:
        folder: where the worlds are made.
        numbers: the runs.
        workers: how many worlds.
        log: gets a line of JSON for each.
        until: no run begins after this moment of the monotonic clock.
    """

    def share(place: int) -> list[Run]:
        with serve(folder / f"wheels{place}").start() as server:
            world = make(folder / f"world{place}", place, server)
            try:
                mine = numbers[place::workers]
                return [_logged(one(world, n), log) for n in mine if time.monotonic() < until]
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


if __name__ == "__main__":
    sys.exit(main())
