"""The one question that decides between two causes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from torchup.diagnose.judge import Cause
    from torchup.diagnose.rule import Rule

_NEAR: Final = 0.2
"""How near the second cause has to be for the first to be in doubt."""
_DECIDES: Final = 15.0
"""Points that an answer has to move the two apart by."""
ASKABLE: Final = (
    "nvidia",
    "no-nvidia",
    "container",
    "wsl",
    "colab",
    "scheduler",
    "suspend",
    "notebook",
    "alpine",
    "macos",
    "python32",
    "cpu-build",
    "mig",
    "qt",
)
"""Traits that a person can tell."""


def question(rules: tuple[Rule, ...], causes: tuple[Cause, ...], traits: frozenset[str]) -> str:
    """Name the trait whose knowing would decide between the first two causes; empty for none.

    Args:
        rules: every cause.
        causes: as they were judged.
        traits: what is known already.
    """
    if len(causes) < 2 or causes[0].confidence - causes[1].confidence > _NEAR:  # noqa: PLR2004
        return ""
    by_code = {rule.code: rule for rule in rules}
    first, second = (by_code[one.code].lifts for one in causes[:2])
    apart = {
        trait: abs(first.get(trait, 0) - second.get(trait, 0))
        for trait in ASKABLE
        if trait not in traits and f"no-{trait}" not in traits
    }
    best = max(apart, key=lambda trait: apart[trait], default="")
    return best if best and apart[best] >= _DECIDES else ""
