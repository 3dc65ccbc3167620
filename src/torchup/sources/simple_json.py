"""Index pages in JSON (PEP 691, with PEP 700 and 714)."""

from __future__ import annotations

from typing import Final
from urllib.parse import urljoin

import msgspec

from torchup.model import text
from torchup.model.no_document import NO_DOCUMENT
from torchup.sources.address import without_login
from torchup.sources.page import Entry, Page, clean_sha256

JSON_TYPE: Final = "application/vnd.pypi.simple.v1+json"
# q values as PEP 691 recommends: JSON where the server has it, any HTML otherwise.
ACCEPT: Final = f"{JSON_TYPE}, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.01"


def parse_json(body: bytes, url: str) -> Page:
    """Read a JSON page; any bytes at all are taken, and a malformed file is passed over."""
    try:
        found = msgspec.json.decode(body)
    except NO_DOCUMENT as error:
        return Page(why=text("sources.not-an-index", url=without_login(url), why=error))
    meta = found.get("meta") if isinstance(found, dict) else None
    version = meta.get("api-version") if isinstance(meta, dict) else None
    if not isinstance(version, str):
        return Page(why=text("sources.not-an-index", url=without_login(url), why="JSON"))
    if version.partition(".")[0] != "1":
        return Page(why=text("sources.api-version", url=without_login(url), why=version))
    files = found.get("files")
    if not isinstance(files, list):
        return Page(why=text("sources.not-an-index", url=without_login(url), why="JSON"))
    entries = (_entry(one, url) for one in files if isinstance(one, dict))
    return Page(entries=tuple(entry for entry in entries if entry is not None))


def _entry(file: dict[str, object], url: str) -> Entry | None:
    filename, address = file.get("filename"), file.get("url")
    if not isinstance(filename, str) or not isinstance(address, str):
        return None
    try:
        address = urljoin(url, address).partition("#")[0]
    except ValueError:
        return None
    hashes, size = file.get("hashes"), file.get("size")
    requires = file.get("requires-python")
    metadata = file.get("core-metadata", file.get("dist-info-metadata", False))
    return Entry(
        filename=filename,
        url=address,
        sha256=clean_sha256(hashes.get("sha256")) if isinstance(hashes, dict) else "",
        size=size if isinstance(size, int) and not isinstance(size, bool) and size >= 0 else None,
        requires_python=requires if isinstance(requires, str) else "",
        yanked=file.get("yanked", False) is not False,
        has_metadata=metadata is True or isinstance(metadata, dict),
    )
