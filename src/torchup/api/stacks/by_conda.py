"""What a wheel lacks and conda would bring beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

if TYPE_CHECKING:
    from torchup.model import Reason

_LACKING: Final = "libraries-elsewhere"
_OR_CONDA: Final = "libraries-or-conda"


def or_by_conda(reasons: tuple[Reason, ...], framework: str, platform: str) -> tuple[Reason, ...]:
    """Say that conda would bring the libraries that a wheel lacks, where it has them.

    Args:
        reasons: what is said of a choice among wheels.
        framework: the framework's name.
        platform: the machine's.
    """
    if all(one.code != _LACKING for one in reasons):
        return reasons
    from torchup.facts.conda import load_conda

    facts = load_conda(framework)

    def told(one: Reason) -> Reason:
        needs = tuple(one.needs.split(" "))
        there = one.code == _LACKING and facts.libraries(facts.default.name, needs, platform)
        return replace(one, code=_OR_CONDA) if there else one

    return tuple(map(told, reasons))


def wheels_alone(reason: Reason) -> Reason:
    """Say again that a wheel lacks libraries, without conda as the way out."""
    return replace(reason, code=_LACKING) if reason.code == _OR_CONDA else reason
