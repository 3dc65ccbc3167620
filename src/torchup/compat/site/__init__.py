"""The matrix as a web site that needs no server: files that link to each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchup.compat.chart import draw, shown_of
from torchup.compat.filters import Asked, select
from torchup.compat.site.content import Content
from torchup.compat.site.frame import Tongue, framed
from torchup.compat.site.front import PICTURES, cards_page, front_page
from torchup.compat.site.pages import arch_page, card_page, release_page
from torchup.compat.site.style import STYLE
from torchup.compat.svg import to_svg

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from torchup.compat.site.frame import Page
    from torchup.facts.catalogue import Catalogue
    from torchup.facts.gpus import Gpus

__all__ = ["Tongue", "site"]


def site(catalogue: Catalogue, gpus: Gpus, tongues: Sequence[Tongue]) -> Iterator[tuple[str, str]]:
    """Make every file of the site.

    Args:
        catalogue: the facts about releases.
        gpus: the facts about cards; every one gets a page.
        tongues: the languages; each page exists in each, and leads to the same in the others.

    Yields:
        Paths relative to the site's folder, and contents.
    """
    content = Content(catalogue, gpus)
    yield "style.css", STYLE
    for tongue in tongues:
        others = tuple(one for one in tongues if one is not tongue)
        for page in _pages(content, tongue):
            yield tongue.folder + page.path, framed(page, tongue, others, catalogue)
        yield from _pictures(content, tongue)


def _pages(content: Content, tongue: Tongue) -> Iterator[Page]:
    for path, card in content.cards:
        yield card_page(path, card, content, tongue)
    for arch in content.archs:
        yield arch_page(arch, content, tongue)
    for release in content.catalogue.releases:
        yield release_page(release, content, tongue)
    yield cards_page(content, tongue)
    yield front_page(content, tongue)


def _pictures(content: Content, tongue: Tongue) -> Iterator[tuple[str, str]]:
    for device in content.drawn:
        shown = shown_of(select(content.rows, Asked(device=device)))
        drawing = draw(shown, (), content.catalogue, content.coverage, tongue.say)
        yield tongue.folder + PICTURES[device], to_svg(drawing, tongue.tag)
