"""torchup beside its peers: ``python -m bench [--torchup PATH] [--runs N] [CASE ...]``.

Cases: ``startup`` (against a bare interpreter, and against ``python -m torch.utils.collect_env``
where an environment with PyTorch is made for it), ``cached`` and ``cold`` (``create --no-verify``
against plain ``uv venv`` and ``uv pip install`` of the same files), ``life`` (``clone`` against
copying the same bytes with ``cp -r``, ``add`` against plain ``uv pip install``); these need a
reachable PyTorch. ``planning``: one machine from a file against a bare interpreter, thousands in
one process, and how the cost grows; needs torchup in the interpreter that runs the benchmark.
``conda``: solving and installing with the conda backend against rattler's own functions, in one
process and from a channel that is made for it; needs torchup and py-rattler there.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from bench.measure import Figure, compare, seconds

if TYPE_CHECKING:
    from collections.abc import Sequence

MANY = 10_000
CASES = ("startup", "cached", "cold", "life", "planning", "conda")


class Line(Protocol):
    """A figure that can word itself."""

    def line(self) -> str: ...


class Bench:
    """One home, one uv cache, and the commands on both sides."""

    def __init__(self, torchup: str, folder: Path, runs: int) -> None:
        self.torchup = torchup
        self.python = str(Path(torchup).parent / Path(sys.executable).name)
        self.uv = str(Path(torchup).parent / "uv")
        self.folder = folder
        self.runs = runs
        self.home = folder / "home"
        self.count = 0
        self.env = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("UV_", "TORCHUP_")) and name != "PYTHONDONTWRITEBYTECODE"
        }

    def ours(self, *arguments: str) -> float:
        env = {**self.env, "TORCHUP_HOME": str(self.home)}
        return seconds([[self.torchup, *arguments]], env, self.folder)

    def ours_or_no(self, *arguments: str) -> float:
        """As :meth:`ours`, where the answer may be no."""
        env = {**self.env, "TORCHUP_HOME": str(self.home)}
        return seconds([[self.torchup, *arguments]], env, self.folder, fine=(0, 1))

    def plain(self, command: list[str]) -> float:
        return seconds([command], self.env, self.folder)

    def create(self) -> float:
        self.count += 1
        return self.ours("create", f"b{self.count}", "--no-verify", "--yes")

    def plan(self) -> dict[str, object]:
        """Make one environment and return what torchup recorded about it."""
        env = {**self.env, "TORCHUP_HOME": str(self.home)}
        subprocess.run(
            [self.torchup, "create", "base", "--quick", "--yes", "--json"],
            env=env, cwd=self.folder, check=True, capture_output=True,
        )  # fmt: skip
        said = subprocess.run(
            [self.torchup, "show", "base", "--json"],
            env=env, cwd=self.folder, check=True, capture_output=True,
        )  # fmt: skip
        found: dict[str, object] = json.loads(said.stdout)
        return found

    def peer(self, pins: list[str], python: str, index: list[str], cache: Path) -> float:
        """Plain uv: asked for the same, from the same places, into a fresh environment."""
        self.count += 1
        place = str(self.folder / f"plain{self.count}")
        env = {**self.env, "UV_CACHE_DIR": str(cache)}
        install = [self.uv, "pip", "install", "--python", place, *index, *pins]
        return seconds([[self.uv, "venv", "--python", python, place], install], env, self.folder)


def wheel_index(url: str) -> list[str]:
    """Turn the place that the framework came from into uv's option for it."""
    path = url.removeprefix("file://")
    return ["--find-links", path] if Path(path).is_dir() else ["--index", url]


def _inside(shown: dict[str, object]) -> str:
    return str(Path(str(shown["path"])) / "bin" / "python")


def startup(bench: Bench) -> list[Figure]:
    shown = bench.plan()
    inside = _inside(shown)
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
    collect = [inside, "-m", "torch.utils.collect_env"]
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
    single = compare(
        "plan --machine / python -c pass",
        lambda: bench.ours_or_no("plan", "--machine", str(one)),
        lambda: bench.plain(bare),
        runs=bench.runs * 4,
    )
    whole = compare(
        f"plan --json, {MANY} machines / {MANY} x pass",
        lambda: bench.ours_or_no("plan", "--json", "--machine", str(many)),
        lambda: MANY * bench.plain(bare),
        runs=bench.runs,
        warmup=0,
    )
    return [single, whole, by_machines((MANY // 10, MANY)), by_releases((4, 2, 1), MANY // 10)]


def creation(bench: Bench, *, cold: bool) -> list[Figure]:
    shown = bench.plan()
    stack = shown["stack"]
    packages = shown["packages"]
    assert isinstance(stack, dict)
    assert isinstance(packages, dict)
    pins = [f"{name}=={version}" for name, version in stack["packages"].items()]
    pins += [name for name in ("numpy", "pip") if name in packages]
    index = wheel_index(str(stack["index_url"]))
    python = subprocess.run(
        [_inside(shown), "-c", "import sys; print(sys._base_executable)"],
        check=True, capture_output=True, text=True,
    ).stdout.strip()  # fmt: skip
    warm = bench.home / "cache" / "uv"

    cold_cache = bench.folder / "cold-cache"

    def clear() -> None:
        """Both sides start from the same disk: what the run before left is gone and written."""
        for place in bench.folder.glob("plain*"):
            shutil.rmtree(place)
        if cold:
            for place in (bench.home, cold_cache):
                shutil.rmtree(place, ignore_errors=True)
        os.sync()

    def ours() -> float:
        clear()
        return bench.create()

    def peer() -> float:
        clear()
        return bench.peer(pins, python, index, cold_cache if cold else warm)

    name = "create, empty cache / plain uv" if cold else "create, cached / plain uv"
    return [compare(name, ours, peer, runs=bench.runs)]


def life(bench: Bench) -> list[Figure]:
    """What is done to an environment that is there."""
    inside = Path(_inside(bench.plan())).parents[1]
    copies = bench.folder / "copies"
    copies.mkdir()

    def clear() -> None:
        for place in copies.iterdir():
            shutil.rmtree(place)
        os.sync()

    def clone() -> float:
        bench.count += 1
        took = bench.ours("clone", "base", f"c{bench.count}")
        bench.ours("delete", f"c{bench.count}", "--yes")
        return took

    def copy() -> float:
        clear()
        return bench.plain(["cp", "-r", str(inside), str(copies / "copy")])

    def add() -> float:
        took = bench.ours("add", "six", "-n", "base", "--no-verify", "--yes")
        bench.ours("remove", "six", "-n", "base", "--no-verify", "--yes")
        return took

    def plain_add() -> float:
        python = str(inside / "bin" / "python")
        took = bench.plain([bench.uv, "pip", "install", "--python", python, "six"])
        bench.plain([bench.uv, "pip", "uninstall", "--python", python, "six"])
        return took

    return [
        compare("clone / cp -r", clone, copy, runs=bench.runs),
        compare("add six / uv pip install", add, plain_add, runs=bench.runs),
    ]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    beside = Path(sys.executable).parent / "torchup"
    parser.add_argument("--torchup", default=str(beside), help="the torchup to measure")
    parser.add_argument("--runs", type=int, default=5, help="counted pairs")
    parser.add_argument("--folder", help="where to work (a disk in memory gives steadier figures)")
    parser.add_argument("cases", nargs="*", metavar="CASE", help=", ".join(CASES))
    args = parser.parse_args()
    for case in args.cases or CASES:
        with tempfile.TemporaryDirectory(prefix="torchup-bench-", dir=args.folder) as folder:
            bench = Bench(str(Path(args.torchup).absolute()), Path(folder), args.runs)
            figures: Sequence[Line]
            if case == "startup":
                figures = startup(bench)
            elif case == "planning":
                figures = planning(bench)
            elif case == "life":
                figures = life(bench)
            elif case == "conda":
                from bench.conda import figures as conda

                figures = conda(bench.folder, bench.runs)
            else:
                figures = creation(bench, cold=case == "cold")
        for figure in figures:
            print(figure.line())
    return 0


if __name__ == "__main__":
    sys.exit(main())
