"""The site: valid pages, links that lead somewhere, a page for everything."""

from __future__ import annotations

import json
from collections import Counter
from html.parser import HTMLParser
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from torchup.compat.site import Tongue, site
from torchup.compat.site.html import Html, el, joined, table
from torchup.compat.site.names import arch_path, card_paths, release_path, slug
from torchup.facts.load import load_catalogue

if TYPE_CHECKING:
    from torchup.compat.chart import Say
    from torchup.facts.catalogue import Catalogue
    from torchup.facts.gpus import Gpus

VOID = {"meta", "link", "input", "img", "br"}


class Reader(HTMLParser):
    """Reads a page strictly: every tag closed in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.links: list[str] = []
        self.resources: list[str] = []
        self.ids: list[str] = []
        self.lang = ""
        self.scripts: dict[str, str] = {}
        self.said: list[str] = []
        self._script: str | None = None
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        assert len(given) == len(attrs), "no attribute twice"
        if "id" in given:
            self.ids.append(given["id"])
        if tag == "a":
            self.links.append(given["href"])
        for name in ("src", "srcset", "data"):
            if name in given:
                self.resources.append(given[name])
        if tag == "link":
            self.resources.append(given["href"])
        if tag == "html":
            self.lang = given["lang"]
        if tag == "script":
            self._script = given.get("type", "code")
            self.scripts[self._script] = ""
        if tag == "img":
            assert given["alt"]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open, tag
        assert self.open.pop() == tag
        self._script = None

    def handle_data(self, data: str) -> None:
        if self._script is None:
            self.said.append(data)
        else:
            self.scripts[self._script] += data


def made(catalogue: Catalogue, gpus: Gpus, *says: Say) -> dict[str, str]:
    tongues = [Tongue("en", "English", says[0], "")]
    if len(says) > 1:
        tongues.append(Tongue("zh-CN", "中文", says[1], "zh-cn/"))
    pages = list(site(catalogue, gpus, tongues))
    assert max(Counter(path for path, _ in pages).values()) == 1
    return dict(pages)


@pytest.fixture(scope="module")
def pages(catalogue: Catalogue, gpus: Gpus, say: Say, say_chinese: Say) -> dict[str, str]:
    return made(catalogue, gpus, say, say_chinese)


@pytest.fixture(scope="module")
def read(pages: dict[str, str]) -> dict[str, Reader]:
    return {path: Reader(text) for path, text in pages.items() if path.endswith(".html")}


def test_every_page_is_whole_and_every_link_leads_somewhere(
    pages: dict[str, str], read: dict[str, Reader]
) -> None:
    for path, reader in read.items():
        assert pages[path].startswith("<!doctype html>\n<html ")
        assert len(reader.ids) == len(set(reader.ids))
        assert reader.lang == ("zh-CN" if path.startswith("zh-cn/") else "en")
        for target in (*reader.links, *reader.resources):
            if target.startswith("https://"):
                assert target not in reader.resources, "nothing is fetched from elsewhere"
            else:
                assert resolved(path, target) in pages, f"{path}: {target}"


def resolved(page: str, target: str) -> str:
    parts: list[str] = []
    for part in (PurePosixPath(page).parent / target).parts:
        if part == "..":
            assert parts, "no link leaves the site"
            parts.pop()
        elif part != ".":
            parts.append(part)
    return "/".join(parts)


def test_every_card_architecture_and_release_has_a_page(
    read: dict[str, Reader], catalogue: Catalogue, gpus: Gpus
) -> None:
    for folder in ("", "zh-cn/"):
        for path, card in zip(card_paths(gpus.cards), gpus.cards, strict=True):
            said = " ".join(read[folder + path].said)
            assert card.name in said
            assert all(arch in said for arch in card.archs)
            assert all(one in said for one in card.pci_ids)
            assert "torchup create NAME" in said
        for release in catalogue.releases:
            said = " ".join(read[folder + release_path(release.version)].said)
            assert all(build.name in said for build in release.builds)
            assert release.date in said
        for arch in catalogue.archs:
            assert folder + arch_path(arch.name) in read


def test_the_search_finds_every_card(
    pages: dict[str, str], read: dict[str, Reader], gpus: Gpus
) -> None:
    for folder in ("", "zh-cn/"):
        front = read[f"{folder}index.html"]
        entries = json.loads(front.scripts["application/json"])
        assert {card.name for card in gpus.cards} <= {entry[0] for entry in entries}
        assert all(folder + entry[2] in pages for entry in entries)
        assert "textContent" in front.scripts["code"]
        assert "innerHTML" not in front.scripts["code"]
        assert {"search", "found", "none", "cards"} <= set(front.ids)


def test_the_page_of_a_card_says_the_last_release(read: dict[str, Reader]) -> None:
    said = " ".join(read["card/tesla-k80.html"].said)
    assert "torchup create NAME torch==2.7.1 --build cu118" in said
    assert "R384 to R470" in said
    assert "10de:102d" in said


def test_files_are_small(pages: dict[str, str]) -> None:
    assert max(len(text) for path, text in pages.items() if "card/" in path) < 40_000
    assert sum(map(len, pages.values())) < 30_000_000


def test_names_of_somebody_elses_are_escaped(catalogue: Catalogue, gpus: Gpus, say: Say) -> None:
    evil = '</script><script>alert(1)</script><b title="'
    cards = (replace(gpus.cards[0], name=evil, note=evil, chip=evil),)
    release = replace(catalogue.releases[0], note=evil)
    few = replace(catalogue, releases=(release, *catalogue.releases[1:]))
    clean = made(few, replace(gpus, cards=(replace(cards[0], name="x", note="", chip=""),)), say)
    dirty = made(few, replace(gpus, cards=cards), say)
    for path, text in dirty.items():
        if path.endswith(".html"):
            Reader(text)
    front = "index.html"
    assert dirty[front].count("<script") == clean[front].count("<script")
    assert not any("<script>alert" in text for text in dirty.values())


def test_names_that_collide_get_pages_of_their_own(gpus: Gpus) -> None:
    card = gpus.cards[0]
    same = (card, replace(card, archs=("sm_99",)), replace(card, name=card.name + " !"), card)
    paths = card_paths(same)
    assert len(set(paths)) == len(paths)
    assert slug("../../etc/passwd") == "etc-passwd"
    assert slug("\u4e2d") == "unnamed"


def test_html() -> None:
    assert el("a", "<&>", href='"x"') == '<a href="&quot;x&quot;">&lt;&amp;&gt;</a>'
    assert el("p", el("b", "x"), class_="q") == '<p class="q"><b>x</b></p>'
    assert el("img", src="a", aria_label="b") == '<img src="a" aria-label="b">'
    assert joined(("<", Html("<br>")), " & ") == "&lt; &amp; <br>"
    assert "<td>&lt;</td>" in table(["h"], [["<"]])


@pytest.mark.parametrize("framework", ["jax", "onnxruntime"])
def test_the_site_of_another_framework_is_whole_too(framework: str, gpus: Gpus, say: Say) -> None:
    """JAX has no pictures but CUDA's; DirectML's builds reach several makers' cards."""
    some = replace(gpus, cards=gpus.cards[::40])
    pages = made(load_catalogue(framework), some, say)
    assert "matrix-cuda.svg" in pages
    assert "matrix-rocm.svg" not in pages
    for path, text in pages.items():
        if path.endswith(".html"):
            reader = Reader(text)
            for target in (*reader.links, *reader.resources):
                assert target.startswith("https://") or resolved(path, target) in pages
