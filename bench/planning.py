"""Planning for many unlike machines, and how the cost grows with machines and with releases."""

from __future__ import annotations

import json
import random
import time
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from msgspec.structs import replace

from torchup.facts.load import load_catalogue, load_gpus
from torchup.model import Requirement
from torchup.resolve.resolver import Resolver
from torchup.wire.read import machines

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LIBCS = ("2.17", "2.27", "2.28", "2.31", "2.34", "2.35", "2.36", "2.39", "2.41")
LINES = ("3.8", "3.9", "3.10", "3.11", "3.12", "3.13", "3.14")
TODAY = "2026-11-21"
INSTALLED, WITH_DRIVER = 0.4, 0.9


class Growth(NamedTuple):
    """Seconds for each size, and how the cost of one grows from the first to the last."""

    name: str
    seconds: dict[int, float]

    def line(self) -> str:
        """Word it; 1.0 is linear."""
        each = {size: took / size for size, took in self.seconds.items()}
        sizes = list(each)
        shown = " ".join(f"{size}: {self.seconds[size]:.2f} s" for size in sizes)
        return f"{self.name:<34} {shown}   cost of one x {each[sizes[-1]] / each[sizes[0]]:.2f}"


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


def by_machines(sizes: tuple[int, ...]) -> Growth:
    """Resolve in one process, on one core; the documents are read beforehand."""
    lines = "\n".join(json.dumps(one) for one in islice(drawn(1), max(sizes)))
    found = machines(lines.encode(), "drawn")
    asked = Requirement(today=TODAY)
    seconds = {}
    for size in sizes:
        resolver = Resolver(load_catalogue(), gpus=load_gpus())
        started = time.process_time()
        for one in found[:size]:
            resolver.resolve(one, asked)
        seconds[size] = time.process_time() - started
    return Growth("resolve N unlike machines", seconds)


def by_releases(parts: tuple[int, ...], count: int) -> Growth:
    """The same machines with a part of the releases, every n-th of them."""
    lines = "\n".join(json.dumps(one) for one in islice(drawn(2), count))
    found = machines(lines.encode(), "drawn")
    asked = Requirement(today=TODAY)
    whole = load_catalogue()
    seconds = {}
    for part in parts:
        some = replace(whole, releases=whole.releases[::part])
        resolver = Resolver(some, gpus=load_gpus())
        started = time.process_time()
        for one in found:
            resolver.resolve(one, asked)
        seconds[len(some.releases)] = time.process_time() - started
    return Growth(f"resolve {count} with N releases", seconds)
