"""What would have to change for a rejected candidate to be valid, and what that costs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct

from torchup.model import NearMiss, text
from torchup.resolve.dates import later_day
from torchup.resolve.numbers import dotted
from torchup.resolve.places import Place
from torchup.resolve.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Protocol

    from torchup.model import Reason, Stack, Text

    class StackOf(Protocol):
        """Turns a verdict into a stack, as it would be at a place."""

        def __call__(self, verdict: Verdict, place: Place | None = None) -> Stack:
            """Give the stack."""


REQUESTED: Final = frozenset({"requested-version", "requested-build"})
PINNED_PAIRS: Final = frozenset({"companion-version", "companion-none"})
"""What the release alone says of a companion; no Python and no place changes it."""
_COMPANION: Final = PINNED_PAIRS | {"companion-not-there", "companion-no-python"}
NEWER_DRIVER: Final = frozenset({"driver-too-old", "driver-missing", "driver-too-old-for-card"})
DRIVER: Final = NEWER_DRIVER | {"driver-dropped-card"}
DAY: Final = frozenset({"after-date"})
_PYTHON: Final = frozenset({"requested-python", "python-unobtainable"})
_SOURCE: Final = frozenset({"source-unreachable", "not-listed"})
_LIBRARY: Final = frozenset({"libcuda-too-old"})
_LIBC: Final = frozenset({"libc-too-old"})
_KINDS: Final = {
    "ask": REQUESTED,
    "companion": _COMPANION,
    "day": DAY,
    "python": _PYTHON,
    "source": _SOURCE,
    "library": _LIBRARY,
    "driver": DRIVER,
    "libc": _LIBC,
}
BY_COST: Final = tuple(_KINDS)
"""Kinds of changes, cheapest for the user first."""
_KIND_OF: Final = {code: kind for kind, codes in _KINDS.items() for code in codes}

_BY_REMEDY: Final = {
    "remedy.ask": "ask",
    "remedy.on-ptx": "ask",
    "remedy.paired": "companion",
    "remedy.without": "companion",
    "remedy.later-day": "day",
    "remedy.cpu": "day",
    "remedy.use-gpu": "day",
    "remedy.python": "python",
    "remedy.install-python": "python",
    "remedy.other-python": "python",
    "remedy.source": "source",
    "remedy.libcuda": "library",
}


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


def changes(verdict: Verdict) -> Iterator[Change]:
    """The ways to make a candidate valid; none where something speaks against it for good."""
    codes = list(verdict.against)
    if not codes:
        return
    if _COMPANION.isdisjoint(codes):
        yield from _change(verdict, codes)
        return
    place = verdict.place
    here = [one.code for one in place.refusals]
    rest = [one for one in codes if one not in here]
    if place.freed is not None and PINNED_PAIRS.isdisjoint(codes):
        yield from _change(verdict, [*rest, "requested-python"], place=place.freed)
    if place.eased is not None:
        later = [one.code for one in place.eased.refusals]
        left = [one for one in rest if one not in _COMPANION]
        names = tuple(dict.fromkeys(_companions_refused(verdict)))
        yield from _change(verdict, [*left, *later], names, place.eased)


def _companions_refused(verdict: Verdict) -> Iterator[str]:
    left = verdict.python.left_out if verdict.python else ()
    return (one.subject for one in left if one.reason.effect == "reject")


def _change(
    verdict: Verdict,
    codes: Sequence[str],
    companions: tuple[str, ...] = (),
    place: Place | None = None,
) -> Iterator[Change]:
    """A change, unless a reason is there that none answers."""
    python = (place or verdict.place).python
    if python is not None and python.glibc and not _LIBC.isdisjoint(codes):
        codes = [one for one in codes if one != "python-unobtainable"]  # it comes with the other
    kinds = {_KIND_OF.get(code, "") for code in codes}
    if "" in kinds:
        return
    drivers = [code for code in codes if code in DRIVER]
    if len(drivers) > 1 and not NEWER_DRIVER.issuperset(drivers):
        return  # a newer one for this, an older one for that
    several = [code for code in codes if _KIND_OF[code] not in ("driver", "libc")]
    count = len(several) + len(kinds & {"driver", "libc"}) + len(companions)
    if companions:
        kinds.add("companion")
    yield Change(
        verdict=verdict, kinds=frozenset(kinds), count=count, companions=companions, place=place
    )


def near_miss(change: Change, stack_of: StackOf) -> NearMiss:
    """The stack that would do then, what speaks against it now, and the change in words."""
    stack = stack_of(change.verdict, change.place)
    reasons = change.verdict.rejects
    return NearMiss(stack=stack, reasons=reasons, remedy=_remedy(change, reasons))


def _remedy(change: Change, reasons: Sequence[Reason]) -> Text:
    label, kinds = change.verdict.label, change.kinds
    named = kinds & {"ask", "companion"}
    if len(kinds - {"ask", "companion"}) > 1:
        return _beyond(change, reasons)
    if kinds == {"companion"} and len(change.companions) == 1:
        return _of_companion(change)
    if kinds == named:
        return text("remedy.ask", stack=label)
    (kind,) = kinds - {"ask", "companion"}
    if kind == "day" and not named:
        return later_day(label, next(one for one in reasons if one.code in DAY))
    if kind == "python":
        return _of_python(change, reasons, named=bool(named))
    if kind == "source" and not named:
        return text("remedy.source", stack=label)
    if kind == "library" and not named:
        return text("remedy.libcuda", stack=label)
    if kind == "driver":
        return _of_driver(label, reasons, named=bool(named))
    if kind == "libc" and not named:
        return _other_system(label, [one for one in reasons if one.code in _LIBC], change)
    return text("remedy.other-card", stack=label)


def _beyond(change: Change, reasons: Sequence[Reason]) -> Text:
    """A driver and a Python, the two that go together in one sentence."""
    drivers = [one for one in reasons if one.code in NEWER_DRIVER]
    label = change.verdict.label
    if change.kinds != {"python", "driver"} or not drivers:
        return text("remedy.other-card", stack=label)
    pythons = _pythons(change, reasons)
    driver = max((one.needs for one in drivers), key=dotted)
    if _available(change):
        return text("remedy.python-and-driver", stack=label, pythons=pythons, driver=driver)
    return text("remedy.install-python-and-driver", stack=label, pythons=pythons, driver=driver)


def _of_companion(change: Change) -> Text:
    name, label = change.companions[0], change.verdict.label
    known = change.verdict.release.companion(name)
    if change.pairs and known is not None:
        return text("remedy.paired", companion=f"{name} {known.version}", stack=label)
    return text("remedy.without", companion=name, stack=label)


def _of_python(change: Change, reasons: Sequence[Reason], *, named: bool) -> Text:
    label, pythons = change.verdict.label, _pythons(change, reasons)
    if named and _available(change):
        return text("remedy.ask-and-python", stack=label, pythons=pythons)
    if named:
        return text("remedy.ask-and-install-python", stack=label, pythons=pythons)
    if change.place is None and any(one.code == "python-unobtainable" for one in reasons):
        return text("remedy.install-python", stack=label, pythons=pythons)
    if _available(change):
        return text("remedy.python", stack=label, pythons=pythons)
    return text("remedy.other-python", stack=label, pythons=pythons)


def _available(change: Change) -> bool:
    """Tell whether the Python that is to be taken is here or can be had."""
    python = (change.place or change.verdict.place).python
    return python is not None and python.available


def _pythons(change: Change, reasons: Sequence[Reason]) -> str:
    """The Pythons that would do."""
    if change.place is not None and change.place is change.verdict.place.freed:
        return ", ".join(change.verdict.place.lines)
    told = (*(change.place.refusals if change.place else ()), *reasons)
    reason = next(one for one in told if one.code in _PYTHON)
    return reason.has if reason.code == "requested-python" else reason.needs


def _of_driver(label: str, reasons: Sequence[Reason], *, named: bool) -> Text:
    drivers = [one for one in reasons if one.code in DRIVER]
    first = drivers[0]
    needs = max((one.needs for one in drivers), key=dotted)
    if first.code == "driver-dropped-card":
        if named:
            return text("remedy.ask-and-older-driver", stack=label, driver=needs)
        return text("remedy.older-driver", stack=label, driver=needs)
    if any(one.code == "driver-missing" for one in drivers):
        if named:
            return text("remedy.ask-and-install-driver", stack=label, driver=needs)
        return text("remedy.install-driver", stack=label, driver=needs)
    if named:
        return text("remedy.ask-and-driver", stack=label, driver=needs, has=first.has)
    return text("remedy.driver", stack=label, driver=needs, has=first.has)


def _other_system(label: str, floors: Sequence[Reason], change: Change) -> Text:
    """Name the system that a candidate and its Python need; for musl also what has such a one."""
    needs = [one.needs for one in floors]
    python = (change.place or change.verdict.place).python
    if python is not None and python.glibc and not needs[0].startswith("macos"):
        needs.append(f"glibc {python.glibc}")
    needed = max(needs, key=lambda one: dotted(one.rpartition(" ")[2]))
    has = floors[0].has
    if has.startswith("musl"):
        return text("remedy.glibc-system", stack=label, needs=needed, has=has)
    return text("remedy.system", stack=label, needs=needed, has=has)


def by_cost(near: NearMiss) -> int:
    """Where a way out stands among others: what the command line can do comes first."""
    return BY_COST.index(_BY_REMEDY.get(near.remedy.code, "driver"))
