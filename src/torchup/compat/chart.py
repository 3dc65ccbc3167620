"""Drawing the matrix: releases to the right, architectures downwards, builds as bars."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from msgspec import Struct

from torchup.compat.drawing import GROUND, Box, Drawing, Label, Rule
from torchup.compat.inks import ink_name, inks_of
from torchup.compat.lanes import Band, bands_of, columns_of, every_arch
from torchup.compat.legend import LINE as LEGEND_LINE
from torchup.compat.legend import legend, legend_height
from torchup.compat.rows import Row, newest_patches
from torchup.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torchup.compat.cards import Card
    from torchup.compat.cover import Coverage
    from torchup.compat.lanes import Bar
    from torchup.facts.catalogue import Arch, Catalogue, Release

LEFT: Final = 190
COLUMN: Final = 50
LANE: Final = 15
SMALL: Final = 12
"""Pixels of a small line of text."""
GAP: Final = 9
"""Pixels between two bands."""
LETTER: Final = 6.5
"""Pixels that a letter of a bar's name takes at most."""
MARGIN: Final = 20
HEAD: Final = 84
LEAST_COLUMNS: Final = 14
"""Columns that the legend needs, however few releases there are."""


class Say(Protocol):
    """Words a message."""

    def __call__(self, code: str, /, **args: object) -> str:
        """Word the message of a code."""


class Shown(Struct, frozen=True, kw_only=True):
    """What a picture is of: one platform, one kind of device."""

    platform: str
    rows: tuple[Row, ...]


def shown_of(rows: Sequence[Row]) -> Shown:
    """Choose the platform and device that the most rows with machine code are of.

    Raises:
        UsageError: none of the rows has a list of architectures.
    """
    groups: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        if row.build.archs:
            groups.setdefault((row.platform, row.build.device), []).append(row)
    if not groups:
        raise UsageError("compat.no-picture")
    (platform, _), mine = max(groups.items(), key=lambda one: len(one[1]))
    return Shown(platform=platform, rows=newest_patches(mine))


def draw(
    shown: Shown, cards: Sequence[Card], catalogue: Catalogue, coverage: Coverage, say: Say
) -> Drawing:
    """Draw the matrix.

    Args:
        shown: the rows.
        cards: the cards whose architectures are drawn; none draws every one.
        catalogue: the facts behind the rows.
        coverage: how builds cover cards.
        say: words the labels.

    Raises:
        UsageError: no build has code for any of the cards.
    """
    asked = {card.arch: card for card in cards}.values()
    bands = bands_of(shown.rows, tuple(asked) or every_arch(catalogue, shown.rows), coverage)
    if not bands:
        raise UsageError("compat.no-picture")
    columns = columns_of(shown.rows)
    width = LEFT + max(len(columns), LEAST_COLUMNS) * COLUMN + MARGIN
    bottom = HEAD + sum(_height(band, catalogue) for band in bands)
    builds = {row.build.name: row for row in shown.rows}
    used = {bar.build.name for band in bands for bar in band.bars}
    named = [row for name, row in builds.items() if name in used]
    device = shown.rows[0].build.device
    args = {"name": catalogue.framework.name, "platform": shown.platform, "device": device}
    title = say("compat.picture.title", **args)
    shapes: list[Box | Label | Rule] = [
        Label(x=MARGIN, y=28, text=title, size=17, bold=True),
        Label(
            x=MARGIN,
            y=46,
            text=say("compat.picture.how", day=catalogue.checked),
            size=11,
            ink="quiet",
        ),
        *_axis(columns, bottom),
    ]
    top: float = HEAD
    for number, band in enumerate(bands):
        shapes += _band(band, top, len(columns), catalogue, say, shaded=number % 2 == 0)
        top += _height(band, catalogue)
    shapes += legend(named, MARGIN, bottom + LEGEND_LINE, width - 2 * MARGIN, say)
    return Drawing(
        width=width,
        height=bottom + legend_height(len(named), width - 2 * MARGIN) + LEGEND_LINE + MARGIN,
        title=title,
        shapes=tuple(shapes),
        inks={**GROUND, **inks_of(row.build for row in shown.rows)},
    )


def _families(band: Band, catalogue: Catalogue) -> dict[str, list[Arch]]:
    found: dict[str, list[Arch]] = {}
    for arch in (catalogue.arch(name) for name in band.archs):
        if arch is not None:
            found.setdefault(arch.family, []).append(arch)
    return found


def _height(band: Band, catalogue: Catalogue) -> float:
    """Room for the bars, and for a line about each family."""
    return GAP + max(band.lanes * LANE, LANE + SMALL * len(_families(band, catalogue)))


def _axis(columns: Sequence[Release], bottom: float) -> list[Box | Label | Rule]:
    drawn: list[Box | Label | Rule] = []
    for at, release in enumerate(columns):
        x = LEFT + (at + 0.5) * COLUMN
        drawn += [
            Label(x=x, y=HEAD - 16, text=release.version, size=11, anchor="middle", bold=True),
            Label(x=x, y=HEAD - 4, text=release.date[:7], size=9, anchor="middle", ink="quiet"),
            Rule(x1=x - COLUMN / 2, y1=HEAD, x2=x - COLUMN / 2, y2=bottom),
        ]
    end = LEFT + len(columns) * COLUMN
    return [*drawn, Rule(x1=end, y1=HEAD, x2=end, y2=bottom)]


def _band(
    band: Band, top: float, columns: int, catalogue: Catalogue, say: Say, *, shaded: bool
) -> list[Box | Label | Rule]:
    height = _height(band, catalogue)
    drawn: list[Box | Label | Rule] = []
    if shaded:
        ground = Box(
            x=MARGIN / 2,
            y=top,
            width=LEFT + columns * COLUMN - MARGIN / 2,
            height=height,
            ink="band",
        )
        drawn.append(ground)
        drawn += [
            Rule(x1=LEFT + at * COLUMN, y1=top, x2=LEFT + at * COLUMN, y2=top + height)
            for at in range(columns + 1)
        ]
    drawn += _names(band, top, catalogue, say)
    for bar in band.bars:
        drawn += _bar(bar, band, top + GAP / 2 + bar.lane * LANE, say)
    return drawn


def _names(band: Band, top: float, catalogue: Catalogue, say: Say) -> list[Box | Label | Rule]:
    """The architectures of a band, and as many lines about them as there is room for."""
    prefix = 3
    names = " ".join([band.archs[0], *(arch[prefix:] for arch in band.archs[1:])])
    drawn: list[Box | Label | Rule] = [
        Label(x=MARGIN, y=top + GAP / 2 + 12, text=names, size=12, bold=True)
    ]
    for number, archs in enumerate(_families(band, catalogue).values()):
        family = archs[0].family
        first, last = min(one.first_branch for one in archs), archs[0].last_branch
        branches = say("compat.branches-on", first=first)
        if last is not None:
            branches = say("compat.branches", first=first, last=last)
        y = top + GAP / 2 + 25 + SMALL * number
        drawn.append(Label(x=MARGIN, y=y, text=f"{family} · {branches}", size=9.5, ink="quiet"))
    return drawn


def _bar(bar: Bar, band: Band, top: float, say: Say) -> list[Box | Label | Rule]:
    """A bar, cut where certainty changes; its name stands at its start."""
    drawn: list[Box | Label | Rule] = []
    start = bar.first
    for at in range(bar.first, bar.last + 1):
        unsure = at in bar.uncertain
        if at == bar.last or (at + 1 in bar.uncertain) != unsure:
            left, right = LEFT + start * COLUMN, LEFT + (at + 1) * COLUMN
            title = say("compat.picture.bar", build=bar.build.name, archs=", ".join(band.archs))
            drawn.append(
                Box(
                    x=left + (1.5 if start == bar.first else 0),
                    y=top + 1,
                    width=right
                    - left
                    - (1.5 if start == bar.first else 0)
                    - (1.5 if at == bar.last else 0),
                    height=LANE - 2,
                    ink=ink_name(bar.build.name),
                    hatched=unsure,
                    title=title,
                )
            )
            start = at + 1
    x, y = LEFT + bar.first * COLUMN + 6, top + LANE - 4
    room = (bar.last + 1 - bar.first) * COLUMN - 2 * 6
    name = bar.build.name if len(bar.build.name) * LETTER <= room else bar.build.runtime
    return [*drawn, Label(x=x, y=y, text=name, size=9.5, ink="on-bar", bold=True)]
