"""Lines over sizes as SVG: self-contained, readable in light and dark."""

from __future__ import annotations

from html import escape
from math import floor, log2, log10
from typing import TYPE_CHECKING, Final

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

WIDTH: Final = 640
HEIGHT: Final = 260
LEFT: Final = 84
RIGHT: Final = 140
TOP: Final = 14
BOTTOM: Final = 34
TICKS: Final = 4
APART: Final = 14


class Series(Struct, frozen=True, kw_only=True):
    """One line: its name, and points of size, value, and the two ends of its spread."""

    name: str
    points: tuple[tuple[float, float, float, float], ...]


def lines(
    series: Sequence[Series],
    *,
    x_of: Callable[[float], str],
    y_of: Callable[[float], str],
    title: str,
) -> str:
    """Draw lines over sizes that double; the values start at zero.

    Args:
        series: what is drawn; at least one point.
        x_of: words a size.
        y_of: words a value.
        title: what it shows, for those who can't see it.
    """
    points = [point for one in series for point in one.points]
    low, high = log2(min(p[0] for p in points)), log2(max(p[0] for p in points))
    most = max(p[3] for p in points) * 1.05 or 1.0
    wide, tall = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM

    def x(size: float) -> float:
        return LEFT + (wide * (log2(size) - low) / (high - low) if high > low else wide / 2)

    def y(value: float) -> float:
        return TOP + tall * (1 - value / most)

    parts = [
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(title, quote=True)}">'
    ]
    step = _step(most)
    for number in range(int(most / step) + 1):
        value = number * step
        parts.append(
            f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y(value):.1f}" y2="{y(value):.1f}"/>'
            f'<text class="tick" x="{LEFT - 8}" y="{y(value) + 4:.1f}" text-anchor="end">'
            f"{escape(y_of(value) if number else '0')}</text>"
        )
    parts += [
        f'<text class="tick" x="{x(size):.1f}" y="{HEIGHT - 12}" text-anchor="middle">'
        f"{escape(x_of(size))}</text>"
        for size in sorted({p[0] for p in points})
    ]
    for number, one in enumerate(series):
        parts.append(_line(one, number, x, y))
    parts += _names(series, y)
    return "".join([*parts, "</svg>"])


def _step(most: float) -> float:
    """Return a round step between ticks: 1, 2 or 5 of some power of ten."""
    rough = most / TICKS
    power = 10.0 ** floor(log10(rough))
    return next(power * part for part in (1, 2, 5, 10) if power * part >= rough * 0.75)


def _line(
    one: Series, number: int, x: Callable[[float], float], y: Callable[[float], float]
) -> str:
    ends = " ".join(f"{x(p[0]):.1f},{y(p[1]):.1f}" for p in one.points)
    marks = "".join(
        f'<line class="c{number}" x1="{x(p[0]):.1f}" x2="{x(p[0]):.1f}" y1="{y(p[2]):.1f}"'
        f' y2="{y(p[3]):.1f}"/><circle class="c{number}" cx="{x(p[0]):.1f}" cy="{y(p[1]):.1f}" r="3"/>'
        for p in one.points
    )
    return f'<polyline class="c{number}" points="{ends}"/>{marks}'


def _names(series: Sequence[Series], y: Callable[[float], float]) -> list[str]:
    """Put each name at its line's end, moved apart where lines end close together."""
    wanted = sorted((y(one.points[-1][1]), number, one.name) for number, one in enumerate(series))
    placed: list[str] = []
    above = -APART * 1.0
    for place, number, name in wanted:
        at = max(place, above + APART)
        above = at
        placed.append(
            f'<text class="name c{number}" x="{WIDTH - RIGHT + 10}" y="{at + 4:.1f}">'
            f"{escape(name)}</text>"
        )
    return placed
