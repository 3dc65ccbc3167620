"""A drawing as PNG, by Pillow where it is installed (``torchup[picture]``)."""

from __future__ import annotations

from importlib import import_module
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

from torchup.compat.drawing import Box, Label
from torchup.errors import UsageError

if TYPE_CHECKING:
    from torchup.compat.drawing import Drawing, Rule

SCALE: Final = 2
"""Pixels for a unit of the drawing: screens of today have twice those of CSS."""
_HATCH_STEP: Final = 7 * SCALE
_HATCH: Final = (255, 255, 255, 90)
# Pillow looks for these in the folders where each system keeps its fonts.
_FONTS: Final = (
    "NotoSansCJK-Regular.ttc",
    "msyh.ttc",
    "PingFang.ttc",
    "Hiragino Sans GB.ttc",
    "wqy-microhei.ttc",
    "wqy-zenhei.ttc",
    "DroidSansFallbackFull.ttf",
)
_LATIN_FONTS: Final = ("DejaVuSans.ttf", "Arial.ttf", "arial.ttf", "Helvetica.ttc")


def can_write(drawing: Drawing) -> bool:
    """Tell whether a font with every letter of the drawing is installed.

    Raises:
        UsageError: Pillow is not installed.
    """
    _pillow()
    return not _beyond_latin(drawing) or _font_file(_FONTS) is not None


def to_png(drawing: Drawing) -> bytes:
    """Draw on light ground and return the PNG file's content.

    Raises:
        UsageError: Pillow is not installed.
    """
    image_of, draw_of, _ = _pillow()
    size = (round(drawing.width * SCALE), round(drawing.height * SCALE))
    image = image_of.new("RGB", size, drawing.inks["ground"].light)
    canvas = draw_of.Draw(image, "RGBA")
    pen = _Pen(canvas, drawing)
    for shape in drawing.shapes:
        pen.draw(shape)
    stream = BytesIO()
    image.save(stream, "PNG", optimize=True)
    return stream.getvalue()


class _Pen:
    """Draws shapes, in the inks for light ground."""

    def __init__(self, canvas: Any, drawing: Drawing) -> None:  # noqa: ANN401 - Pillow is optional
        self._canvas = canvas
        self._inks = {name: ink.light for name, ink in drawing.inks.items()}
        fonts = (*_FONTS, *_LATIN_FONTS) if _beyond_latin(drawing) else _LATIN_FONTS
        self._file = _font_file(fonts)
        self._sizes: dict[float, Any] = {}

    def draw(self, shape: Box | Label | Rule) -> None:
        """Draw one shape."""
        ink = self._inks[shape.ink]
        if isinstance(shape, Box):
            self._box(shape, ink)
        elif isinstance(shape, Label):
            anchor = {"start": "ls", "middle": "ms", "end": "rs"}[shape.anchor]
            width = 0.6 if shape.bold else 0
            place = (shape.x * SCALE, shape.y * SCALE)
            font = self._font(shape.size)
            self._canvas.text(
                place, shape.text, fill=ink, font=font, anchor=anchor, stroke_width=width
            )
        else:
            ends = [one * SCALE for one in (shape.x1, shape.y1, shape.x2, shape.y2)]
            self._canvas.line(ends, fill=ink, width=SCALE)

    def _box(self, shape: Box, ink: str) -> None:
        left, top = round(shape.x * SCALE), round(shape.y * SCALE)
        right = round((shape.x + shape.width) * SCALE) - 1
        bottom = round((shape.y + shape.height) * SCALE) - 1
        self._canvas.rounded_rectangle((left, top, right, bottom), radius=2 * SCALE, fill=ink)
        if not shape.hatched:
            return
        height = bottom - top
        for foot in range(left - height, right, _HATCH_STEP):
            low = max(foot, left)
            high = min(foot + height, right)
            if low < high:
                ends = (low, bottom - (low - foot), high, bottom - (high - foot))
                self._canvas.line(ends, fill=_HATCH, width=2 * SCALE - 1)

    def _font(self, size: float) -> Any:  # noqa: ANN401 - Pillow is optional
        if size not in self._sizes:
            _, _, font_of = _pillow()
            pixels = size * SCALE
            self._sizes[size] = (
                font_of.truetype(self._file, pixels) if self._file else font_of.load_default(pixels)
            )
        return self._sizes[size]


def _beyond_latin(drawing: Drawing) -> bool:
    texts = [shape.text for shape in drawing.shapes if isinstance(shape, Label)]
    return any(letter >= "\u2e80" for text in texts for letter in text)


def _font_file(names: tuple[str, ...]) -> str | None:
    _, _, font_of = _pillow()
    for name in names:
        try:
            font_of.truetype(name, 10)
        except OSError:
            continue
        return name
    return None


def _pillow() -> tuple[Any, ...]:
    """Pillow's modules for images, drawing and fonts."""
    try:
        return tuple(
            import_module(name) for name in ("PIL.Image", "PIL.ImageDraw", "PIL.ImageFont")
        )
    except ImportError as error:
        raise UsageError("compat.no-pillow") from error
