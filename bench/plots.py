"""Pictures of what was measured, as SVG: ratios with their spread, and seconds by size."""

from __future__ import annotations

import math
import statistics
from typing import TYPE_CHECKING, Any

from bench.measure import Figure, Growth

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from matplotlib.axes import Axes

    from bench.record import Results

INK, OURS, FAINT, MISSED = "#24292f", "#0b62a8", "#8c959f", "#b35900"
_STYLE: Any = {
    "svg.hashsalt": "torchup",  # the same figures draw the same file
    "svg.fonttype": "none",
    "font.family": "sans-serif",
    "font.size": 9,
    "text.color": INK,
    "axes.edgecolor": FAINT,
    "axes.labelcolor": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
}


def write_plots(results: Results, into: Path) -> None:
    """Draw every case: its pairs in one picture, its growth in another.

    Args:
        results: what was measured.
        into: the folder for them; pictures of cases that are no more are removed.
    """
    import matplotlib as mpl

    mpl.use("svg")
    into.mkdir(parents=True, exist_ok=True)
    for old in into.glob("*.svg"):
        old.unlink()
    with mpl.rc_context(_STYLE):
        for name, case in results.items():
            pairs = [line for line in case.lines if isinstance(line, Figure)]
            if pairs:
                _ratios(pairs, into / f"{name}.svg")
            grown = [line for line in case.lines if isinstance(line, Growth)]
            if grown:
                _growths(grown, into / f"{name}-growth.svg")


def _ratios(figures: Sequence[Figure], file: Path) -> None:
    """Draw a point for each pair of commands, its spread as a line, and its goal as a mark."""
    from matplotlib.figure import Figure as Picture

    picture = Picture(figsize=(8, 0.8 + 0.5 * len(figures)), layout="constrained")
    axes = picture.subplots()
    for row, figure in enumerate(reversed(figures)):
        ratio = figure.ratio
        colour = MISSED if figure.goal and ratio.median > figure.goal else OURS
        axes.plot((ratio.low, ratio.high), (row, row), color=colour, linewidth=2, alpha=0.4)
        axes.plot(ratio.median, row, "o", color=colour)
        axes.annotate(
            f"{ratio.median:.2f}", (ratio.median, row), (0, 6), ha="center",
            textcoords="offset points", color=colour,
        )  # fmt: skip
        if figure.goal:
            axes.plot(figure.goal, row, "|", color=INK, markersize=12)
    axes.axvline(1, color=FAINT, linewidth=1, linestyle="--")
    axes.set_xscale("log")
    low, high = (end(_ends(figures)) for end in (min, max))
    axes.set_xlim(low / 1.3, high * 1.3)
    _round_ticks(axes, low / 1.3, high * 1.3)
    axes.set_ylim(-0.6, len(figures) - 0.3)
    axes.set_yticks(range(len(figures)), [_row(one) for one in reversed(figures)])
    axes.set_xlabel("time of torchup / time of the other; median and spread, | is the goal")
    picture.savefig(file, metadata={"Date": None, "Creator": None}, facecolor="white")


def _ends(figures: Sequence[Figure]) -> list[float]:
    return [1, *(v for f in figures for v in (f.ratio.low, f.ratio.high, f.goal or 1))]


def _row(figure: Figure) -> str:
    ours, peer = figure.sides
    return f"{ours}\n{peer}".replace("`", "")


def _growths(grown: Sequence[Growth], file: Path) -> None:
    """Draw seconds by size, both in powers of ten, beside what would be in proportion."""
    from matplotlib.figure import Figure as Picture

    picture = Picture(figsize=(8, 3.2), layout="constrained")
    for axes, growth in zip(picture.subplots(1, len(grown), squeeze=False)[0], grown, strict=True):
        medians = [statistics.median(each) for each in growth.seconds]
        axes.fill_between(
            growth.sizes,
            [min(each) for each in growth.seconds],
            [max(each) for each in growth.seconds],
            color=OURS,
            alpha=0.2,
            linewidth=0,
        )
        axes.plot(growth.sizes, medians, "o-", color=OURS)
        last, most = growth.sizes[-1], medians[-1]
        axes.plot(
            growth.sizes,
            [most * size / last for size in growth.sizes],
            "--",
            color=FAINT,
            linewidth=1,
        )
        axes.set_xscale("log")
        axes.set_yscale("log")
        axes.set_ylim(min(medians) / 2, max(medians) * 2)
        axes.set_xlabel(f"{growth.unit} (dashed: in proportion)")
        axes.set_ylabel("processors' seconds" if growth.processor else "seconds")
        axes.set_title(growth.name.replace("`", ""), fontsize=9)
    picture.savefig(file, metadata={"Date": None, "Creator": None}, facecolor="white")


def _round_ticks(axes: Axes, low: float, high: float) -> None:
    """Name 1, 2 and 5 of every power of ten, or the powers alone where there are many."""
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    few = 3
    steps = (1, 2, 5) if len(powers) <= few else (1,)
    ticks = [step * 10.0**power for power in powers for step in steps]
    shown = [tick for tick in ticks if low <= tick <= high]
    axes.set_xticks(shown, [f"{tick:g}" for tick in shown])
    axes.minorticks_off()
