"""Planning for many unlike machines, and how the cost grows with machines and with releases."""

from __future__ import annotations

import json
import random
import shutil
import time
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from msgspec.structs import replace

from bench.measure import Figure, Growth, compare, grow
from torchup.facts.load import load_catalogue, load_gpus
from torchup.model import Requirement
from torchup.resolve.resolver import Resolver
from torchup.wire.read import machines

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from bench.sides import Bench

LIBCS = ("2.17", "2.27", "2.28", "2.31", "2.34", "2.35", "2.36", "2.39", "2.41")
LINES = ("3.8", "3.9", "3.10", "3.11", "3.12", "3.13", "3.14")
SIZES: Final = (10, 100, 1_000, 10_000, 100_000)
RELEASES_FOR: Final = 1_000
TODAY = "2026-11-21"
INSTALLED, WITH_DRIVER = 0.4, 0.9


def drawn(seed: int) -> Iterator[dict[str, Any]]:
    """Machines of all kinds, without end: every card and driver branch may come."""
    chance = random.Random(seed)
    catalogue, cards = load_catalogue(), load_gpus().cards
    while True:
        system = chance.choice(("linux", "linux", "linux", "windows"))
        chosen = [chance.choice(cards) for _ in range(chance.choice((0, 1, 1, 1, 2, 4)))]
        branch = chance.choice(catalogue.branches)
        pythons = [line for line in LINES if chance.random() < INSTALLED]
        yield {
            "schema": "torchup.machine/v1",
            "os": {"system": system, "libc": f"glibc {chance.choice(LIBCS)}"}
            if system == "linux"
            else {"system": system},
            "arch": "x86_64",
            "gpus": [
                {"index": at, "vendor": one.vendor, "name": one.name, "arch": one.archs[0]}
                for at, one in enumerate(chosen)
            ],
            "drivers": [
                {"vendor": "nvidia", "version": f"{branch.number}.{chance.randint(10, 250)}.01"}
            ]
            if chance.random() < WITH_DRIVER
            else [],
            "pythons": [
                {"path": f"/usr/bin/python{one}", "version": f"{one}.4"} for one in pythons
            ],
        }


def write_machines(path: Path, count: int) -> None:
    """Write a file of JSON Lines for ``torchup plan --machine``."""
    with path.open("w", encoding="utf-8") as stream:
        for document in islice(drawn(1), count):
            stream.write(json.dumps(document) + "\n")


def planning(bench: Bench) -> list[Figure | Growth]:
    """Plan for one machine from a file, for 10 to 100,000, and with more and more releases."""
    one = bench.folder / "one.json"
    write_machines(one, 1)
    bare = [bench.python, "-I", "-c", "pass"]

    def single(name: str) -> Figure:
        return compare(
            f"`torchup plan --machine FILE`, {name} / `python -I -c pass`",
            lambda: bench.ours_or_no("plan", "--machine", str(one)),
            lambda: bench.plain(bare),
            runs=bench.often,
            goal=4,
        )

    worked_out = single("worked out")  # there is no home yet that an answer could be kept in
    growth = _by_machines(bench, bench.sizes(SIZES))
    bench.home.mkdir(exist_ok=True)
    bench.settle()
    return [
        worked_out,
        single("said again"),
        growth,
        _by_releases(bench, (4, 2, 1), 10 if bench.tiny else RELEASES_FOR),
    ]


def _by_machines(bench: Bench, sizes: Sequence[int]) -> Growth:
    """Plan for many unlike machines in one process, with reading and printing."""
    files = {size: bench.folder / f"many-{size}.jsonl" for size in sizes}
    for size, file in files.items():
        write_machines(file, size)

    def once(size: int) -> float:
        shutil.rmtree(bench.home, ignore_errors=True)  # nothing is to be said again
        return bench.ours_or_no("plan", "--json", "--machine", str(files[size])).processor

    return grow("`torchup plan --json --machine FILE`", "machines", sizes, once, runs=bench.runs)


def _by_releases(bench: Bench, parts: tuple[int, ...], count: int) -> Growth:
    """Choose for the same machines with a part of the releases, every n-th of them."""
    lines = "\n".join(json.dumps(one) for one in islice(drawn(2), count))
    found = machines(lines.encode(), "drawn")
    asked = Requirement(today=TODAY)
    whole = load_catalogue()
    some = [replace(whole, releases=whole.releases[::part]) for part in parts]
    by_size = {len(one.releases): one for one in some}

    def once(size: int) -> float:
        resolver = Resolver(by_size[size], gpus=load_gpus())
        started = time.process_time()
        for one in found:
            resolver.resolve(one, asked)
        return time.process_time() - started

    name = f"choosing for {count:,} machines, one core"
    return grow(name, "releases", tuple(by_size), once, runs=bench.runs)
