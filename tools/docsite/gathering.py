"""The project's pages, laid out for a site, their links following them."""

from __future__ import annotations

import posixpath
import re
import shutil
from typing import TYPE_CHECKING, Final

from tools.docsite.indenting import indented

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

PLACES: Final = {
    "README.md": "index.md",
    "README.zh-CN.md": "zh/index.md",
    "CHANGELOG.md": "project/changelog.md",
    "CONTRIBUTING.md": "project/contributing.md",
    "SECURITY.md": "project/security-policy.md",
}
"""A page beside ``docs`` → its place on the site; what lies in ``docs`` stays where it is."""
_LINK: Final = re.compile(r"(?P<text>!?\[[^\]\n]*\])\((?P<to>[^)\s#]+)(?P<part>#[^)\s]*)?\)")


def gather(root: Path, into: Path) -> None:
    """Copy every page and picture, links set to where things lie on the site.

    A link to what is not on the site, such as a source file, becomes its text.

    Args:
        root: the project's folder.
        into: an empty folder.
    """
    places = _places(root)
    for source, target in places.items():
        page = into / target
        page.parent.mkdir(parents=True, exist_ok=True)
        if source.endswith(".md"):
            text = (root / source).read_text(encoding="utf-8")
            page.write_text(indented(relinked(text, source, places, root)), encoding="utf-8")
        else:
            shutil.copy2(root / source, page)


def relinked(text: str, source: str, places: Mapping[str, str], root: Path) -> str:
    """Set a page's links to where their targets are on the site; one to nothing stays as it is.

    Args:
        text: the page.
        source: its place in the project, with ``/``.
        places: every page's and picture's place in the project → its place on the site.
        root: the project's folder.
    """
    here = posixpath.dirname(places[source])

    def swap(found: re.Match[str]) -> str:
        to, part = found["to"], found["part"] or ""
        if ":" in to:
            return found[0]
        wanted = posixpath.normpath(posixpath.join(posixpath.dirname(source), to))
        target = places.get(wanted) or places.get(f"{wanted}/README.md")
        if target is None:
            # MkDocs, which is strict, tells of a link to nothing.
            return found["text"].strip("![]") if (root / wanted).exists() else found[0]
        return f"{found['text']}({posixpath.relpath(target, here or '.')}{part})"

    return _LINK.sub(swap, text)


def _places(root: Path) -> dict[str, str]:
    docs = root / "docs"
    found = {source: target for source, target in PLACES.items() if (root / source).is_file()}
    for path in sorted(docs.rglob("*")):
        if path.is_file():
            inside = path.relative_to(docs).as_posix()
            found[f"docs/{inside}"] = inside
    return found
