"""The page: ``docs/benchmarks.md``, from what was measured."""

from __future__ import annotations

import statistics
from pathlib import Path
from typing import TYPE_CHECKING, Final

from bench.cases import CASES
from bench.measure import Figure, Growth, Share, spread

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bench.measure import Spread
    from bench.record import Case, Results

PAGE: Final = Path(__file__).resolve().parent.parent / "docs" / "benchmarks.md"
HISTORY: Final = Path(__file__).with_name("history.md")
"""What measuring changed, written by hand."""
_HEAD: Final = """# Figures

torchup beside other tools that do the same or a part of it, as whole processes. This page is made
by `nox -s bench`; don't edit it.

The two sides of a pair are run one right after the other, the order changing from pair to pair,
and the first pair doesn't count. What is quoted is the ratio within each pair: its median, and in
brackets the lowest and the highest. So a machine that is busy with other work slows both sides
alike; it widens the spread and hardly moves the median. The load (processes that waited for a
processor, a minute's mean) is named with every case, and seconds are only what this machine took
then: compare ratios, not seconds. Processors' seconds, children included, are blurred least.

A goal is a ratio that the project set itself; ✗ marks one that the median misses.
"""
_KB: Final = 1_000


def page(results: Results) -> str:
    """Write the page; a case that was never run is left out.

    Args:
        results: what was measured.
    """
    parts = [_HEAD]
    for name, about in CASES.items():
        if name in results:
            parts += [f"## {about.title}\n", f"{about.about}\n", *_case(name, results[name])]
    return "\n".join([*parts, HISTORY.read_text(encoding="utf-8")])


def plots_of(name: str, case: Case) -> Iterator[tuple[str, str]]:
    """Name the pictures of a case: the file, and what it shows."""
    title = CASES[name].title
    if any(isinstance(line, Figure) for line in case.lines):
        yield f"{name}.svg", f"{title}: ratios, median and spread"
    if any(isinstance(line, Growth) for line in case.lines):
        yield f"{name}-growth.svg", f"{title}: seconds by size"


def _case(name: str, case: Case) -> Iterator[str]:
    pairs = [line for line in case.lines if isinstance(line, Figure)]
    if pairs:
        yield from _pairs(pairs)
    for line in case.lines:
        if isinstance(line, Growth):
            yield from _growth(line)
        elif isinstance(line, Share):
            yield f"{_capital(line.name)}: {_share(line)}.\n"
    for file, shows in plots_of(name, case):
        yield f"![{shows}]({PAGE.stem}/{file})\n"
    versions = ", ".join(f"{tool} {number}" for tool, number in case.versions.items())
    yield (
        f"{case.date}: {case.rounds} rounds (short commands three times as many), "
        f"{case.where}, load {case.load[0]:g} to {case.load[1]:g}; {versions}.\n"
    )


def _pairs(figures: Sequence[Figure]) -> Iterator[str]:
    yield "| torchup | beside | seconds | ratio | processors' ratio | goal |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for figure in figures:
        ours, peer = figure.sides
        walls = " / ".join(_seconds(one) for one in figure.walls)
        goal = _goal(figure.goal, figure.ratio.median)
        work = _ratio(figure.work) if _worked(figure) else ""
        yield f"| {ours} | {peer} | {walls} | {_ratio(figure.ratio)} | {work} | {goal} |"
    yield ""


def _growth(growth: Growth) -> Iterator[str]:
    seconds = "processors' seconds" if growth.processor else "seconds"
    yield f"| {growth.name}: {growth.unit} | {seconds} | one of them |"
    yield "| --- | --- | --- |"
    for size, each in zip(growth.sizes, growth.seconds, strict=True):
        found = spread(each)
        shown = f"{_seconds(found.median)} [{_seconds(found.low)}, {_seconds(found.high)}]"
        yield f"| {size:,} | {shown} | {_one(statistics.median(each) / size)} |"
    yield ""
    yield f"The steepest step grows with the size to the power of {growth.steepest:.2f}.\n"


def _worked(figure: Figure) -> bool:
    """Whether both sides' work was counted; what only waits works next to nothing."""
    least = 0.002
    return all(min(pair.ours.processor, pair.peer.processor) >= least for pair in figure.pairs)


def _ratio(found: Spread) -> str:
    return f"{_number(found.median)} [{_number(found.low)}, {_number(found.high)}]"


def _number(value: float) -> str:
    ten = 10
    return f"{value:.2f}" if value < ten else f"{value:.0f}"


def _seconds(value: float) -> str:
    few, some = 1, 100
    return f"{value:.3f}" if value < few else f"{value:.1f}" if value < some else f"{value:.0f}"


def _one(seconds: float) -> str:
    for unit, part in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if seconds >= part:
            return f"{seconds / part:.3g} {unit}"
    return f"{seconds / 1e-9:.3g} ns"


def _share(share: Share) -> str:
    part = share.part / share.whole
    wanted = f" (goal: {_goal(share.goal * 100, part * 100, ' %')})" if share.goal else ""
    return f"{share.part / _KB**2:.1f} of {share.whole / _KB**2:.0f} MB, {part:.1%}{wanted}"


def _goal(goal: float, found: float, unit: str = "") -> str:
    return f"{goal:g}{unit} {'✓' if found <= goal else '✗'}" if goal else ""


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]
