"""torchup beside its peers: ``python -m bench [--torchup PATH] [--runs N] [CASE ...]``.

Cases: ``startup`` (against a bare interpreter, and against ``python -m torch.utils.collect_env``
where an environment with PyTorch is made for it), ``cached`` and ``cold`` (``create --no-verify``
against plain ``uv venv`` and ``uv pip install`` of the same files), ``pip`` and ``cold-pip`` (the
same against ``python -m venv`` and ``pip install``), ``life`` (``clone`` against copying the same
bytes with ``cp -r``, and what it takes on the disk, ``add`` against plain ``uv pip install``),
``many`` (``list`` of a hundred environments against a bare interpreter); these need a reachable
PyTorch, in a folder of ``PIP_FIND_LINKS`` or by ``--served``. ``planning``: one machine from a file
against a bare interpreter, thousands in one process, and how the cost grows; needs torchup in the
interpreter that runs the benchmark. ``conda``: solving and installing with the conda backend
against rattler's own functions, in one process and from a channel that is made for it; needs
torchup and py-rattler there. ``downloads``: large wheels from one fast server against plain uv;
needs torchup there. ``mirrors``: the race of places of known speed, and large packages of conda's
against rattler alone; needs both there. ``fleet``: planning for thousands of machines together
against planning for each, and looking at hosts against ``ansible -m setup``; needs torchup with
Ansible.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from bench.creation import creation
from bench.life import life, many
from bench.measure import Figure, compare
from bench.sides import Bench, inside

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

MANY = 10_000
CREATIONS = {
    "cached": ("uv", False),
    "cold": ("uv", True),
    "pip": ("pip", False),
    "cold-pip": ("pip", True),
}
"""The peer, and whether nothing is cached."""
CASES = (
    "startup",
    *CREATIONS,
    "life",
    "many",
    "planning",
    "conda",
    "downloads",
    "mirrors",
    "fleet",
)


class Line(Protocol):
    """A figure that can word itself."""

    def line(self) -> str: ...


def startup(bench: Bench) -> list[Figure]:
    shown = bench.plan()
    python = inside(shown)
    bare = [bench.python, "-c", "pass"]
    figures = [
        compare(
            f"torchup {name} / python -c pass",
            partial(bench.ours, *name.split()),
            lambda: bench.plain(bare),
            runs=bench.runs * 3,
        )
        for name in ("--version", "--help", "probe --hardware", "plan", "list")
    ]
    collect = [python, "-m", "torch.utils.collect_env"]
    figures += [
        compare(
            f"torchup {name} / collect_env",
            partial(bench.ours, *name.split()),
            lambda: bench.plain(collect),
            runs=bench.runs,
        )
        for name in ("probe --hardware", "plan")
    ]
    return figures


def planning(bench: Bench) -> list[Line]:
    from bench.planning import by_machines, by_releases, write_machines

    one, many = bench.folder / "one.json", bench.folder / "many.jsonl"
    write_machines(one, 1)
    write_machines(many, MANY)
    bare = [bench.python, "-c", "pass"]

    def single(name: str) -> Figure:
        return compare(
            f"plan --machine, {name} / python -c pass",
            lambda: bench.ours_or_no("plan", "--machine", str(one)),
            lambda: bench.plain(bare),
            runs=bench.runs * 4,
        )

    worked_out = single("worked out")  # there is no home yet that an answer could be kept in
    bench.home.mkdir()
    bench.settle()
    again = single("said again")
    whole = compare(
        f"plan --json, {MANY} machines / {MANY} x pass",
        lambda: bench.ours_or_no("plan", "--json", "--machine", str(many)),
        lambda: bench.plain(bare).times(MANY),
        runs=bench.runs,
        warmup=0,
    )
    return [
        worked_out,
        again,
        whole,
        by_machines((MANY // 10, MANY)),
        by_releases((4, 2, 1), MANY // 10),
    ]


def measured(case: str, bench: Bench) -> Sequence[Line]:
    """Run one case."""
    if case in CREATIONS:
        return creation(bench, *CREATIONS[case])
    if case == "conda":
        from bench.conda import figures as conda

        return conda(bench.folder, bench.runs)
    if case == "downloads":
        from bench.downloads import figures as downloads

        return downloads(bench.folder, bench.runs)
    if case == "mirrors":
        from bench.mirrors import figures as mirrors

        return mirrors(bench.folder, bench.runs)
    if case == "fleet":
        from bench.fleet import fleet

        return fleet(bench, MANY)
    if case == "planning":
        return planning(bench)
    rest: dict[str, Callable[[Bench], Sequence[Line]]] = {
        "startup": startup,
        "life": life,
        "many": many,
    }
    return rest[case](bench)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    beside = Path(sys.executable).parent / "torchup"
    parser.add_argument("--torchup", default=str(beside), help="the torchup to measure")
    parser.add_argument("--runs", type=int, default=5, help="counted pairs")
    parser.add_argument("--folder", help="where to work (a disk in memory gives steadier figures)")
    parser.add_argument(
        "--served", metavar="FOLDER", help="serve these wheels as the framework's index"
    )
    parser.add_argument("cases", nargs="*", metavar="CASE", help=", ".join(CASES))
    args = parser.parse_args()
    for case in args.cases or CASES:
        with tempfile.TemporaryDirectory(prefix="torchup-bench-", dir=args.folder) as folder:
            bench = Bench(str(Path(args.torchup).absolute()), Path(folder), args.runs)
            if args.served:
                bench.serve(Path(args.served))
            figures = measured(case, bench)
        for figure in figures:
            print(figure.line())
    return 0


if __name__ == "__main__":
    sys.exit(main())
