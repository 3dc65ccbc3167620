"""Pictures and pages of the matrix, written where the user says."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from torchup.cli.files import check_folders, write_file

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torchup.cli.session import Session
    from torchup.compat.chart import Say
    from torchup.compat.drawing import Drawing
    from torchup.compat.filters import Asked
    from torchup.compat.rows import Row
    from torchup.facts.catalogue import Catalogue
    from torchup.words import Words

TAGS: Final = {"en": ("en", "English"), "zh_CN": ("zh-CN", "中文")}
"""Languages of torchup: their HTML tags, and their names in themselves."""


def write_pictures(
    rows: Sequence[Row],
    asked: Asked,
    catalogue: Catalogue,
    session: Session,
    *,
    svg: str | None,
    png: str | None,
) -> list[str]:
    """Draw the matrix and return the files that were written.

    Raises:
        UsageError: nothing can be drawn, a folder or Pillow is missing.
        OutsideError: a file can't be written.
    """
    from torchup.compat.svg import to_svg

    check_folders(filter(None, (svg, png)))
    drawing = _drawing(rows, asked, catalogue, session.words)
    written: list[str] = []
    contents: dict[str, bytes] = {}
    if png is not None:
        from torchup.cli.screen import Screen
        from torchup.compat.raster import can_write, to_png
        from torchup.words import load_words

        if not can_write(drawing):
            # English needs no more than the font that Pillow brings along.
            Screen(sys.stderr, session.host).line(session.say("compat.no-font"))
            english = _drawing(rows, asked, catalogue, load_words("en"))
            contents[png] = to_png(english)
        else:
            contents[png] = to_png(drawing)
    if svg is not None:
        contents[svg] = to_svg(drawing, TAGS[session.words.language][0]).encode()
    for name, data in contents.items():
        write_file(name, data)
        written.append(name)
    return written


def _drawing(rows: Sequence[Row], asked: Asked, catalogue: Catalogue, words: Words) -> Drawing:
    from torchup.compat.chart import draw, shown_of
    from torchup.compat.cover import Coverage

    say = sayer(words)
    return draw(shown_of(rows), asked.cards, catalogue, Coverage(catalogue), say)


def sayer(words: Words) -> Say:
    """What words a message in one language."""

    def say(code: str, /, **args: object) -> str:
        return words.say(code, {name: str(value) for name, value in args.items()})

    return say


def write_site(folder: str, catalogue: Catalogue, session: Session) -> tuple[int, str]:
    """Write the site in every language, the user's first; return its size and its front page.

    Raises:
        UsageError: the folder is somebody else's.
        OutsideError: it can't be written.
    """
    from torchup.compat.publish import FRONT, publish
    from torchup.compat.site import Tongue, site
    from torchup.facts.load import load_gpus
    from torchup.words import LANGUAGES, load_words

    mine = session.words.language
    tongues = []
    for language in sorted(LANGUAGES, key=lambda one: one != mine):
        tag, name = TAGS[language]
        place = "" if language == mine else f"{tag.lower()}/"
        tongues.append(Tongue(tag, name, sayer(load_words(language)), place))
    root = Path(folder)
    count = publish(root, site(catalogue, load_gpus(), tongues))
    return count, str(root / FRONT)
