"""What would have to change for a rejected candidate to be valid, and what that costs."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from torchup.resolve.places import Place
from torchup.resolve.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator


REQUESTED: Final = frozenset({"requested-version", "requested-build"})
PINNED_PAIRS: Final = frozenset({"companion-version", "companion-none"})
"""What the release alone says of a companion; no Python and no place changes it."""
_COMPANION: Final = PINNED_PAIRS | {"companion-not-there", "companion-no-python"}
NEWER_DRIVER: Final = frozenset({"driver-too-old", "driver-missing", "driver-too-old-for-card"})
DRIVER: Final = NEWER_DRIVER | {"driver-dropped-card"}
DAY: Final = frozenset({"after-date"})
PYTHON: Final = frozenset({"requested-python", "python-unobtainable"})
_SOURCE: Final = frozenset({"source-unreachable", "not-listed"})
_LIBRARY: Final = frozenset({"libcuda-too-old"})
_LIBC: Final = frozenset({"libc-too-old"})
KINDS: Final[dict[str, frozenset[str]]] = {
    "ask": REQUESTED,
    "companion": _COMPANION,
    "day": DAY,
    "python": PYTHON,
    "source": _SOURCE,
    "library": _LIBRARY,
    "driver": DRIVER,
    "libc": _LIBC,
}
"""A kind of change → the reasons that it answers."""
BY_COST: Final = tuple(KINDS)
"""Kinds of changes, cheapest for the user first."""
_MANY: Final = 1_000_000
_KIND_OF: Final = {code: kind for kind, codes in KINDS.items() for code in codes}


class Change(Struct, frozen=True, kw_only=True):
    """One way to make a candidate valid.

    ``kinds`` are those of :data:`BY_COST`; ``count`` is the number of things to change;
    ``companions`` are the ones no longer insisted upon; ``place`` is where the candidate would be
    had then, if not as judged.
    """

    verdict: Verdict
    kinds: frozenset[str]
    count: int
    companions: tuple[str, ...] = ()
    place: Place | None = None

    @property
    def cost(self) -> tuple[int, tuple[int, ...]]:
        """Fewest changes, then the cheapest."""
        return self.count, tuple(sorted((BY_COST.index(one) for one in self.kinds), reverse=True))

    @property
    def pairs(self) -> bool:
        """Whether a companion that is not insisted upon is there all the same, in its version."""
        python = self.place.python if self.place else None
        return python is not None and set(self.companions) <= set(python.companions)


def changes(verdict: Verdict, most: int = _MANY) -> Iterator[Change]:
    """The ways to make a candidate valid; none where something speaks against it for good.

    Args:
        verdict: the candidate.
        most: things to change; ways that ask for more are left out.
    """
    codes = verdict.against
    if not codes:
        return
    if _COMPANION.isdisjoint(codes):
        yield from _change(verdict, codes, most=most)
        return
    place = verdict.place
    here = [one.code for one in place.refusals]
    rest = [one for one in codes if one not in here]
    if place.freed is not None and PINNED_PAIRS.isdisjoint(codes):
        yield from _change(verdict, (*rest, "requested-python"), place=place.freed, most=most)
    if place.eased is not None:
        later = [one.code for one in place.eased.refusals]
        left = [one for one in rest if one not in _COMPANION]
        names = tuple(dict.fromkeys(_companions_refused(verdict)))
        yield from _change(verdict, (*left, *later), names, place.eased, most=most)


def _companions_refused(verdict: Verdict) -> Iterator[str]:
    left = verdict.python.left_out if verdict.python else ()
    return (one.subject for one in left if one.reason.effect == "reject")


def _change(
    verdict: Verdict,
    codes: tuple[str, ...],
    companions: tuple[str, ...] = (),
    place: Place | None = None,
    *,
    most: int,
) -> Iterator[Change]:
    """A change, unless a reason is there that none answers."""
    if not _LIBC.isdisjoint(codes):
        python = (place or verdict.place).python
        if python is not None and python.glibc:  # it comes with the other
            codes = tuple(one for one in codes if one != "python-unobtainable")
    found = _answers(codes)
    if found is None:
        return
    kinds, count = found
    count += len(companions)
    if count > most:
        return
    if companions:
        kinds |= {"companion"}
    yield Change(verdict=verdict, kinds=kinds, count=count, companions=companions, place=place)


@lru_cache(maxsize=4096)
def _answers(codes: tuple[str, ...]) -> tuple[frozenset[str], int] | None:
    """The kinds of changes that answer all of some reasons, and how many; None where none do."""
    kinds = frozenset(_KIND_OF.get(code, "") for code in codes)
    if "" in kinds:
        return None
    drivers = [code for code in codes if code in DRIVER]
    if len(drivers) > 1 and not NEWER_DRIVER.issuperset(drivers):
        return None  # a newer one for this, an older one for that
    several = [code for code in codes if _KIND_OF[code] not in ("driver", "libc")]
    return kinds, len(several) + len(kinds & {"driver", "libc"})
