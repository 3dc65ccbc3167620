"""Colours of builds: a hue for each major version of a runtime, a shade for each minor."""

from __future__ import annotations

import math
from colorsys import hls_to_rgb
from typing import TYPE_CHECKING, Final

from torchup.compat.drawing import Ink
from torchup.resolve.numbers import dotted

if TYPE_CHECKING:
    from collections.abc import Iterable

    from torchup.facts.catalogue import Build

_HUES: Final = (265, 212, 165, 32, 350, 300, 95, 185)
"""Degrees, for the newest major version first; neighbours are told apart by the colour-blind."""
_DARKEST: Final = 0.62
"""The darkest shade, as a share of the lightest."""
_DARKER: Final = 0.03
"""How much darker bars are on light ground."""
_SATURATION: Final = 0.52
_CONTRAST: Final = 3.2
"""White names on bars: WCAG 2 asks 3 of bold letters and of graphics."""


def inks_of(builds: Iterable[Build]) -> dict[str, Ink]:
    """Give every build an ink, named :func:`ink_name`; newer minor versions are darker."""
    named = {build.name: (build.device, dotted(build.runtime)) for build in builds}
    majors = sorted({(d, v[:1]) for d, v in named.values()}, key=lambda one: (one[0], one[1]))
    majors.reverse()
    found: dict[str, Ink] = {}
    for number, major in enumerate(majors):
        mine = sorted(
            (name for name, (d, v) in named.items() if (d, v[:1]) == major),
            key=lambda name: named[name],
        )
        hue = _HUES[number % len(_HUES)]
        lightest = _lightest(hue)
        for place, name in enumerate(mine):
            share = place / max(1, len(mine) - 1)
            lightness = lightest + (lightest * _DARKEST - lightest) * share
            found[ink_name(name)] = Ink(_hex(hue, lightness - _DARKER), _hex(hue, lightness))
    return found


def ink_name(build: str) -> str:
    """The name of a build's ink; it is a class name in SVG."""
    return "build-" + "".join(one if one.isalnum() else "-" for one in build)


def _lightest(hue: int) -> float:
    """The lightest shade of a hue that white letters can be read on."""
    lightness = 0.54
    while 1.05 / (_luminance(hue, lightness) + 0.05) < _CONTRAST:
        lightness -= 0.01
    return lightness


def _luminance(hue: int, lightness: float) -> float:
    """Relative luminance as WCAG 2 defines it, with the exponent of most of its curve."""
    red, green, blue = (
        math.pow(part, 2.2) for part in hls_to_rgb(hue / 360, lightness, _SATURATION)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _hex(hue: int, lightness: float) -> str:
    parts = hls_to_rgb(hue / 360, lightness, _SATURATION)
    return "#" + "".join(f"{round(part * 255):02x}" for part in parts)
