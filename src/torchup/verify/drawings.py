"""What was measured as drawings: pure, from figures to SVG and to the numbers behind it."""

from __future__ import annotations

from statistics import median, quantiles
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from torchup.verify.matrix import matrix
from torchup.verify.plots import Series, lines
from torchup.verify.speed import ENOUGH, binary, scaled_value

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from torchup.model import Figure, VerifyReport
    from torchup.words import Words

NONE: Final = "-"


class Drawing(Struct, frozen=True, kw_only=True):
    """A drawing: what it shows, its SVG, and its numbers, the first row of which is the heading."""

    title: str
    svg: str
    rows: tuple[tuple[str, ...], ...] = ()


def drawings(report: VerifyReport, words: Words) -> tuple[Drawing, ...]:
    """Draw rates over sizes for each device, and what each pair of devices reaches."""
    return (*_lines(report, words), *_pairs(report, words))


def _lines(report: VerifyReport, words: Words) -> Iterator[Drawing]:
    for device in dict.fromkeys(figure.device for figure in report.figures):
        own = [one for one in report.figures if one.device == device]
        for name, x_of in (("matmul", _edge), ("memory", binary), ("copy", binary)):
            drawn = _plot([one for one in own if one.name == name], name, x_of, words)
            if drawn:
                yield Drawing(
                    title=" ".join(filter(None, (drawn[0], device))), svg=drawn[1], rows=drawn[2]
                )


def _plot(
    figures: list[Figure], name: str, x_of: Callable[[float], str], words: Words
) -> tuple[str, str, tuple[tuple[str, ...], ...]] | None:
    kinds = dict.fromkeys(one.kind for one in figures)
    series = [
        Series(
            name=kind,
            points=tuple(
                (one.size, median(one.samples), *_middle_half(one.samples))
                for one in figures
                if one.kind == kind and one.samples
            ),
        )
        for kind in kinds
    ]
    series = [one for one in series if one.points]
    if not series:
        return None
    unit = figures[0].unit
    title = words.say(f"verify.page.plot.{name}")
    drawn = lines(series, x_of=x_of, y_of=lambda value: scaled_value(value, unit), title=title)
    sizes = sorted({point[0] for one in series for point in one.points})
    rows = [("", *(one.name for one in series))]
    for size in sizes:
        at = [{p[0]: p[1] for p in one.points}.get(size) for one in series]
        said = (NONE if value is None else scaled_value(value, unit) for value in at)
        rows.append((x_of(size), *said))
    return title, drawn, tuple(rows)


def _middle_half(samples: Sequence[float]) -> tuple[float, float]:
    """The quartiles: a single disturbed sample would make everything else a flat line."""
    if len(samples) < ENOUGH:
        return min(samples), max(samples)
    low, _, high = quantiles(samples, n=4, method="inclusive")
    return low, high


def _edge(size: float) -> str:
    return f"{size:.0f}"


def _pairs(report: VerifyReport, words: Words) -> Iterator[Drawing]:
    """Draw who sends to whom, and how fast."""
    figures = [one for one in report.figures if one.name == "peer" and one.samples]
    if not figures:
        return
    rates: dict[tuple[str, str], float] = {}
    for one in figures:
        sender, _, receiver = one.kind.partition(">")
        rates[sender, receiver] = median(one.samples)
    unit = figures[0].unit
    ends = sorted({end for pair in rates for end in pair}, key=_number)
    title = words.say("verify.page.pairs")
    svg = matrix(
        ends,
        rates,
        value_of=lambda value: scaled_value(value, unit),
        row=words.say("verify.page.pairs.from"),
        column=words.say("verify.page.pairs.to"),
        title=title,
    )
    rows = tuple(
        (one, *(scaled_value(rates[one, e], unit) if (one, e) in rates else NONE for e in ends))
        for one in ends
    )
    yield Drawing(title=title, svg=svg, rows=(("", *ends), *rows))


def _number(end: str) -> tuple[int, str]:
    return (int(end), "") if end.isdecimal() else (1 << 30, end)
