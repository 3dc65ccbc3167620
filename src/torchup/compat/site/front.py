"""The front page with the search, and the list of all cards."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from torchup.compat.site.frame import Page
from torchup.compat.site.html import Html, el, joined, link
from torchup.compat.site.names import arch_path, release_path
from torchup.compat.site.style import SEARCH

if TYPE_CHECKING:
    from torchup.compat.site.content import Content
    from torchup.compat.site.frame import Tongue

PICTURES = {"cuda": "matrix-cuda.svg", "rocm": "matrix-rocm.svg"}
"""Kind of device → the picture of its builds."""


def front_page(content: Content, tongue: Tongue) -> Page:
    """The page one begins with: a search that needs no server, releases, architectures."""
    say = tongue.say
    name = content.catalogue.framework.name
    releases = [
        el("li", link(f"{name} {one.version}", release_path(one.version)), el("span", one.date))
        for one in content.catalogue.releases
    ]
    pictures = [
        joined(
            (
                el("h2", say("compat.site.picture", device=device)),
                el("p", link(el("img", src=file, alt=say("compat.site.picture-alt")), file)),
            )
        )
        for device, file in ((one, PICTURES[one]) for one in content.drawn)
    ]
    title = say("compat.site.title", name=name)
    parts = [
        el("h1", title),
        el("p", say("compat.site.intro", name=name)),
        *_search(content, tongue),
        el("h2", say("compat.site.archs")),
        el("ul", *_archs(content), class_="list"),
        *pictures,
        el("h2", say("compat.site.releases")),
        el("ul", *releases, class_="list"),
    ]
    return Page(path="index.html", title=title, body=joined(parts))


def _search(content: Content, tongue: Tongue) -> list[Html]:
    say = tongue.say
    label = say("compat.site.search")
    box = el(
        "input",
        type="search",
        id="search",
        autocomplete="off",
        aria_label=label,
        placeholder=label,
    )
    hint = el("noscript", el("p", link(say("compat.site.cards"), "cards.html")))
    return [
        el("p", box),
        el("p", say("compat.site.not-found"), id="none", hidden="hidden"),
        el("ul", id="found", class_="list"),
        hint,
        el("script", Html(_index(content)), type="application/json", id="cards"),
        el("script", Html(SEARCH)),
    ]


def _index(content: Content) -> str:
    """What the search looks through: name, more words, address, PCI ids."""
    entries = [
        [
            card.name,
            " ".join(card.archs),
            path,
            " ".join(dict.fromkeys(one.partition("/")[0] for one in card.pci_ids)),
        ]
        for path, card in content.cards
    ]
    entries += [[arch, "", arch_path(arch), ""] for arch in content.archs]
    name = content.catalogue.framework.name
    entries += [
        [f"{name} {one.version}", one.date, release_path(one.version), ""]
        for one in content.catalogue.releases
    ]
    written = json.dumps(entries, ensure_ascii=False, separators=(",", ":"))
    # Inside a script element only this would end it, or begin another.
    return written.replace("<", "\\u003c")


def _archs(content: Content) -> list[Html]:
    shown = []
    for arch in content.archs:
        known = content.catalogue.arch(arch)
        shown.append(
            el("li", link(arch, arch_path(arch)), el("span", known.family if known else ""))
        )
    return shown


def cards_page(content: Content, tongue: Tongue) -> Page:
    """Every card, by architecture."""
    parts = [el("h1", tongue.say("compat.site.cards"))]
    for arch in content.archs:
        cards = content.of_arch(arch)
        if cards:
            known = content.catalogue.arch(arch)
            family = el("span", f" {known.family}" if known else "", class_="q")
            parts.append(el("h2", link(arch, arch_path(arch)), family))
            items = [el("li", link(card.name, path)) for path, card in cards]
            parts.append(el("ul", *items, class_="list"))
    return Page(path="cards.html", title=tongue.say("compat.site.cards"), body=joined(parts))
