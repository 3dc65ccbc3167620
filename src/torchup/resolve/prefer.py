"""Ranking the valid (design 3, "Choice among the valid")."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchup.resolve.numbers import dotted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torchup.resolve.verdict import Verdict


def best(valid: Sequence[Verdict]) -> Verdict | None:
    """The preferred one.

    Newest minor release; inside it facts that are better known; newest patch or nightly; a runtime
    that the driver knows natively; the newest runtime; the most companions.
    """
    return max(valid, key=_key, default=None)


def best_valid(verdicts: Sequence[Verdict]) -> Verdict | None:
    """The preferred one of those that nothing speaks against.

    Args:
        verdicts: newest release first; older minor releases than the first with a valid one
            are not looked at, since none of them could be preferred.
    """
    found: list[Verdict] = []
    for one in verdicts:
        if found and _minor(one) != _minor(found[0]):
            break
        if one.valid:
            found.append(one)
    return best(found)


def newest_valid(verdicts: Sequence[Verdict], minors: int) -> list[Verdict]:
    """The valid ones of the newest ``minors`` minor releases; newest release first, as given."""
    lines: set[tuple[int, ...]] = set()
    found: list[Verdict] = []
    for one in verdicts:
        if len(lines) == minors and _minor(one) not in lines:
            break
        if one.valid:
            lines.add(_minor(one))
            found.append(one)
    return found


def _minor(verdict: Verdict) -> tuple[int, ...]:
    return dotted(verdict.release.version)[:2]


def _key(
    verdict: Verdict,
) -> tuple[tuple[int, ...], int, tuple[int, ...], int, bool, tuple[int, ...], int]:
    number = dotted(verdict.release.version)
    companions = len(verdict.python.companions) if verdict.python else 0
    return (
        number[:2],
        verdict.certainty,
        number,
        -verdict.order,
        verdict.native,
        dotted(verdict.build.runtime),
        companions,
    )


def nearest(candidates: Sequence[Verdict], wanted: str, companion: str = "") -> Verdict | None:
    """The one closest to a version: the newest patch of its minor, else of the next, else below.

    Where no version is wanted (``0``), it is the preferred one.

    Args:
        candidates: what there is.
        wanted: the version.
        companion: whose version it is, empty for the framework's own.
    """
    if not candidates:
        return None
    goal = dotted(wanted)
    if not any(goal):
        return best(candidates)
    numbers = [(_number(one, companion), one) for one in candidates]
    above = [(number, one) for number, one in numbers if number[:2] >= goal[:2]]
    if not above:
        return best(candidates)
    minor = min(number[:2] for number, _ in above)
    return best([one for number, one in above if number[:2] == minor])


def _number(verdict: Verdict, companion: str) -> tuple[int, ...]:
    """The version of the release, or of the companion that belongs to it."""
    if not companion:
        return dotted(verdict.release.version)
    known = verdict.release.companion(companion)
    return dotted(known.version) if known else ()
