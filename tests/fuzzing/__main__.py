"""``python -m fuzzing [--examples N] [--only WORD]… [--report FILE]`` in the folder ``tests``."""

from __future__ import annotations

import argparse
import sys
import time
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from fuzzing import of_files, of_programs
from fuzzing.spoiling import smallest, spoilt

if TYPE_CHECKING:
    from fuzzing.targets import Target

QUICK_S = 5.0
"""Seconds of the processor that no file of a few kB may take to be read."""


class Tried(NamedTuple):
    """How often a reader was tried, in how many seconds, and the files it failed on."""

    files: int
    took_s: float
    failed: tuple[str, ...]


def all_targets() -> dict[str, Target]:
    """Every reader by its name."""
    return {**dict(of_files.targets()), **dict(of_programs.targets())}


def tried(target: Target, examples: int, first: int = 0, *, most_s: float = 1e9) -> Tried:
    """Try a reader with so many spoilt files, or for so long."""
    began = time.monotonic()
    failed: dict[str, str] = {}
    count = 0
    for number in range(first, first + examples):
        count += 1
        data = spoilt(target.seeds, number)
        started = time.process_time()
        error = target.fault(data)
        if error is not None:
            failed.setdefault(_place(error), _told(target, data, number, error))
        elif not target.slow and time.process_time() - started > QUICK_S:
            failed.setdefault("slow", f"{number}: {len(data)} bytes take too long")
        if time.monotonic() - began > most_s:
            break
    return Tried(count, time.monotonic() - began, tuple(failed.values()))


def _place(error: BaseException) -> str:
    frames = [one for one in traceback.extract_tb(error.__traceback__) if "torchup" in one.filename]
    last = frames[-1] if frames else None
    return f"{type(error).__name__} {last.filename}:{last.lineno}" if last else repr(error)


def _told(target: Target, data: bytes, number: int, error: BaseException) -> str:
    kind, place = type(error), _place(error)

    def fails(shorter: bytes) -> bool:
        found = target.fault(shorter)
        return found is not None and _place(found) == place

    small = smallest(data, fails) if len(data) < 20_000 else data[:60]
    return f"{number}: {kind.__name__}: {str(error)[:90]} at {place} by {small[:200]!r}"


def main() -> int:
    """Try every reader; the exit status is 1 where one failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--examples", type=int, default=1000)
    parser.add_argument("--first", type=int, default=0, help="the first example's number")
    parser.add_argument("--seconds", type=float, default=1e9, help="the most for one reader")
    parser.add_argument("--only", action="append", default=[], help="readers with this in the name")
    parser.add_argument("--but", action="append", default=[], help="no readers with this in it")
    parser.add_argument("--report", metavar="FILE", help="gets the table of counts")
    args = parser.parse_args()
    lines = ["| reader | spoilt files | seconds | failed |", "| --- | ---: | ---: | ---: |"]
    total = bad = 0
    for name, target in all_targets().items():
        if args.only and not any(word in name for word in args.only):
            continue
        if any(word in name for word in args.but):
            continue
        found = tried(target, args.examples, args.first, most_s=args.seconds)
        total, bad = total + found.files, bad + len(found.failed)
        lines.append(f"| {name} | {found.files} | {found.took_s:.0f} | {len(found.failed)} |")
        sys.stdout.write(f"{lines[-1]}\n")
        sys.stdout.writelines(f"    {one}\n" for one in found.failed)
        sys.stdout.flush()
    lines.append(f"| all | {total} | | {bad} |")
    sys.stdout.write(f"{lines[-1]}\n")
    if args.report:
        Path(args.report).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return bool(bad)


if __name__ == "__main__":
    sys.exit(main())
