"""A rate for each pair of devices, as a coloured square in SVG: self-contained, light and dark."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

CELL: Final = 66
"""The side of a cell where the values fit into it."""
SMALL: Final = 34
SHOWN: Final = 8
"""Devices up to which each value is written into its cell."""
LEFT: Final = 64
TOP: Final = 40
FAINT: Final = 0.08
FULL: Final = 0.5
"""How strongly the least and the greatest are coloured: text stays readable on both."""


def matrix(
    ends: Sequence[str],
    values: Mapping[tuple[str, str], float],
    *,
    value_of: Callable[[float], str],
    row: str,
    column: str,
    title: str,
) -> str:
    """Draw who sends (a row) to whom (a column), the faster the stronger.

    Args:
        ends: the devices, in order.
        values: the rate of each pair, by who sends and who receives; pairs may be missing.
        value_of: words a value.
        row: what a row is.
        column: what a column is.
        title: what it shows, for those who can't see it.
    """
    side = CELL if len(ends) <= SHOWN else SMALL
    most = max(values.values(), default=0.0) or 1.0
    size = side * len(ends)
    wide, tall = LEFT + size + 2, TOP + size + 2
    named = escape(title, quote=True)
    shape = f'viewBox="0 0 {wide} {tall}" width="{wide}"'
    parts = [
        f'<svg class="pairs" {shape} role="img" aria-label="{named}">',
        f'<text x="{LEFT + size / 2:.0f}" y="12" text-anchor="middle">{escape(column)}</text>',
        f'<text x="0" y="{TOP + size / 2 + 4:.0f}">{escape(row)}</text>',
    ]
    for number, end in enumerate(ends):
        middle, said = side * number + side / 2, escape(end)
        parts += [
            f'<text x="{LEFT + middle:.0f}" y="{TOP - 8}" text-anchor="middle">{said}</text>',
            f'<text x="{LEFT - 8}" y="{TOP + middle + 4:.0f}" text-anchor="end">{said}</text>',
        ]
    for line, one in enumerate(ends):
        for place, other in enumerate(ends):
            value = values.get((one, other))
            at = LEFT + side * place, TOP + side * line
            if value is None:
                parts.append(_square(at, side, 'class="none"') + "</rect>")
            else:
                parts.append(_cell(at, side, value / most, value_of(value)))
    return "".join([*parts, "</svg>"])


def _cell(at: tuple[int, int], side: int, share: float, said: str) -> str:
    """A coloured cell that says its value when it is pointed at, and shows it where it fits."""
    strong = FAINT + (FULL - FAINT) * max(0.0, min(1.0, share))
    look = f'class="c0" fill-opacity="{strong:.3f}"'
    drawn = f"{_square(at, side, look)}<title>{escape(said)}</title></rect>"
    if side == CELL:
        amount, _, unit = said.partition(" ")
        middle = at[0] + (side - 2) / 2
        for text, look, below in ((amount, ' class="value"', -1), (unit, ' class="unit"', 13)):
            drawn += (
                f'<text{look} x="{middle:.0f}" y="{at[1] + side / 2 + below:.0f}"'
                f' text-anchor="middle">{escape(text)}</text>'
            )
    return drawn


def _square(at: tuple[int, int], side: int, look: str) -> str:
    return f'<rect {look} x="{at[0]}" y="{at[1]}" width="{side - 2}" height="{side - 2}">'
