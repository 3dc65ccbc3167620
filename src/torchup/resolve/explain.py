"""Grouping verdicts into advice: why this one, why not a newer one, what would help."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from torchup.model import NearMiss, Reason, text
from torchup.resolve.dates import later_day
from torchup.resolve.numbers import dotted
from torchup.resolve.prefer import best, nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from torchup.model import Stack, Text
    from torchup.resolve.ask import Asked
    from torchup.resolve.verdict import Verdict

REQUESTED: Final = frozenset({"requested-version", "requested-build"})
_COMMAND_LINE: Final = frozenset(
    {"companion-version", "companion-not-there", "companion-no-python", "companion-none"}
)
_DRIVER: Final = frozenset(
    {"driver-too-old", "driver-missing", "driver-too-old-for-card", "driver-dropped-card"}
)
_NEWER_DRIVER: Final = _DRIVER - {"driver-dropped-card"}
_PYTHON: Final = frozenset({"requested-python", "python-unobtainable"})
_SOURCE: Final = frozenset({"source-unreachable", "not-listed"})
_DAY: Final = frozenset({"after-date"})

_LIBC: Final = frozenset({"libc-too-old"})

_BY_COST: Final = (REQUESTED, _COMMAND_LINE, _DAY, _PYTHON, _SOURCE, _DRIVER, _LIBC)
"""Kinds of near misses, cheapest for the user first."""

MOST: Final = 3


def near_misses(
    verdicts: Sequence[Verdict],
    asked: Asked,
    framework: str,
    stack_of: Callable[[Verdict], Stack],
    others: Sequence[Sequence[Verdict]] = (),
) -> tuple[NearMiss, ...]:
    """The candidates that one change would make valid, one of each kind, cheapest first.

    Args:
        verdicts: for the cards that are preferred.
        asked: the requirement.
        framework: the framework's name.
        stack_of: turns a verdict into a stack.
        others: for other cards; looked at only where those have nothing to offer.
    """
    for judged in (verdicts, *others):
        found = _single(judged, asked, framework, stack_of)
        if found:
            return found
    fewest = min((len(one.against) for one in verdicts), default=0)
    pick = best([one for one in verdicts if len(one.against) == fewest])
    if pick is None:
        return ()
    change = text("remedy.other-card", stack=pick.label)
    return (NearMiss(stack=stack_of(pick), reasons=pick.rejects, remedy=change),)


def _single(
    verdicts: Sequence[Verdict], asked: Asked, framework: str, stack_of: Callable[[Verdict], Stack]
) -> tuple[NearMiss, ...]:
    single = [one for one in verdicts if _one_change(one)]
    found: list[NearMiss] = []
    for kind in _BY_COST:
        same = [one for one in single if one.against[0] in kind]
        pick = nearest(same, pinned_version(asked, framework)) if kind is REQUESTED else best(same)
        if pick is not None:
            found.append(_near(pick, stack_of))
    return tuple(found[:MOST])


def _one_change(verdict: Verdict) -> bool:
    """Tell whether one change would do: a newer driver or system may answer several reasons."""
    codes = verdict.against
    if len(codes) == 1:
        return True
    return bool(codes) and (_NEWER_DRIVER.issuperset(codes) or _LIBC.issuperset(codes))


def _near(verdict: Verdict, stack_of: Callable[[Verdict], Stack]) -> NearMiss:
    return NearMiss(
        stack=stack_of(verdict), reasons=verdict.rejects, remedy=remedy(verdict, verdict.rejects[0])
    )


def remedy(verdict: Verdict, reason: Reason) -> Text:
    """The change that would make a candidate valid."""
    label = verdict.label
    if reason.code in REQUESTED | _COMMAND_LINE:
        return text("remedy.ask", stack=label)
    if reason.code == "after-date":
        return later_day(label, reason)
    if reason.code == "requested-python":
        return text("remedy.python", stack=label, pythons=reason.has)
    if reason.code == "python-unobtainable":
        return text("remedy.install-python", stack=label, pythons=reason.needs)
    if reason.code == "driver-missing":
        needs = [one.needs for one in verdict.rejects if one.code == "driver-missing"]
        return text("remedy.install-driver", stack=label, driver=max(needs, key=dotted))
    if reason.code == "driver-dropped-card":
        return text("remedy.older-driver", stack=label, driver=reason.needs)
    if reason.code in _DRIVER:
        needs = [one.needs for one in verdict.rejects if one.code in _NEWER_DRIVER]
        return text("remedy.driver", stack=label, driver=max(needs, key=dotted), has=reason.has)
    if reason.code in _SOURCE:
        return text("remedy.source", stack=label)
    if reason.code == "libc-too-old":
        return _other_system(verdict, reason)
    return text("remedy.other-card", stack=label)


def _other_system(verdict: Verdict, reason: Reason) -> Text:
    """Name the system that a candidate needs; for musl also what has such a C library."""
    label = verdict.label
    floors = [one.needs for one in verdict.rejects if one.code in _LIBC]
    needed = max(floors, key=lambda floor: dotted(floor.rpartition(" ")[2]))
    if reason.has.startswith("musl"):
        return text("remedy.glibc-system", stack=label, needs=needed, has=reason.has)
    return text("remedy.system", stack=label, needs=needed, has=reason.has)


def pinned_version(asked: Asked, framework: str) -> str:
    """The version that the user wrote, for finding what is near it; ``0`` where there is none."""
    wanted = asked.versions.get(framework)
    return max((one.version for one in wanted or ()), key=dotted, default="0")


def why_not_newer(pick: Verdict, verdicts: Sequence[Verdict]) -> tuple[Reason, ...]:
    """What stood against the newest release, and against a newer runtime of the chosen one."""
    said: list[Reason] = []
    for rivals in (_newest_against([v for v in verdicts if v.order < pick.order]),
                   [v for v in verdicts if v.release is pick.release
                    and dotted(v.build.runtime) > dotted(pick.build.runtime)]):  # fmt: skip
        refused = [one for one in rivals if _refused(one)]
        if refused:
            said += _against(min(refused, key=_fewest))
    distinct: dict[tuple[str, str, str], Reason] = {}
    for one in said:
        distinct.setdefault((one.code, one.subject, one.needs), one)
    return tuple(distinct.values())


def _newest_against(newer: Sequence[Verdict]) -> list[Verdict]:
    """Those of the newest release that something else than the user's words speaks against."""
    newest = next((one for one in newer if _refused(one)), None)
    return [] if newest is None else [one for one in newer if one.order == newest.order]


def _refused(verdict: Verdict) -> bool:
    """Tell whether something speaks against it; the user's own words need no explanation."""
    return bool(verdict.against) and REQUESTED.isdisjoint(verdict.against)


def why_nothing(verdicts: Sequence[Verdict], asked: Asked, framework: str) -> tuple[Reason, ...]:
    """The fewest reasons that explain why there is no stack.

    They are those against the candidate that came closest among the ones that were asked for;
    where no such candidate was ever published, that is the reason.
    """
    meant = [one for one in verdicts if REQUESTED.isdisjoint(one.against)]
    if not meant:
        newest = max((one.release.version for one in verdicts), key=dotted, default="-")
        wanted = asked.wording(framework)
        if asked.build is not None:
            wanted = f"{wanted} ({asked.build})"
        return (Reason(code="never-published", effect="reject", subject=wanted, has=newest),)
    of_the_day = [one for one in meant if not _DAY & set(one.against)]
    closest = min(of_the_day or meant, key=lambda one: (len(one.against), one.order))
    return closest.rejects


def _fewest(verdict: Verdict) -> tuple[int, tuple[int, ...]]:
    return len(verdict.against), dotted(verdict.build.runtime)


def _against(verdict: Verdict) -> list[Reason]:
    about = verdict.label
    return [
        replace(reason, effect="prefer", about=about)
        for reason in verdict.rejects
        if reason.code not in REQUESTED and reason.code != "companion-version"
    ][:1]


def newer_with_driver(
    pick: Verdict, verdicts: Sequence[Verdict], stack_of: Callable[[Verdict], Stack]
) -> tuple[NearMiss, ...]:
    """What another driver alone would make possible, where that is a newer minor release."""
    behind = [
        one
        for one in verdicts
        if dotted(one.release.version)[:2] > dotted(pick.release.version)[:2]
        and _one_change(one)
        and one.against[0] in _DRIVER
    ]
    found = best(behind)
    return (_near(found, stack_of),) if found else ()
