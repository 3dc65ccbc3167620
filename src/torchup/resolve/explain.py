"""Grouping verdicts into advice: why this one, why not a newer one, what would help."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from torchup.model import NearMiss, Reason, text
from torchup.resolve.changes import (
    BY_COST,
    DAY,
    DRIVER,
    PINNED_PAIRS,
    REQUESTED,
    changes,
)
from torchup.resolve.numbers import build_order, dotted
from torchup.resolve.prefer import best, best_valid, nearest
from torchup.resolve.remedies import near_miss
from torchup.resolve.ways import versions_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torchup.resolve.ask import Asked
    from torchup.resolve.changes import Change
    from torchup.resolve.remedies import StackOf
    from torchup.resolve.verdict import Verdict

MOST: Final = 3


def near_misses(
    verdicts: Sequence[Verdict],
    asked: Asked,
    framework: str,
    stack_of: StackOf,
    others: Sequence[Sequence[Verdict]] = (),
    *,
    on_ptx: bool = False,
) -> tuple[NearMiss, ...]:
    """The candidates that one change would make valid, one of each kind, cheapest first.

    Where no single change would do, the one that needs the fewest.

    Args:
        verdicts: for the cards that are preferred.
        asked: the requirement.
        framework: the framework's name.
        stack_of: turns a verdict into a stack.
        others: for other cards; looked at only where those have nothing to offer.
        on_ptx: nothing is served, so that PTX would be taken where it is asked for by name.
    """
    for judged in (verdicts, *others):
        found = _single(judged, asked, framework)
        if found:
            return tuple(near_miss(one, stack_of) for one in found[:MOST])
    together = _together(verdicts, pinned_version(asked, framework))
    if together is not None:
        return (near_miss(together, stack_of),)
    fewest = min((len(one.against) for one in verdicts), default=0)
    pick = best([one for one in verdicts if len(one.against) == fewest])
    if pick is None:
        return ()
    # PTX alone is taken where the user's own words leave nothing else (design 3.2).
    named = on_ptx and pick.native and set(pick.against) == {"arch-ptx-only"}
    change = text("remedy.on-ptx" if named else "remedy.other-card", stack=pick.label)
    return (NearMiss(stack=stack_of(pick), reasons=pick.rejects, remedy=change),)


def _single(verdicts: Sequence[Verdict], asked: Asked, framework: str) -> list[Change]:
    single = [change for one in verdicts for change in changes(one, most=1)]
    found: list[Change] = []
    for kind in BY_COST:
        same = [one for one in single if kind in one.kinds]
        if kind == "ask":
            found += _instead(same, pinned_version(asked, framework))
        elif kind == "companion":
            found += _of_companions(same, asked)
        elif kind == "day":
            found += _earliest(same)
        else:
            found += _pick(same, best([one.verdict for one in same]))
    return found


def _earliest(same: Sequence[Change]) -> list[Change]:
    """The best of those that are there on the day nearest to the one that was named."""
    first = min((one.verdict.release.date for one in same), default="")
    return _pick(same, best([one.verdict for one in same if one.verdict.release.date == first]))


def _instead(same: Sequence[Change], wanted: str) -> list[Change]:
    """What to ask for instead; without a device for others, the CPU build comes first."""
    plain = [one.verdict for one in same if one.verdict.device == "cpu"]
    rest = [one.verdict for one in same if one.verdict.device != "cpu"]
    if plain and rest:
        rest = [one for one in rest if "requested-build" not in one.against]
    return [*_pick(same, nearest(plain, wanted)), *_pick(same, nearest(rest, wanted))]


def _of_companions(same: Sequence[Change], asked: Asked) -> list[Change]:
    """For each companion in the way: the one that belongs to a stack, else none."""
    found: list[Change] = []
    for name in asked.named:
        about = [one for one in same if one.companions == (name,)]
        about = [one for one in about if one.pairs] or about
        wanted = pinned_version(asked, name)
        pick = nearest([one.verdict for one in about], wanted, name)
        found += _pick(about, pick)
    return found


def _pick(same: Sequence[Change], pick: Verdict | None) -> list[Change]:
    return [] if pick is None else [next(one for one in same if one.verdict is pick)]


def _together(verdicts: Sequence[Verdict], wanted: str) -> Change | None:
    """The fewest changes that would do together, the cheapest of them."""
    possible = [change for one in verdicts for change in changes(one)]
    if not possible:
        return None
    least = min(one.cost for one in possible)
    same = [one for one in possible if one.cost == least]
    return _pick(same, nearest([one.verdict for one in same], wanted))[0]


def pinned_version(asked: Asked, framework: str) -> str:
    """The version that the user wrote, for finding what is near it; ``0`` where there is none."""
    wanted = asked.versions.get(framework)
    return max((one.version for one in wanted or ()), key=dotted, default="0")


def why_not_newer(pick: Verdict, verdicts: Sequence[Verdict]) -> tuple[Reason, ...]:
    """What stood against the newest release, and against a newer runtime of the chosen one.

    Where nothing stands against the newer runtime, what the chosen one is preferred for.
    """
    said: list[Reason] = []
    runtime = dotted(pick.build.runtime)
    siblings = [one for one in verdicts if one.release is pick.release]
    later = [one for one in siblings if dotted(one.build.runtime) > runtime]
    for rivals in (_newest_against([one for one in verdicts if one.order < pick.order]), later):
        refused = [one for one in rivals if _refused(one)]
        if refused:
            said += _against(min(refused, key=_fewest))
    passed = best_valid(later)
    if passed is not None:
        from torchup.resolve.rivals import compared

        said.append(compared(passed, pick))
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

    They are those against the candidate that came closest among the ones that were asked for, the
    versions of companions included; where no such candidate was ever published, that is the
    reason.
    """
    meant = [one for one in verdicts if REQUESTED.isdisjoint(one.against)]
    if not meant:
        return (_unpublished(verdicts, asked, framework),)
    for unwanted in (PINNED_PAIRS, DAY):
        meant = [one for one in meant if unwanted.isdisjoint(one.against)] or meant
    fewest = min(len(one.against) for one in meant)
    same = [one for one in meant if len(one.against) == fewest]
    if not all(DAY.issuperset(one.against) for one in same):
        first_order = min(one.order for one in same)
        same = [one for one in same if one.order == first_order]
    same = [one for one in same if any(changes(one))] or same
    if all(DAY.issuperset(one.against) for one in same):
        day = min(one.release.date for one in same)
        same = [one for one in same if one.release.date == day]
    closest = best(same)
    return closest.rejects if closest else ()


def _unpublished(verdicts: Sequence[Verdict], asked: Asked, framework: str) -> Reason:
    """Say that there never was what was asked for: no such build, or no such release."""
    wanted = asked.wording(framework)
    pinned = [one for one in asked.carriers if asked.pins(one)]  # they mean the build
    if pinned:
        names = (framework, *pinned) if asked.pins(framework) else pinned
        wanted = ", ".join(map(asked.wording, names))
    elif asked.build is not None:
        wanted = f"{wanted} ({asked.build})"
    if asked.build is not None:
        allowed = (one for one in verdicts if asked.allows(framework, one.release.version))
        builds = dict.fromkeys(one.build.name for one in allowed)
        if builds and asked.build not in builds:
            has = ", ".join(sorted(builds, key=build_order))
            return Reason(code="never-built", effect="reject", subject=wanted, has=has)
    versions = sorted({one.release.version for one in verdicts}, key=dotted)
    if pinned and not asked.pins(framework):
        versions = versions_of(pinned[0], [one.build for one in verdicts])
    if not versions:
        return Reason(code="none-published", effect="reject", subject=wanted)
    oldest, newest = versions[0], versions[-1]
    return Reason(code="never-published", effect="reject", subject=wanted, needs=oldest, has=newest)


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
    pick: Verdict, verdicts: Sequence[Verdict], stack_of: StackOf
) -> tuple[NearMiss, ...]:
    """What another driver alone would make possible, where that is a newer minor release."""
    behind = [
        change
        for one in verdicts
        if dotted(one.release.version)[:2] > dotted(pick.release.version)[:2]
        and one.against
        and DRIVER.issuperset(one.against)
        for change in changes(one)
    ]
    found = _pick(behind, best([one.verdict for one in behind]))
    return tuple(near_miss(one, stack_of) for one in found)
