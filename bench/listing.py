"""Looking at many environments: the list, and the status screen."""

from __future__ import annotations

import shutil
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from bench.many import add_alike, lay_alike
from bench.measure import Figure, Growth, compare, grow
from bench.sides import inside

if TYPE_CHECKING:
    from bench.measure import Took
    from bench.sides import Bench

SIZES: Final = (1, 10, 100, 1_000)
SCREEN, MANY = 20, 100


def listing(bench: Bench) -> list[Figure | Growth]:
    """List 1 to 1,000 environments, as they were at the last look and looked at anew."""
    one = Path(inside(bench.plan())).parents[1]
    sizes = bench.sizes(SIZES)
    homes = {size: _home(bench, one, size) for size in {*sizes, SCREEN, MANY}}
    bench.settle()
    for home in homes.values():
        bench.at(home, "list")

    def look(size: int, *, anew: bool) -> Took:
        if anew:
            shutil.rmtree(homes[size] / "cache" / "said", ignore_errors=True)
        return bench.at(homes[size], "list")

    grown = [
        grow(
            f"`torchup list`{how}",
            "environments",
            sizes,
            lambda size, anew=anew: look(size, anew=anew).processor,  # type: ignore[misc]  # a default
            runs=bench.runs,
        )
        for how, anew in ((", nothing changed", False), (", looked at anew", True))
    ]
    bare = [bench.python, "-I", "-c", "pass"]
    pairs = [
        compare(
            f"{name} / `python -I -c pass`",
            ours,
            lambda: bench.plain(bare),
            runs=bench.often,
            goal=goal,
        )
        for name, goal, ours in (
            (f"`torchup list`, {MANY}, nothing changed", 3, partial(look, MANY, anew=False)),
            (f"`torchup list`, {MANY}, looked at anew", 0, partial(look, MANY, anew=True)),
            (f"`torchup`, {SCREEN} environments", 5, partial(bench.at, homes[SCREEN])),
        )
    ]
    return [*grown, *pairs]


def _home(bench: Bench, one: Path, size: int) -> Path:
    """Lay a home with so many environments like one; only what looking at them reads."""
    home = bench.folder / f"home{size}"
    first = home / "envs" / one.name
    first.parent.mkdir(parents=True)
    lay_alike(one, first)
    add_alike(first, size - 1)
    return home
