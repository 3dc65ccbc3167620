"""Listings that were seen before, and when they may be used again without asking.

Follows RFC 9111 as far as an index needs it: ``max-age`` for freshness, ``ETag`` and
``Last-Modified`` for asking again cheaply. A page that has neither is always asked for again.
"""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec
from msgspec import Struct

from torchup.early import checksum, read_file
from torchup.model import Text, WheelFile
from torchup.model.no_document import NO_DOCUMENT
from torchup.model.source import ListingState
from torchup.sources.address import with_login_of, without_login
from torchup.state.files import write_atomic

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from torchup.host import Host

_FORMAT: Final = 1
LOST_FOR_S: Final = 60.0
"""For how long a server that could not be reached is not asked again."""
_MAX_AGE: Final = r"\bmax-age\s*=\s*\"?(\d{1,9})"


class Kept(Struct, frozen=True, kw_only=True):
    """A page as it was: its wheels, and what the server said about keeping it.

    ``at`` is the time it was asked for and ``fresh_for`` how long it holds, both in seconds.
    """

    format: int
    url: str
    project: str
    at: float
    state: ListingState
    files: tuple[WheelFile, ...]
    etag: str = ""
    modified: str = ""
    fresh_for: int = 0

    def fresh(self, host: Host) -> bool:
        """Tell whether the server need not be asked again yet."""
        return host.within(self.at, self.at + self.fresh_for)

    def conditions(self) -> dict[str, str]:
        """Return the headers that let the server answer "not modified"."""
        asked = {"If-None-Match": self.etag, "If-Modified-Since": self.modified}
        return {name: value for name, value in asked.items() if value}


class Lost(Struct, frozen=True, kw_only=True):
    """A server that could not be reached, when (in seconds) and why."""

    server: str
    at: float
    why: Text


class ListingCache:
    """Parsed listings on disk, by address and project; logins are never written.

    Args:
        folder: where they are kept; made when first needed.
    """

    def __init__(self, folder: str | Path) -> None:
        self._folder = Path(folder)

    def load(self, url: str, project: str) -> Kept | None:
        """Return what is kept of a page, None where there is nothing or it is damaged."""
        try:
            kept = msgspec.json.decode(read_file(self._path(url, project)), type=Kept)
        except (OSError, *NO_DOCUMENT):
            return None
        if (kept.format, kept.url, kept.project) != (_FORMAT, without_login(url), project):
            return None
        return msgspec.structs.replace(kept, files=_each(kept.files, with_login_of, url))

    def keep(
        self,
        url: str,
        project: str,
        *,
        at: float,
        state: ListingState,
        files: tuple[WheelFile, ...],
        headers: Mapping[str, str],
    ) -> None:
        """Keep a page; a disk that can't be written only costs the next command a request."""
        if "no-store" in headers.get("cache-control", "").lower():
            return
        kept = Kept(
            format=_FORMAT,
            url=without_login(url),
            project=project,
            at=at,
            state=state,
            files=_each(files, lambda address, _: without_login(address), ""),
            etag=headers.get("etag", ""),
            modified=headers.get("last-modified", ""),
            fresh_for=fresh_seconds(headers),
        )
        try:
            write_atomic(self._path(url, project), msgspec.json.encode(kept))
        except OSError:
            return

    def lost(self, server: str, now: float) -> Text | None:
        """Say why a server could not be reached a moment ago, None where it should be asked.

        A network that swallows connections costs seconds for each command; for
        :data:`LOST_FOR_S` seconds one answer serves them all.
        """
        try:
            found = msgspec.json.decode(read_file(self._lost_path(server)), type=Lost)
        except (OSError, *NO_DOCUMENT):
            return None
        recent = found.at <= now < found.at + LOST_FOR_S
        return found.why if recent and found.server == server else None

    def lose(self, server: str, why: Text, now: float) -> None:
        """Note that a server can't be reached."""
        with suppress(OSError):
            lost = Lost(server=server, at=now, why=why)
            write_atomic(self._lost_path(server), msgspec.json.encode(lost))

    def _lost_path(self, server: str) -> Path:
        return self._folder / f"lost-{checksum(server):08x}.json"

    def renew(self, kept: Kept, url: str, *, at: float, headers: Mapping[str, str]) -> None:
        """Note that the server confirmed a page at this time."""
        said = {"etag": kept.etag, "last-modified": kept.modified, **headers}
        self.keep(url, kept.project, at=at, state=kept.state, files=kept.files, headers=said)

    def _path(self, url: str, project: str) -> Path:
        return self._folder / f"{checksum(without_login(url), project):08x}.json"


def fresh_seconds(headers: Mapping[str, str]) -> int:
    """Return for how many seconds an answer may be used without asking, 0 if it doesn't say."""
    control = headers.get("cache-control", "").lower()
    found = re.search(_MAX_AGE, control)
    if found is None or "no-cache" in control:
        return 0
    age = headers.get("age", "")
    return max(0, int(found[1]) - (int(age) if age.isascii() and age.isdigit() else 0))


def _each(
    files: tuple[WheelFile, ...], change: Callable[[str, str], str], owner: str
) -> tuple[WheelFile, ...]:
    return tuple(
        file
        if (url := change(file.url, owner)) == file.url
        else msgspec.structs.replace(file, url=url)
        for file in files
    )
