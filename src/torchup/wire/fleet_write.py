"""Documents about many machines: writing them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from torchup.wire import write
from torchup.wire.fleet import (
    FleetGroupV1,
    FleetHostPlanV1,
    FleetLeftV1,
    FleetPlanV1,
    SharedStackV1,
)

if TYPE_CHECKING:
    from torchup.model import Reason, Stack, Text
    from torchup.model.fleet import FleetPlan, HostGroup, HostPlan, SharedStack
    from torchup.wire.stacks import ReasonV1, StackV1
    from torchup.words import Words


def fleet_plan(found: FleetPlan, words: Words) -> FleetPlanV1:
    """Write a plan for many hosts."""
    said = _Said(words)
    return FleetPlanV1(
        outcome="ok" if all(one.stack for one in found.hosts) else "none",
        hosts=tuple(_host(one, said) for one in found.hosts),
        groups=tuple(_group(one, said) for one in found.groups),
        shared=tuple(_shared(one, said) for one in found.shared),
    )


class _Said:
    """Words what thousands of hosts have in common once."""

    def __init__(self, words: Words) -> None:
        self._words = words
        self._reasons: dict[Reason, ReasonV1] = {}

    def reason(self, found: Reason) -> ReasonV1:
        known = self._reasons.get(found)
        if known is None:
            known = self._reasons[found] = write.reason(found, self._words)
        return known

    def stack(self, found: Stack | None) -> StackV1 | None:
        return None if found is None else write.stack(found)

    def text(self, found: Text | None) -> str:
        return "" if found is None else self._words.text(found)


def _host(found: HostPlan, said: _Said) -> FleetHostPlanV1:
    answer = found.answer
    if answer is None:
        why = (said.text(found.refused),)
        outcome: Literal["none", "refused"] = "none" if found.host.machine is None else "refused"
        return FleetHostPlanV1(name=found.host.name, outcome=outcome, stack=None, why=why)
    near = answer.near_misses[0].remedy if answer.near_misses and not answer.stack else None
    return FleetHostPlanV1(
        name=found.host.name,
        outcome=answer.outcome,
        stack=said.stack(answer.stack),
        serves=answer.serves,
        leaves_out=answer.leaves_out,
        why=tuple(said.reason(one).text for one in answer.reasons),
        remedy=said.text(near),
    )


def _group(found: HostGroup, said: _Said) -> FleetGroupV1:
    return FleetGroupV1(
        stack=said.stack(found.stack),
        hosts=found.hosts,
        cards=found.cards,
        drivers=found.drivers,
        reasons=tuple(map(said.reason, found.reasons)),
        remedy=said.text(found.remedy),
    )


def _shared(found: SharedStack, said: _Said) -> SharedStackV1:
    return SharedStackV1(
        stack=write.stack(found.stack),
        hosts=found.hosts,
        left=tuple(
            FleetLeftV1(
                name=one.name,
                reasons=tuple(map(said.reason, one.reasons)),
                remedy=said.text(one.remedy),
            )
            for one in found.left
        ),
    )
