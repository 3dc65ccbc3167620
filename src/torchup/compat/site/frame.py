"""What every page has: head, navigation, language switch, foot."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from torchup.compat.site.html import Html, el, joined, link

if TYPE_CHECKING:
    from torchup.compat.chart import Say
    from torchup.compat.rows import Row
    from torchup.facts.catalogue import Catalogue
    from torchup.model import FactRef, Text


class Tongue:
    """One language of the site.

    Attributes:
        tag: its HTML language tag.
        name: its name in itself.
        say: words a message.
        folder: where its pages lie, empty or with a ``/`` at its end.
    """

    def __init__(self, tag: str, name: str, say: Say, folder: str) -> None:
        self.tag = tag
        self.name = name
        self.say = say
        self.folder = folder

    def word(self, message: Text) -> str:
        """Word a message that carries its own arguments."""
        return self.say(message.code, **message.args)


class Page(Struct, frozen=True, kw_only=True):
    """One page before it is framed: ``path`` is relative to the language's folder."""

    path: str
    title: str
    body: Html


def framed(page: Page, tongue: Tongue, others: tuple[Tongue, ...], catalogue: Catalogue) -> str:
    """Make the whole document of a page.

    Args:
        page: its content.
        tongue: its language.
        others: the other languages that have the same page.
        catalogue: the facts it comes from.
    """
    say = tongue.say
    here = up(page.path)
    root = here + up(tongue.folder)
    name = catalogue.framework.name
    switches = [
        el(
            "a",
            other.name,
            href=f"{root}{other.folder}{page.path}",
            lang=other.tag,
            hreflang=other.tag,
        )
        for other in others
    ]
    head = el(
        "head",
        el("meta", charset="utf-8"),
        el("meta", name="viewport", content="width=device-width,initial-scale=1"),
        el("title", page.title),
        el("link", rel="stylesheet", href=f"{root}style.css"),
    )
    top = el(
        "header",
        link(say("compat.site.title", name=name), f"{here}index.html"),
        link(say("compat.site.cards"), f"{here}cards.html"),
        *switches,
    )
    foot = el(
        "footer",
        say("compat.site.foot", day=catalogue.checked, digest=catalogue.digest[:12]),
    )
    body = el("body", top, el("main", page.body), foot)
    return f"<!doctype html>\n{el('html', head, body, lang=tongue.tag)}\n"


def up(path: str) -> str:
    """The way from a page to the folder that its path starts from."""
    return "../" * path.count("/")


def build_chip(row: Row, tongue: Tongue) -> Html:
    """A build's name; framed where its facts were not read from the thing itself."""
    if row.certain:
        return el("span", row.build.name, class_="b")
    title = tongue.say("compat.site.unsure")
    return el("span", row.build.name, class_="b u", title=title)


def source_list(facts: list[FactRef], tongue: Tongue) -> Html:
    """The rows that a page rests on, numbered."""
    shown = []
    for fact in dict.fromkeys(facts):
        linked = fact.url.startswith("https://") and " " not in fact.url
        where = link(fact.url, fact.url) if linked else fact.url
        row = el("code", f"{fact.file} {fact.key}")
        checked = tongue.say("compat.site.checked", day=fact.checked)
        shown.append(el("li", joined((row, where, checked), " · ")))
    title = el("h2", tongue.say("compat.site.sources"))
    return joined((title, el("ol", *shown, class_="sources")))
