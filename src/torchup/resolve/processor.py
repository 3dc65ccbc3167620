"""Rules for the processor: which instructions a release's wheels can't do without (design 3.4).

A processor of which it is not known what it has is never refused: unknown is not false.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from torchup.model import Reason
from torchup.resolve.versions import meets

if TYPE_CHECKING:
    from torchup.facts.catalogue import Catalogue, Floor, Release
    from torchup.model import Effect, Machine

_SURE: Final = ("measured", "documented")


def lacking(machine: Machine, catalogue: Catalogue) -> frozenset[str]:
    """Name the features that the machine's processor certainly lacks."""
    has = machine.cpu.features if machine.cpu else None
    if has is None:
        return frozenset()
    there = set(has)
    return frozenset(
        one.name
        for one in catalogue.features
        if there.issuperset(one.listed)
        and one.name not in there
        and there.isdisjoint(one.implied_by)
    )


def floors_of(platform: str, lacks: frozenset[str], catalogue: Catalogue) -> tuple[Floor, ...]:
    """The rows that speak against such a processor on a platform; nearly always none."""
    return tuple(
        one for one in catalogue.floors if one.feature in lacks and platform in one.platforms
    )


def processor_reaches(
    release: Release, floors: tuple[Floor, ...], catalogue: Catalogue
) -> tuple[Reason, ...]:
    """What speaks against a release on a processor that fails these rows."""
    version = release.version
    shown = {one.name: one.shown for one in catalogue.features}
    met = [one for one in floors if meets(version, one.releases)]
    whole = [one for one in met if not one.partly]
    return tuple(
        Reason(
            code=_code(one),
            effect=_effect(one),
            subject=version,
            needs=shown[one.feature],
            fact=catalogue.fact(one.fact),
        )
        for one in whole or met
    )


def _code(floor: Floor) -> str:
    if floor.partly:
        return "processor-partly"
    return "processor-too-old" if floor.certainty in _SURE else "processor-unsure"


def _effect(floor: Floor) -> Effect:
    return "reject" if _code(floor) == "processor-too-old" else "warn"
