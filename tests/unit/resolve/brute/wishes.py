"""Reading a wish: what is pinned, and which Pythons may be chosen."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

from packaging.requirements import Requirement

from unit.resolve.brute.table import CATALOGUE, COMPANIONS, NAME, numbers

FIRST_DOWNLOAD, LAST_DOWNLOAD, OLDEST_GLIBC = (3, 8), (3, 15), (2, 17)
"""Which Pythons uv downloads, and the oldest glibc that they run on."""


class Asked(NamedTuple):
    """A wish, taken apart: specifiers by name, the companions asked for by name, the build."""

    versions: dict[str, str]
    named: tuple[str, ...]
    build: str | None


@lru_cache(maxsize=4096)
def asked_for(packages: tuple[str, ...], build: str | None, cpu: bool) -> Asked:
    """Take a wish apart; a local version (``2.4.1+cu118``) names the build."""
    versions: dict[str, str] = {}
    named: list[str] = []
    for line in packages:
        parsed = Requirement(line)
        if parsed.name not in (NAME, *COMPANIONS):
            continue
        if parsed.name != NAME:
            named.append(parsed.name)
        kept = []
        for one in parsed.specifier:
            public, _, local = one.version.partition("+")
            build = local or build
            kept.append(f"{one.operator}{public}")
        versions[parsed.name] = ",".join(sorted(kept))
    return Asked(versions, tuple(named), "cpu" if cpu else build)


@lru_cache(maxsize=4096)
def lines_here(
    installed: tuple[str, ...],
    obtainable: tuple[str, ...] | None,
    today: str,
    asked: str | None,
    libc: str | None,
) -> tuple[str, ...]:
    """The Pythons that may be chosen: installed or obtainable; free-threaded only when asked.

    One that is asked for may be brought along, unless it is known what can be downloaded.
    """
    day = date.fromisoformat(today)
    known = [one.minor for one in CATALOGUE.pythons if date.fromisoformat(one.released) <= day]
    known = [line for line in known if FIRST_DOWNLOAD <= numbers(line) <= LAST_DOWNLOAD]
    if libc and libc.startswith("glibc ") and numbers(libc.split()[1]) < OLDEST_GLIBC:
        known = []
    if asked is not None and obtainable is None:
        return (asked,)
    download = set(known if obtainable is None else obtainable)
    if asked is not None:
        there = asked in installed or asked.rstrip("t") in download
        return (asked,) if there else ()
    return tuple(line for line in {*download, *installed} if not line.endswith("t"))


@lru_cache(maxsize=1024)
def settled(line: str, today: str) -> bool:
    """A Python has been out for at least 12 months."""
    return any(
        date.fromisoformat(one.released) + timedelta(days=365) <= date.fromisoformat(today)
        for one in CATALOGUE.pythons
        if one.minor == line.rstrip("t")
    )
