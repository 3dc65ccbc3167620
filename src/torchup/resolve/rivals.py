"""Why one valid candidate is preferred to another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchup.model import Reason
from torchup.resolve.numbers import dotted

if TYPE_CHECKING:
    from torchup.resolve.verdict import Verdict


def compared(pick: Verdict, rival: Verdict) -> Reason:
    """Say why another one is preferred, in the order in which preference goes (design 3)."""
    if rival.label == pick.label:
        return Reason(code="is-preferred", effect="accept", subject=pick.label)
    one, other = dotted(pick.release.version), dotted(rival.release.version)
    if one[:2] < other[:2]:
        return _rival("rival-newer", pick, rival)
    if pick.certain < rival.certain:
        return _rival("rival-certain", pick, rival)
    if one < other:
        return _rival("rival-newer", pick, rival)
    if pick.native < rival.native:
        return _rival("rival-native", pick, rival)
    if dotted(pick.build.runtime) < dotted(rival.build.runtime):
        return _rival("rival-runtime", pick, rival)
    return _rival("rival-other", pick, rival)


def _rival(code: str, pick: Verdict, rival: Verdict) -> Reason:
    return Reason(
        code=code,
        effect="prefer",
        subject=rival.label,
        needs=rival.build.runtime,
        has=pick.build.runtime,
        about=pick.label,
    )
