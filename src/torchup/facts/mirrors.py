"""Mirrors: what is known of each, by what it serves; read only where one is asked for.

Long: one table of tables, a type each, and the ways to ask it.
"""

from __future__ import annotations

import datetime as dt
import os
from difflib import get_close_matches
from functools import cache
from typing import TYPE_CHECKING, Annotated, Final
from urllib.parse import SplitResult, urlsplit

from msgspec import Meta, Struct
from msgspec.structs import replace

from torchup.errors import UsageError
from torchup.facts.by_package import read_table
from torchup.facts.current import in_force
from torchup.facts.release import Certainty
from torchup.facts.schema import File, Sources
from torchup.facts.seldom import read_seldom
from torchup.model.mirror import (
    KINDS,
    SETTING,
    ChosenMirrors,
    Mirror,
    MirrorKind,
    MirrorLayout,
    MirrorState,
    ServedKind,
)
from torchup.model.source import shown_url

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from torchup.facts.current import InForce

MIRRORS_FILE: Final = "mirrors.toml"
GONE: Final = frozenset({"retired", "absent", "frozen"})
"""States of places that nothing new comes from."""
_FLAT: Final = "flat+"
_LAYOUTS: Final[dict[MirrorKind, MirrorLayout]] = {
    "pypi": "index",
    "pytorch": "index",
    "conda": "channels",
    "python": "releases",
}

_Address = Annotated[str, Meta(pattern=r"^https?://[^\s]+[^/\s]$")]


class MirrorRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One place; see the head of ``mirrors.toml`` for what each key means."""

    kind: ServedKind
    id: Annotated[str, Meta(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
    name: str
    url: _Address
    layout: MirrorLayout
    operator: str
    state: MirrorState
    certainty: Certainty
    source: Sources
    seen: dt.date | None = None
    also: tuple[_Address, ...] = ()
    channels: tuple[str, ...] = ()
    note: str = ""


class MirrorsFile(File, frozen=True, kw_only=True):
    """``mirrors.toml``."""

    mirrors: tuple[MirrorRow, ...]
    called: dict[str, tuple[str, ...]] = {}  # noqa: RUF012  # msgspec gives each its own


class Mirrors:
    """The table, ready to be asked.

    Args:
        rows: the places, in order.
        called: what people call them besides, by id.
    """

    def __init__(
        self, rows: tuple[Mirror, ...], called: Mapping[str, tuple[str, ...]] | None = None
    ) -> None:
        self.rows: Final = rows
        self._called: Final = called or {}

    def of(self, kind: str) -> tuple[Mirror, ...]:
        """Return the places that serve one kind, the makers' own first."""
        return tuple(one for one in self.rows if one.kind == kind)

    def named(self, kind: str, name: str) -> Mirror | None:
        """Return a kind's place by its id, its name or what people call it; else None."""
        wanted = name.strip().lower().removesuffix("源")
        return next((one for one in self.of(kind) if wanted in self._names(one)), None)

    def _names(self, mirror: Mirror) -> set[str]:
        return {mirror.id, mirror.name.lower(), *self._called.get(mirror.id, ())}

    def at(self, url: str) -> Mirror | None:
        """Return the place that an address lies at or under, whatever its scheme.

        The longest address that fits counts; the hosts of single places count as a whole.
        """
        asked = _plain(url)
        found: list[tuple[int, Mirror]] = [
            (len(plain), one)
            for one in self.rows
            for plain in map(_plain, one.addresses)
            if asked == plain or asked.startswith(f"{plain}/")
        ]
        return max(found, key=lambda pair: pair[0])[1] if found else None

    def with_host(self, kind: str, url: str) -> Mirror | None:
        """Return the place of a kind that an address belongs to by its host alone."""
        host = _host(url)
        return next((o for o in self.of(kind) if host and _host(o.url) == host), None)


def _host(url: str) -> str:
    parts = _split(url)
    return (parts.hostname if parts else None) or ""


def _plain(url: str) -> str:
    """An address without its scheme, its login and what a slash at its end adds."""
    rest = url.partition("://")[2] or url
    server, slash, path = rest.partition("/")
    return f"{server.rpartition('@')[2].lower()}{slash}{path}".rstrip("/")


def load_mirrors() -> Mirrors:
    """Load what is known, a site's own rows laid over it by kind and id.

    Raises:
        UsageError: ``facts.overlay-bad``: the site's table can't be read.
        ValueError: a table is damaged.
    """
    return _load(in_force())


@cache
def _load(facts: InForce) -> Mirrors:
    file = read_seldom(MIRRORS_FILE, MirrorsFile)
    found = {(one.kind, one.id): one for one in _rows(file)}
    called = dict(file.called)
    if facts.overlay:
        path = os.path.join(facts.overlay, MIRRORS_FILE)  # noqa: PTH118 - as by_package has it
        if os.path.isfile(path):  # noqa: PTH113
            try:
                own = read_table(path, MirrorsFile)
            except (OSError, ValueError) as error:
                raise UsageError("facts.overlay-bad", why=error) from error
            found |= {(one.kind, one.id): one for one in _rows(own)}
            called |= own.called
    return Mirrors(tuple(found.values()), called)


def chosen_mirrors(settings: Mapping[str, str]) -> ChosenMirrors:
    """Return the places that settings name: ``mirror.KIND``, names or addresses in their order.

    Args:
        settings: by key, such as ``mirror.pypi``.

    Raises:
        UsageError: ``mirror.unknown``: a name belongs to no place of that kind.
    """
    if not any(settings.get(f"{SETTING}{kind}") for kind in KINDS):
        return ChosenMirrors()
    found = {
        kind: tuple(
            find_mirror(kind, word) for word in (settings.get(f"{SETTING}{kind}") or "").split()
        )
        for kind in KINDS
    }
    return ChosenMirrors(**found)


def find_mirror(kind: MirrorKind, word: str) -> Mirror:
    """Return the place that a name or an address means.

    Args:
        kind: what it has to serve.
        word: an id, a name, or an address; one that is known has the layout that is known of it.
            Another one may say its own before itself: ``flat+https://…``.

    Raises:
        UsageError: ``mirror.unknown``: no such name; ``mirror.not-an-address``.
    """
    mirrors = load_mirrors()
    if "://" not in word:
        known = mirrors.named(kind, word)
        if known is not None:
            return known
        raise _unknown(mirrors, kind, word)
    flat, url = word.startswith(_FLAT), word.removeprefix(_FLAT).rstrip("/")
    parts = None if any(map(str.isspace, url)) else _split(url)
    if parts is None or parts.scheme not in {"http", "https", "file"}:
        raise UsageError("mirror.not-an-address", url=shown_url(word))
    if parts.scheme != "file" and not parts.hostname:
        raise UsageError("mirror.not-an-address", url=shown_url(word))
    known = mirrors.at(url)
    if known is not None and known.kind == kind and _plain(url) in map(_plain, known.addresses):
        return replace(known, url=url)
    layout: MirrorLayout = "flat" if flat and kind == "pytorch" else _LAYOUTS[kind]
    name = parts.hostname or url
    return Mirror(kind=kind, id=shown_url(word), name=name, url=url, layout=layout)


def word_for(mirror: Mirror) -> str:
    """Return what a setting says of a place: its id where that means this address, else that."""
    known = load_mirrors().named(mirror.kind, mirror.id)
    if known is not None and known.url == mirror.url:
        return mirror.id
    flat = mirror.layout == "flat" and mirror.state == "own"
    return f"{_FLAT if flat else ''}{mirror.url}"


def _split(url: str) -> SplitResult | None:
    """Take an address apart; None where it, or the port in it, can't be read."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return None
    return parts


def _unknown(mirrors: Mirrors, kind: str, word: str) -> UsageError:
    """Say that there is no such place; where it looks like an address, that it lacks its scheme."""
    if ":/" in word:
        return UsageError("mirror.not-an-address", url=shown_url(word))
    if "." in word and "/" in word:
        return UsageError("mirror.no-scheme", url=shown_url(word))
    names = [one.id for one in mirrors.of(kind) if one.state not in GONE]
    near = get_close_matches(word.lower(), names, n=1, cutoff=0.6)
    code = "mirror.unknown-but" if near else "mirror.unknown"
    near_by = near[0] if near else ""
    return UsageError(code, name=shown_url(word), kind=kind, near=near_by, names=", ".join(names))


def _rows(file: MirrorsFile) -> Iterator[Mirror]:
    for row in file.mirrors:
        yield Mirror(
            kind=row.kind,
            id=row.id,
            name=row.name,
            url=row.url,
            layout=row.layout,
            operator=row.operator,
            state=row.state,
            certainty=row.certainty,
            seen=row.seen.isoformat() if row.seen else "",
            also=row.also,
            channels=row.channels,
            note=row.note,
            source=" ; ".join(file.sources[short] for short in row.source),
            checked=file.checked.isoformat(),
        )
