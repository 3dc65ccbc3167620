"""The picture: what is drawn, as SVG and as PNG."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

from torchup.compat import raster
from torchup.compat.cards import find_cards
from torchup.compat.chart import draw, shown_of
from torchup.compat.cover import Coverage
from torchup.compat.drawing import GROUND, Box, Drawing, Label
from torchup.compat.filters import Asked, select
from torchup.compat.inks import ink_name, inks_of
from torchup.compat.lanes import bands_of, columns_of, every_arch
from torchup.compat.svg import to_svg
from torchup.errors import UsageError

if TYPE_CHECKING:
    from torchup.compat.chart import Say
    from torchup.compat.rows import Row
    from torchup.facts.catalogue import Catalogue
    from torchup.facts.gpus import Gpus

SVG = "{http://www.w3.org/2000/svg}"


def picture(rows: tuple[Row, ...], asked: Asked, catalogue: Catalogue, say: Say) -> Drawing:
    shown = shown_of(select(rows, asked))
    return draw(shown, asked.cards, catalogue, Coverage(catalogue), say)


@pytest.mark.parametrize("device", ["cuda", "rocm"])
def test_bars_are_what_the_builds_cover(
    device: str, rows: tuple[Row, ...], catalogue: Catalogue
) -> None:
    shown = shown_of([row for row in rows if row.build.device == device])
    coverage = Coverage(catalogue)
    cards = {card.arch: card for card in every_arch(catalogue, shown.rows)}
    bands = bands_of(shown.rows, tuple(cards.values()), coverage)
    columns = [release.version for release in columns_of(shown.rows)]
    drawn = {
        (arch, bar.build.name, columns[at])
        for band in bands
        for arch in band.archs
        for bar in band.bars
        for at in range(bar.first, bar.last + 1)
    }
    expected = {
        (arch, row.build.name, row.release.version)
        for arch, card in cards.items()
        for row in shown.rows
        if coverage.kind(row, card) == "code"
    }
    assert drawn == expected != set()
    for band in bands:
        taken = [(b.lane, at) for b in band.bars for at in range(b.first, b.last + 1)]
        assert len(taken) == len(set(taken)), "no bar lies on another"


def test_svg(rows: tuple[Row, ...], catalogue: Catalogue, say: Say) -> None:
    drawing = picture(rows, Asked(device="cuda"), catalogue, say)
    text = to_svg(drawing, "en")
    root = ET.fromstring(text)
    assert root.tag == f"{SVG}svg"
    assert "prefers-color-scheme:dark" in text
    assert "http" not in text.replace("http://www.w3.org/2000/svg", ""), "nothing is fetched"
    said = {label.text for label in root.iter(f"{SVG}text")}
    assert {"2.6.0", "cu118"} <= said
    classes = {name for e in root.iter() for name in (e.get("class") or "").split()}
    assert classes <= {*drawing.inks, "b", "grid"}
    hatched = [e for e in root.iter(f"{SVG}rect") if e.get("fill") == "url(#hatch)"]
    assert len(hatched) == sum(isinstance(s, Box) and s.hatched for s in drawing.shapes)


def test_everything_lies_inside(rows: tuple[Row, ...], catalogue: Catalogue, say: Say) -> None:
    for asked in (Asked(device="cuda"), Asked(device="rocm"), Asked(release="2.6")):
        drawing = picture(rows, asked, catalogue, say)
        for shape in drawing.shapes:
            if isinstance(shape, Box):
                assert shape.x >= 0
                assert shape.x + shape.width <= drawing.width
                assert shape.y + shape.height <= drawing.height
            elif isinstance(shape, Label):
                assert 0 < shape.y < drawing.height
                assert shape.x < drawing.width


def test_one_card(rows: tuple[Row, ...], catalogue: Catalogue, gpus: Gpus, say: Say) -> None:
    cards = find_cards("K80", gpus, catalogue)
    texts = {
        s.text
        for s in picture(rows, Asked(cards=cards), catalogue, say).shapes
        if isinstance(s, Label)
    }
    assert "sm_37" in texts
    assert "cu118" in texts
    assert "cu130" not in texts


def test_names_are_escaped() -> None:
    evil = '</title><script>alert("1")</script>&'
    shapes = (
        Label(x=1, y=1, text=evil, size=9),
        Box(x=1, y=1, width=1, height=1, ink="grid", title=evil),
    )
    drawing = Drawing(width=9, height=9, title=evil, shapes=shapes, inks=GROUND)
    root = ET.fromstring(to_svg(drawing, "en"))
    assert "script" not in {e.tag.removeprefix(SVG) for e in root.iter()}


def test_nothing_to_draw(rows: tuple[Row, ...], catalogue: Catalogue, gpus: Gpus, say: Say) -> None:
    for asked in (Asked(device="cpu"), Asked(cards=find_cards("GTX 680", gpus, catalogue))):
        with pytest.raises(UsageError) as raised:
            picture(rows, asked, catalogue, say)
        assert raised.value.code == "compat.no-picture"


def test_builds_have_inks_of_their_own(rows: tuple[Row, ...]) -> None:
    for device in ("cuda", "rocm"):
        builds = [row.build for row in rows if row.build.device == device]
        inks = inks_of(builds)
        assert set(inks) == {ink_name(build.name) for build in builds}
        assert len(set(inks.values())) == len(inks)
        for colour in (one for ink in inks.values() for one in ink):
            assert contrast_with_white(colour) >= 3, "white names are readable"


def contrast_with_white(colour: str) -> float:
    """WCAG 2: 3 is enough for bold letters."""
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 1.05 / (sum(a * b for a, b in zip((0.2126, 0.7152, 0.0722), linear, strict=True)) + 0.05)


def test_png_without_pillow(
    rows: tuple[Row, ...], catalogue: Catalogue, say: Say, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawing = picture(rows, Asked(release="2.6"), catalogue, say)
    monkeypatch.setitem(sys.modules, "PIL", None)
    monkeypatch.setitem(sys.modules, "PIL.Image", None)
    for act in (raster.to_png, raster.can_write):
        with pytest.raises(UsageError) as raised:
            act(drawing)
        assert raised.value.code == "compat.no-pillow"


def test_png(rows: tuple[Row, ...], catalogue: Catalogue, say: Say) -> None:
    from io import BytesIO

    image_of = pytest.importorskip("PIL.Image", reason="PNG needs Pillow: torchup[picture]")
    drawing = picture(rows, Asked(release=">=2.5,<2.8"), catalogue, say)
    image = image_of.open(BytesIO(raster.to_png(drawing)))
    assert image.size == (round(drawing.width * 2), round(drawing.height * 2))
    bar = next(s for s in drawing.shapes if isinstance(s, Box) and s.ink == ink_name("cu118"))
    at = (round((bar.x + bar.width) * 2) - 8, round((bar.y + bar.height / 2) * 2))
    ink = drawing.inks[bar.ink].light
    assert image.getpixel(at) == tuple(int(ink[i : i + 2], 16) for i in (1, 3, 5))
