"""Asking a place for a planned file: whether it has it, how soon it answers, how fast it sends."""

from __future__ import annotations

from contextlib import suppress
from time import perf_counter
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace
from packaging.version import InvalidVersion, Version

from torchup.errors import OutsideError
from torchup.model import FrameworkPlace, Source, Text, shown_url, text
from torchup.model.mirror import OFFICIAL
from torchup.model.mirror_speed import Measured
from torchup.resolve.lines import serves_python
from torchup.sources.address import with_login_of
from torchup.sources.asking import Question
from torchup.sources.cache import ListingCache
from torchup.sources.mirrored import source_at

if TYPE_CHECKING:
    from torchup.api.context import Context
    from torchup.model import Listing, WheelFile
    from torchup.model.mirror import Mirror
    from torchup.model.mirror_speed import Wanted

SECONDS: Final = 2.0
"""For how long a file's bytes are counted."""
BYTES: Final = 8 * 2**20
"""After how many of them the counting ends."""
_PIECE: Final = 64 * 2**10
_TIMEOUT: Final = 8.0
_GOOD: Final = frozenset({200, 206})
_ABSENT: Final = frozenset({403, 404, 410})


def ask(context: Context, mirror: Mirror, wanted: Wanted) -> Measured:
    """Ask a place what it has, without fetching any of it.

    Args:
        context: the session.
        mirror: the place.
        wanted: the planned file.
    """
    began = perf_counter()
    found = Measured(mirror=mirror, wanted=wanted)
    if wanted.project:
        listing = _asked(context, _source(mirror, wanted), wanted.project)
        took = round((perf_counter() - began) * 1000)
        return _of_listing(found, listing, took)
    if context.offline:
        return replace(found, why=text("sources.offline", url=shown_url(mirror.url)))
    url = _address(mirror, wanted)
    try:
        answer = context.host.fetch(url, method="HEAD", timeout=_TIMEOUT)
    except OutsideError as error:
        return replace(found, why=Text(error.code, error.details))
    took = round((perf_counter() - began) * 1000)
    if answer.status not in _GOOD:
        return replace(found, **_refused(url, answer.status), latency_ms=took)
    length = answer.headers.get("content-length", "")
    return replace(
        found,
        holds="yes",
        latency_ms=took,
        url=url,
        size=int(length) if length.isascii() and length.isdigit() else None,
        changed=answer.headers.get("last-modified", ""),
    )


def _asked(context: Context, source: Source, project: str) -> Listing:
    """What a place answers now; what it said before would be measured as the disk."""
    cache = ListingCache(context.home.cache / "listings")
    question = Question(context.host, source, project, cache, offline=context.offline)
    return (question.settled() if context.offline else None) or question.ask()


def _refused(url: str, status: int) -> dict[str, object]:
    why = text("sources.refused", url=shown_url(url), why=f"HTTP {status}")
    return {"holds": "no" if status in _ABSENT else "unknown", "why": why}


def measure(context: Context, asked: Measured) -> Measured:
    """Count how fast a file comes from a place that has it; the file is not kept.

    Args:
        context: the session.
        asked: what :func:`ask` found.
    """
    if asked.holds != "yes" or context.offline:
        return asked
    size = min(BYTES, asked.size) if asked.size else BYTES
    headers = {"Range": f"bytes=0-{size - 1}"}
    count, first = 0, 0.0
    try:
        with context.host.receive(asked.url, headers=headers, timeout=_TIMEOUT) as incoming:
            if incoming.status not in _GOOD:
                return replace(asked, **_refused(asked.url, incoming.status))
            while count < size:
                piece = incoming.read(_PIECE)
                now = perf_counter()
                if not piece:
                    break
                count += len(piece)
                first = first or now
                if now - first > SECONDS:
                    break
            # The first piece began to come before anybody looked at a clock.
            rate = count / max(perf_counter() - first, 1e-4) if first else 0.0
    except OutsideError as error:
        if not count:
            return replace(asked, why=Text(error.code, error.details))
        rate = count / max(perf_counter() - first, 1e-4)
    return replace(asked, rate=rate or None)


def _of_listing(found: Measured, listing: Listing, took: int) -> Measured:
    wanted = found.wanted
    if listing.state == "unreachable":
        return replace(found, why=listing.why)
    file = next((one for one in listing.files if _is(one, wanted)), None)
    found = replace(found, latency_ms=took, newest=_newest(listing))
    if file is None:
        where = shown_url(found.mirror.url)
        why = text("mirror.lacks", url=where, file=wanted.shown)
        return replace(found, holds="no", why=why)
    url = with_login_of(file.url, found.mirror.url)
    return replace(found, holds="yes", url=url, size=file.size)


def _newest(listing: Listing) -> str:
    """The newest finished release that a place lists; empty where it lists none."""
    versions: dict[Version, str] = {}
    for said in dict.fromkeys(one.version for one in listing.files if not one.yanked):
        with suppress(InvalidVersion):
            versions[Version(said)] = said
    finished = [one for one in versions if not one.is_prerelease]
    return versions[max(finished)] if finished else ""


def _is(file: WheelFile, wanted: Wanted) -> bool:
    return (
        file.version == wanted.version
        and (not wanted.build or file.build in {"", wanted.build})
        and not {"any", wanted.platform}.isdisjoint(file.platforms)
        and serves_python(file.pythons, wanted.python)
        and not file.yanked
    )


def _source(mirror: Mirror, wanted: Wanted) -> Source:
    if wanted.kind != "pytorch":
        return Source(id=mirror.id, kind="index", role="primary", url=mirror.url)
    place = FrameworkPlace(base=mirror.url, flat=mirror.layout == "flat")
    return source_at(place, wanted.build, mirror.id)


def _address(mirror: Mirror, wanted: Wanted) -> str:
    if wanted.kind == "conda" and mirror.id != OFFICIAL and mirror.state != "own":
        return f"{mirror.url}/cloud/{wanted.path}"
    return f"{mirror.url}/{wanted.path}"
