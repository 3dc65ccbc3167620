"""Looking at many environments: the list, and the status screen."""

from __future__ import annotations

import shutil
from contextlib import suppress
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
OFFLINE: Final = "--offline"
LOOKS: Final = "looks.json"


def listing(bench: Bench) -> list[Figure | Growth]:
    """List 1 to 1,000 environments, and show the status, as they were and looked at anew.

    A status is only as it was where no server is asked and no driver's program.
    """
    one = Path(inside(bench.plan())).parents[1]
    sizes = bench.sizes(SIZES)
    homes = {size: _home(bench, one, size) for size in {*sizes, SCREEN, MANY}}
    bench.settle()
    for home in homes.values():
        bench.at(home, "list")
    bench.at(homes[SCREEN], OFFLINE)  # asks the Pythons that are there, and writes it down
    bench.settle()
    for home in homes.values():  # what has just been written is not kept
        bench.at(home, "list")
    bench.at(homes[SCREEN], OFFLINE)

    def forget(home: Path, *names: str) -> None:
        for name in names:
            shutil.rmtree(home / "cache" / name, ignore_errors=True)
            with suppress(OSError):
                (home / "cache" / name).unlink()

    def look(size: int, *arguments: str, anew: bool) -> Took:
        if anew:
            forget(homes[size], "said", LOOKS)
        return bench.at(homes[size], *arguments)

    def listed(anew: bool, size: int) -> float:
        return look(size, "list", anew=anew).processor

    def one_changed(size: int) -> Took:
        forget(homes[size], "said")
        (homes[size] / "envs" / one.name / "lib").touch()
        return bench.at(homes[size], "list")

    grown = [
        grow(
            f"`torchup list`{how}",
            "environments",
            sizes,
            partial(listed, anew),
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
            (
                f"`torchup list`, {MANY}, nothing changed",
                3,
                partial(look, MANY, "list", anew=False),
            ),
            (f"`torchup list`, {MANY}, one changed", 0, partial(one_changed, MANY)),
            (f"`torchup list`, {MANY}, looked at anew", 0, partial(look, MANY, "list", anew=True)),
            (
                f"`torchup {OFFLINE}`, {SCREEN} environments, nothing changed",
                5,
                partial(look, SCREEN, OFFLINE, anew=False),
            ),
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
