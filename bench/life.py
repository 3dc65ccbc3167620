"""What is done to environments that are there."""

from __future__ import annotations

import os
import shutil
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from bench.measure import Figure, Share, Took, compare
from bench.sides import inside

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bench.sides import Bench

BLOCK = 512
"""Bytes that ``st_blocks`` counts in."""


def life(bench: Bench) -> list[Figure | Share]:
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

    def delete() -> Took:
        bench.count += 1
        bench.ours("clone", "base", f"c{bench.count}")
        return bench.ours("delete", f"c{bench.count}", "--yes")

    def rm() -> Took:
        copy()
        return bench.plain(["rm", "-rf", str(copies / "copy")])

    return [
        _disk(bench, original),
        compare("`torchup clone` / `cp -r`", clone, copy, runs=bench.runs, goal=0.1),
        compare("`torchup delete` of a clone / `rm -rf` of a copy", delete, rm, runs=bench.runs),
        *_packages(bench, str(original / "bin" / "python")),
    ]


def _packages(bench: Bench, python: str) -> list[Figure]:
    """Put a small package in and take it out again; either is timed."""

    def ours(verb: str) -> Took:
        return bench.ours(verb, "six", "-n", "base", "--no-verify", "--yes")

    def peer(verb: str) -> Took:
        return bench.plain([bench.uv, "pip", verb, "--python", python, "six"])

    def both(one: Callable[[str], Took], verbs: tuple[str, str], timed: int) -> Took:
        return [one(verb) for verb in verbs][timed]

    return [
        compare(
            f"`torchup {verb} six` / `uv pip {theirs} six`",
            partial(both, ours, ("add", "remove"), at),
            partial(both, peer, ("install", "uninstall"), at),
            runs=bench.runs,
        )
        for at, (verb, theirs) in enumerate((("add", "install"), ("remove", "uninstall")))
    ]


def _disk(bench: Bench, original: Path) -> Share:
    """Count what a clone adds: files that its original has under the same number add nothing."""
    bench.ours("clone", "base", "counted")
    there = dict(_blocks(original))
    added = dict(_blocks(original.with_name("counted")))
    for number in there:
        added.pop(number, None)
    bench.ours("delete", "counted", "--yes")
    return Share(
        name="disk that a clone takes beside its original",
        part=BLOCK * sum(added.values()),
        whole=BLOCK * sum(there.values()),
        goal=0.05,
    )


def _blocks(folder: Path) -> Iterator[tuple[int, int]]:
    for place in (folder, *folder.rglob("*")):
        found = place.lstat()
        yield found.st_ino, found.st_blocks
