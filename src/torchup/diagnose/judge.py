"""From what was found to the cause: the root first, then what else it may be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct

from torchup.diagnose.rule import LITTLE

if TYPE_CHECKING:
    from torchup.diagnose.reading import Hit, Read
    from torchup.diagnose.rule import Rule

LEAST: Final = 25.0
"""Points below which a cause is not named."""
_MORE: Final = 3.0
"""What each further message that means a cause adds."""
_MOST_MORE: Final = 9.0
_LATE: Final = 4.0
"""What the last line of a log adds over its first: a program ends with what stopped it."""
_APART: Final = 35.0
"""Points by which a cause may lie behind the first and still be named."""
_ROOT_BEHIND: Final = 10.0
"""Points that a root may lie behind its consequence: beyond that it was not really found."""
NONE_OF_IT: Final = "not-environment"


class Cause(Struct, frozen=True, kw_only=True):
    """A cause that was found, how sure it is (0 to 1), and the lines that say so."""

    code: str
    confidence: float
    lines: tuple[tuple[int, str], ...]


def judge(rules: tuple[Rule, ...], read: Read, traits: frozenset[str]) -> tuple[Cause, ...]:
    """Rank the causes.

    Args:
        rules: every cause.
        read: what the log says.
        traits: what is known of the machine, from the log and from elsewhere.
    """
    by_code: dict[str, list[Hit]] = {}
    for hit in read.hits:
        by_code.setdefault(hit.code, []).append(hit)
    scored = [
        (points, rule, hits)
        for rule in rules
        if rule.code in by_code
        and (hits := _counting(rule, by_code[rule.code], traits))
        and (points := _points(rule, hits, traits, read.lines)) >= LEAST
    ]
    scored.sort(key=lambda one: -one[0])
    ordered = _roots_first(scored)
    if not ordered:
        return (Cause(code=NONE_OF_IT, confidence=0.6, lines=()),) if read.harmless else ()
    best = max(points for points, _, _ in ordered)
    if ordered[0][1].code == NONE_OF_IT:
        ordered = ordered[:1]
    return tuple(
        Cause(
            code=rule.code,
            confidence=round(min(99.0, max(5.0, points)) / 100, 2),
            lines=tuple(dict.fromkeys((hit.line, hit.text) for hit in hits[:4])),
        )
        for points, rule, hits in ordered
        if points >= best - _APART
    )


def _counting(rule: Rule, hits: list[Hit], traits: frozenset[str]) -> list[Hit]:
    """The hits whose sign means something on this machine, the strongest first."""
    found = [hit for hit in hits if all(_has(traits, need) for need in rule.signs[hit.sign].needs)]
    return sorted(found, key=lambda hit: (-rule.signs[hit.sign].points * hit.share, hit.line))


def _has(traits: frozenset[str], need: str) -> bool:
    return need[1:] not in traits if need.startswith("!") else need in traits


def _points(rule: Rule, hits: list[Hit], traits: frozenset[str], lines: int) -> float:
    strongest = rule.signs[hits[0].sign].points * hits[0].share
    more = min(_MOST_MORE, _MORE * (_messages(rule, hits) - 1))
    late = _LATE * max(hit.line for hit in hits) / max(lines, 1)
    lifted = sum(points for trait, points in rule.lifts.items() if _has(traits, trait))
    return strongest + more + late + lifted


def _messages(rule: Rule, hits: list[Hit]) -> int:
    """Count what is said of a cause: two signs of one line, and a line said twice, say it once."""
    signs: set[int] = set()
    texts: set[str] = set()
    for hit in hits:
        counts = rule.signs[hit.sign].points > LITTLE or hit is hits[0]
        if counts and hit.sign not in signs and hit.text not in texts:
            signs.add(hit.sign)
            texts.add(hit.text)
    return len(signs)


_Scored = tuple[float, "Rule", "list[Hit]"]


def _roots_first(scored: list[_Scored]) -> list[_Scored]:
    """Put a cause before those that follow from it, where both were found."""
    ordered = list(scored)
    for one in scored:
        for other in scored:
            if other[1].code in one[1].over and one[0] >= other[0] - _ROOT_BEHIND:
                here, there = ordered.index(one), ordered.index(other)
                if here > there:
                    ordered.insert(there, ordered.pop(here))
    return ordered
