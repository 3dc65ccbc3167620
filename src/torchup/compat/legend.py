"""The legend of a picture: each build, its runtime, the drivers it needs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from torchup.compat.drawing import Box, Label
from torchup.compat.inks import ink_name
from torchup.resolve.numbers import dotted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torchup.compat.chart import Say
    from torchup.compat.drawing import Rule
    from torchup.compat.rows import Row

LINE: Final = 22
_CELL: Final = 320
_NAMES: Final = {"cuda": "CUDA", "rocm": "ROCm"}
"""How the makers write their runtimes."""


def legend_height(count: int, width: float) -> float:
    """The height of a legend for ``count`` builds."""
    lines = -(-count // _columns(width))
    return (lines + 2) * LINE


def _columns(width: float) -> int:
    return max(1, int(width // _CELL))


def legend(
    rows: Sequence[Row], x: float, y: float, width: float, say: Say
) -> list[Box | Label | Rule]:
    """Lay out the legend.

    Args:
        rows: one row for each build.
        x: its left side.
        y: its upper side.
        width: how wide it may be.
        say: words the labels.
    """
    rows = sorted(rows, key=lambda row: dotted(row.build.runtime), reverse=True)
    lines = -(-len(rows) // _columns(width))
    with_drivers = any(row.driver_floor for row in rows)
    title = say("compat.picture.legend") if with_drivers else say("compat.picture.builds")
    drawn: list[Box | Label | Rule] = [Label(x=x, y=y + 12, text=title, size=12, bold=True)]
    for number, row in enumerate(rows):
        column, line = divmod(number, lines)
        drawn += _entry(row, x + column * _CELL, y + (line + 1) * LINE, say)
    last = y + (lines + 1) * LINE
    drawn.append(Box(x=x, y=last + 2, width=26, height=13, ink="quiet", hatched=True))
    unsure = say("compat.picture.unsure")
    drawn.append(Label(x=x + 34, y=last + 13, text=unsure, size=11, ink="quiet"))
    return drawn


def _entry(row: Row, x: float, y: float, say: Say) -> list[Box | Label | Rule]:
    build = row.build
    runtime = f"{_NAMES.get(build.device, build.device)} {build.runtime}".strip()
    text = runtime
    if row.driver_floor:
        text = say("compat.picture.entry", runtime=runtime, floor=row.driver_floor)
    return [
        Box(x=x, y=y + 2, width=62, height=14, ink=ink_name(build.name)),
        Label(x=x + 5, y=y + 13, text=build.name, size=9.5, ink="on-bar", bold=True),
        Label(x=x + 70, y=y + 13, text=text, size=11),
    ]
