"""A drawing as SVG: text, sharp at any size, readable on light and dark ground."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

from torchup.compat.drawing import Box, Label

if TYPE_CHECKING:
    from torchup.compat.drawing import Drawing, Rule

_FONTS: Final = (
    'system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","Noto Sans CJK SC","PingFang SC",'
    '"Microsoft YaHei","DejaVu Sans",sans-serif'
)
_HATCH: Final = (
    '<pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" '
    'patternTransform="rotate(45)"><path d="M0 0V6" stroke="#fff" stroke-opacity=".33" '
    'stroke-width="2.5"/></pattern>'
)


def to_svg(drawing: Drawing, lang: str) -> str:
    """Write a drawing as an SVG document.

    Args:
        drawing: what to draw.
        lang: the language of its texts, as an HTML language tag.
    """
    width, height = _number(drawing.width), _number(drawing.height)
    body = "\n".join(_shape(shape) for shape in drawing.shapes)
    title = escape(drawing.title)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}" role="img" aria-labelledby="title" '
        f'lang="{lang}" xml:lang="{lang}">\n'
        f'<title id="title">{title}</title>\n'
        f"<style>{_style(drawing)}</style>\n<defs>{_HATCH}</defs>\n"
        f'<rect width="{width}" height="{height}" class="ground"/>\n{body}\n</svg>\n'
    )


def _style(drawing: Drawing) -> str:
    light = "".join(f".{name}{{fill:{ink.light}}}" for name, ink in drawing.inks.items())
    dark = "".join(f".{name}{{fill:{ink.dark}}}" for name, ink in drawing.inks.items())
    grid = drawing.inks["grid"]
    lines = f"path.grid{{stroke:{grid.light};fill:none}}"
    dark_lines = f"path.grid{{stroke:{grid.dark}}}"
    return (
        f"text{{font-family:{_FONTS}}}.b{{font-weight:600}}{light}{lines}"
        f"@media(prefers-color-scheme:dark){{{dark}{dark_lines}}}"
    )


def _shape(shape: Box | Label | Rule) -> str:
    if isinstance(shape, Box):
        return _box(shape)
    if isinstance(shape, Label):
        weight = " b" if shape.bold else ""
        anchor = "" if shape.anchor == "start" else f' text-anchor="{shape.anchor}"'
        place = f'x="{_number(shape.x)}" y="{_number(shape.y)}"'
        return (
            f'<text {place} font-size="{_number(shape.size)}"{anchor} '
            f'class="{shape.ink}{weight}">{escape(shape.text)}</text>'
        )
    ends = f"M{_number(shape.x1)} {_number(shape.y1)}L{_number(shape.x2)} {_number(shape.y2)}"
    return f'<path d="{ends}" class="{shape.ink}"/>'


def _box(shape: Box) -> str:
    place = (
        f'x="{_number(shape.x)}" y="{_number(shape.y)}" '
        f'width="{_number(shape.width)}" height="{_number(shape.height)}" rx="2"'
    )
    title = f"<title>{escape(shape.title)}</title>" if shape.title else ""
    drawn = f'<rect {place} class="{shape.ink}">{title}</rect>'
    if shape.hatched:
        drawn += f'<rect {place} fill="url(#hatch)" pointer-events="none"/>'
    return drawn


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
