"""torchup beside its peers: ``python -m bench [CASE ...]``.

Each case runs both sides in turn and prints medians with their spread. ``--write`` keeps what was
measured in ``bench/results.json`` and writes ``docs/benchmarks.md`` with its pictures; cases that
were not run keep their last figures. ``--page`` writes the page from what was kept, ``--check``
ends with status 1 where it is out of date. torchup is installed alone for it, unless ``--torchup``
names one. ``--tiny`` goes through everything once, at the smallest sizes: it measures nothing that
is worth quoting.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tools.peers.scratch import NoScratchError

from bench import record
from bench.cases import CASES
from bench.page import PAGE, page
from bench.sides import Bench, alone

if TYPE_CHECKING:
    from collections.abc import Sequence

OUT_OF_DATE: Final = 1
FAILED: Final = 3


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmarks, or write or check the page."""
    options = _parse(arguments)
    if options.check:
        there = PAGE.read_text(encoding="utf-8") if PAGE.exists() else ""
        if there == page(record.read()):
            return 0
        print("docs/benchmarks.md is out of date; python -m bench --page writes it.")
        return OUT_OF_DATE
    into = Path(options.into) if options.into else PAGE.parent
    results = record.read() if into == PAGE.parent else {}
    if options.page:
        _write(results, into)
        return 0
    return _run(results, into, options)


def _run(results: record.Results, into: Path, options: argparse.Namespace) -> int:
    """Run cases, each kept as it ends; one that fails keeps none of the others from running."""
    with tempfile.TemporaryDirectory(prefix="torchup-bench-", dir=options.folder) as folder:
        failed = [
            name
            for name in options.cases or CASES
            if not _ran(name, Path(folder), results, into, options)
        ]
    return FAILED if failed else 0


def _ran(
    name: str, place: Path, results: record.Results, into: Path, options: argparse.Namespace
) -> bool:
    try:
        results[name] = _measured(name, place, options)
    except (OSError, subprocess.SubprocessError, NoScratchError) as error:
        sys.stderr.write(f"{name} could not be measured: {error}\n")
        return False
    if options.write or options.into:
        _write(results, into)
    return True


def _measured(name: str, place: Path, options: argparse.Namespace) -> record.Case:
    """Run one case and show its figures."""
    torchup = options.torchup or alone(place, CASES[name].extra)
    folder = place / name
    folder.mkdir()
    before = record.load()
    runs = 1 if options.tiny else options.runs
    path = str(Path(torchup).absolute())
    bench = Bench(path, folder, runs, tiny=options.tiny, most=options.most)
    try:
        if options.served:
            bench.serve(Path(options.served))
        lines = CASES[name].measure(bench)
    finally:
        bench.clear()
    for line in lines:
        print(line.line(), flush=True)
    return record.case(lines, runs, before, python=bench.python, peers=bench.peers)


def _write(results: record.Results, into: Path) -> None:
    from bench.plots import write_plots

    into.mkdir(parents=True, exist_ok=True)
    kept = record.RESULTS if into == PAGE.parent else into / record.RESULTS.name
    record.write(results, kept)
    results = record.read(kept)
    write_plots(results, into / PAGE.stem)
    (into / PAGE.name).write_text(page(results), encoding="utf-8")


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    about = (__doc__ or "").partition("\n")[2].strip()
    parser = argparse.ArgumentParser(prog="python -m bench", description=about)
    parser.add_argument("--torchup", metavar="PATH", help="the torchup to measure")
    parser.add_argument("--runs", type=_positive, default=5, metavar="N", help="rounds; 5")
    parser.add_argument(
        "--most", type=_positive, default=0, metavar="N", help="the largest size of what grows"
    )
    parser.add_argument("--tiny", action="store_true", help="see that all of it works, no more")
    parser.add_argument(
        "--folder", metavar="DIR", help="where to work (a disk in memory gives steadier figures)"
    )
    parser.add_argument(
        "--served", metavar="DIR", help="serve these wheels as the framework's index"
    )
    parser.add_argument("--into", metavar="DIR", help="keep results, page and pictures there")
    one = parser.add_mutually_exclusive_group()
    one.add_argument("--write", action="store_true", help="keep the figures and write the page")
    one.add_argument("--page", action="store_true", help="write the page from what was kept")
    one.add_argument("--check", action="store_true", help="status 1 where the page is out of date")
    parser.add_argument("cases", nargs="*", metavar="CASE", help=", ".join(CASES))
    options = parser.parse_args(arguments)
    unknown = [name for name in options.cases if name not in CASES]
    if unknown:
        parser.error(f"there is no case {unknown[0]}; the cases: {', '.join(CASES)}")
    return options


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError(text)
    return number


if __name__ == "__main__":
    sys.exit(main())
