"""A small model of a drawing, which SVG and pixels are both made from.

Lengths are in CSS pixels, from the upper left corner. A colour is the name of an ink; the
drawing's own table says what it looks like on a light and on a dark ground.
"""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

from msgspec import Struct

Anchor = Literal["start", "middle", "end"]


class Ink(NamedTuple):
    """A colour on a light and on a dark ground, as ``#rrggbb``."""

    light: str
    dark: str


class Box(Struct, frozen=True, kw_only=True):
    """A filled rectangle; ``hatched`` draws stripes over it, ``title`` is shown on hovering."""

    x: float
    y: float
    width: float
    height: float
    ink: str
    hatched: bool = False
    title: str = ""


class Label(Struct, frozen=True, kw_only=True):
    """A line of text; ``y`` is its baseline."""

    x: float
    y: float
    text: str
    size: float
    ink: str = "text"
    anchor: Anchor = "start"
    bold: bool = False


class Rule(Struct, frozen=True, kw_only=True):
    """A thin straight line."""

    x1: float
    y1: float
    x2: float
    y2: float
    ink: str = "grid"


class Drawing(Struct, frozen=True, kw_only=True):
    """A whole drawing; what comes later lies above."""

    width: float
    height: float
    title: str
    shapes: tuple[Box | Label | Rule, ...]
    inks: dict[str, Ink]


GROUND: Final[dict[str, Ink]] = {
    "ground": Ink("#ffffff", "#14171c"),
    "band": Ink("#f5f6f8", "#1b1f26"),
    "grid": Ink("#dfe3e8", "#2e343d"),
    "text": Ink("#1f2933", "#e4e8ee"),
    "quiet": Ink("#5b6774", "#9aa5b1"),
    "on-bar": Ink("#ffffff", "#ffffff"),
}
"""The inks that every drawing has."""
