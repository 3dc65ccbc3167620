"""What is done to environments that are there."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from bench.many import add_alike
from bench.measure import Figure, Took, compare
from bench.sides import inside

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench.sides import Bench

BLOCK = 512
"""Bytes that ``st_blocks`` counts in."""
MANY = 100


class Disk(NamedTuple):
    """Bytes that a clone takes on the disk beside its original."""

    name: str
    added: int
    original: int

    def line(self) -> str:
        """Word it."""
        part = 100 * self.added / self.original
        return f"{self.name:<34} {self.added:,} of {self.original:,} bytes   {part:.2f} %"


def life(bench: Bench) -> list[Figure | Disk]:
    """Clone and change an environment."""
    original = Path(inside(bench.plan())).parents[1]
    copies = bench.folder / "copies"
    copies.mkdir()

    def clear() -> None:
        for place in copies.iterdir():
            shutil.rmtree(place)
        os.sync()

    def clone() -> Took:
        bench.count += 1
        took = bench.ours("clone", "base", f"c{bench.count}")
        bench.ours("delete", f"c{bench.count}", "--yes")
        return took

    def copy() -> Took:
        clear()
        return bench.plain(["cp", "-r", str(original), str(copies / "copy")])

    def add() -> Took:
        took = bench.ours("add", "six", "-n", "base", "--no-verify", "--yes")
        bench.ours("remove", "six", "-n", "base", "--no-verify", "--yes")
        return took

    def plain_add() -> Took:
        python = str(original / "bin" / "python")
        took = bench.plain([bench.uv, "pip", "install", "--python", python, "six"])
        bench.plain([bench.uv, "pip", "uninstall", "--python", python, "six"])
        return took

    return [
        _disk(bench, original),
        compare("clone / cp -r", clone, copy, runs=bench.runs),
        compare("add six / uv pip install", add, plain_add, runs=bench.runs),
    ]


def many(bench: Bench) -> list[Figure]:
    """List a hundred environments: as they were at the last look, and looked at anew."""
    one = Path(inside(bench.plan())).parents[1]
    add_alike(one, MANY - 1)
    bench.ours("list")
    bench.settle()
    bench.ours("list")

    def anew() -> Took:
        shutil.rmtree(bench.home / "cache" / "said", ignore_errors=True)
        return bench.ours("list")

    return [
        compare(
            f"list of {MANY}{how} / python -c pass",
            look,
            lambda: bench.plain([bench.python, "-c", "pass"]),
            runs=bench.runs * 3,
        )
        for how, look in (("", lambda: bench.ours("list")), (", looked at anew", anew))
    ]


def _disk(bench: Bench, original: Path) -> Disk:
    """Count what a clone adds: files that its original has under the same number add nothing."""
    bench.ours("clone", "base", "counted")
    there = dict(_blocks(original))
    added = dict(_blocks(original.with_name("counted")))
    for number in there:
        added.pop(number, None)
    bench.ours("delete", "counted", "--yes")
    return Disk("disk, clone / original", BLOCK * sum(added.values()), BLOCK * sum(there.values()))


def _blocks(folder: Path) -> Iterator[tuple[int, int]]:
    for place in (folder, *folder.rglob("*")):
        found = place.lstat()
        yield found.st_ino, found.st_blocks
