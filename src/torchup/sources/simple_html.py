"""Index pages and pages of links in HTML (PEP 503, with PEP 592, 629, 658 and 714)."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Final
from urllib.parse import unquote, urljoin, urlsplit

from torchup.model import text
from torchup.sources.address import without_login
from torchup.sources.page import Entry, Page, clean_sha256, is_archive

_NAVIGATION: Final = re.compile(r"(\?.*|#.*|/?|\.{1,2}/?|/.*/)")
_EMPTY_TITLE: Final = re.compile(
    r"\s*(simple index|links for|index of|find-links)\b", re.IGNORECASE
)
_FOREIGN: Final = frozenset({"form", "script", "iframe", "img", "input"})


def parse_html(body: bytes, url: str) -> Page:
    """Read a page of links; any bytes at all are taken.

    A page without a single file is taken for an empty index only if it looks like one: a proxy's
    login page answers with status 200 too.

    Args:
        body: the page.
        url: where it was found; relative addresses are relative to it or to its ``<base>``.
    """
    parser = _LinkParser(url)
    try:
        parser.feed(body.decode("utf-8", "replace"))
        parser.close()
    except (AssertionError, ValueError, RecursionError) as error:
        return Page(
            why=text("sources.not-an-index", url=without_login(url), why=type(error).__name__)
        )
    if parser.version.partition(".")[0] not in {"", "1"}:
        return Page(why=text("sources.api-version", url=without_login(url), why=parser.version))
    if not parser.entries and not parser.looks_empty():
        return Page(why=text("sources.not-an-index", url=without_login(url), why="HTML"))
    return Page(entries=tuple(parser.entries))


class _LinkParser(HTMLParser):
    def __init__(self, url: str) -> None:
        super().__init__(convert_charrefs=True)
        self.entries: list[Entry] = []
        self.version = ""
        self._base = url
        self._seen_base = False
        self._foreign = False
        self._heading = ""
        self._words = ""
        self._inside: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take links, the base address, and the repository's version."""
        found = {name: value or "" for name, value in attrs}
        if tag == "a":
            self._link(found)
        elif tag == "base" and "href" in found and not self._seen_base:
            self._seen_base = True
            self._base = _join(self._base, found["href"]) or self._base
        elif tag == "meta" and found.get("name", "").lower() == "pypi:repository-version":
            self.version = found.get("content", "").strip() or "1.0"
        elif tag in {"title", "h1"}:
            self._inside = tag
        self._foreign = self._foreign or tag in _FOREIGN

    def handle_endtag(self, tag: str) -> None:
        """Leave a heading."""
        if tag == self._inside:
            self._inside = None

    def handle_data(self, data: str) -> None:
        """Keep the words of the headings apart from all others."""
        if self.entries:
            return
        if self._inside:
            self._heading = f"{self._heading}{data}\n"
        elif data.strip():
            self._words += data

    def looks_empty(self) -> bool:
        """Tell whether a page without files is an index all the same."""
        if self._foreign:
            return False
        named = any(_EMPTY_TITLE.match(line) for line in self._heading.split("\n"))
        return bool(self.version) or named or not (self._words or self._heading.strip())

    def _link(self, found: dict[str, str]) -> None:
        href = found.get("href", "").strip()
        if not href:
            return
        url = _join(self._base, href)
        if url is None:
            return
        address, _, fragment = url.partition("#")
        filename = unquote(address.partition("?")[0].rpartition("/")[2])
        if not is_archive(filename):
            self._foreign = self._foreign or not _NAVIGATION.fullmatch(href)
            return
        kind, _, digest = fragment.partition("=")
        metadata = found.get("data-core-metadata", found.get("data-dist-info-metadata"))
        self.entries.append(
            Entry(
                filename=filename,
                url=address,
                sha256=clean_sha256(digest.partition("&")[0]) if kind == "sha256" else "",
                requires_python=found.get("data-requires-python", ""),
                yanked="data-yanked" in found,
                has_metadata=metadata is not None and metadata.lower() != "false",
            )
        )


def _join(base: str, href: str) -> str | None:
    # Most pages have whole addresses, and a page has thousands of them.
    if href.startswith("https://") and "[" not in href:
        return href
    try:
        url = urljoin(base, href)
        return url if urlsplit(url).scheme in {"http", "https", "file"} else None
    except ValueError:
        return None
