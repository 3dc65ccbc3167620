"""The pages of a package index over a bundle (PEP 503, 658, 691, 700). Pure."""

from __future__ import annotations

import html
import json
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

JSON: Final = "application/vnd.pypi.simple.v1+json"
HTML: Final = "text/html; charset=utf-8"


class Listed(Struct, frozen=True, kw_only=True):
    """A wheel as an index lists it.

    Attributes:
        filename: its name.
        version: its version.
        sha256: of the wheel.
        size: in bytes.
        python: the Pythons it is for, empty for any.
        metadata: the sha256 of its METADATA, empty where it can't be read.
    """

    filename: str
    version: str
    sha256: str
    size: int
    python: str
    metadata: str


def projects_html(names: Iterable[str]) -> bytes:
    """The list of projects."""
    links = "\n".join(f'<a href="{name}/">{name}</a><br>' for name in names)
    return f"<!DOCTYPE html><title>Simple index</title>\n{links}\n".encode()


def projects_json(names: Iterable[str]) -> bytes:
    """The same for programs."""
    found = [{"name": name} for name in names]
    return json.dumps({"meta": {"api-version": "1.1"}, "projects": found}).encode()


def project_html(name: str, wheels: Sequence[Listed]) -> bytes:
    """The files of a project."""
    lines = [f"<!DOCTYPE html><title>Links for {html.escape(name)}</title>"]
    for one in wheels:
        said = f' data-requires-python="{html.escape(one.python)}"' if one.python else ""
        if one.metadata:
            stamp = f'"sha256={one.metadata}"'
            said += f" data-core-metadata={stamp} data-dist-info-metadata={stamp}"
        address = f"/files/{quote(one.filename)}#sha256={one.sha256}"
        lines.append(f'<a href="{address}"{said}>{html.escape(one.filename)}</a><br>')
    return ("\n".join(lines) + "\n").encode()


def project_json(name: str, wheels: Sequence[Listed]) -> bytes:
    """The same for programs."""
    files = [
        {
            "filename": one.filename,
            "url": f"/files/{quote(one.filename)}",
            "hashes": {"sha256": one.sha256},
            "size": one.size,
            "requires-python": one.python or None,
            "core-metadata": {"sha256": one.metadata} if one.metadata else False,
            "yanked": False,
        }
        for one in wheels
    ]
    versions = sorted({one.version for one in wheels})
    page = {"meta": {"api-version": "1.1"}, "name": name, "versions": versions, "files": files}
    return json.dumps(page).encode()
