"""Hosts that get the same, together: what a person wants to see of thousands."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from torchup.model.fleet import HostGroup

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Sequence

    from torchup.model import Text
    from torchup.model.fleet import HostPlan


def groups_of(plans: Sequence[HostPlan]) -> tuple[HostGroup, ...]:
    """Put hosts with the same stack together, and those with the same no; largest first.

    A stack is the same where the packages, the build and the Python are. A no is the same where
    the first reason has the same code and the way out is the same.
    """
    found: dict[Hashable, list[HostPlan]] = {}
    for plan in plans:
        found.setdefault(_key(plan), []).append(plan)
    made = [_group(same) for same in found.values()]
    return tuple(sorted(made, key=lambda one: (one.stack is None, -len(one.hosts))))


def _key(plan: HostPlan) -> Hashable:
    stack, answer = plan.stack, plan.answer
    if stack is not None:
        return tuple(stack.packages.items()), stack.build, stack.python, stack.device
    if answer is None:
        return plan.refused and (plan.refused.code, tuple(plan.refused.args.items()))
    remedy = _remedy(plan)
    said = remedy and (remedy.code, remedy.args.get("stack"), remedy.args.get("driver"))
    return next((one.code for one in answer.reasons), ""), said


def _group(plans: Sequence[HostPlan]) -> HostGroup:
    first = plans[0]
    machines = [one.host.machine for one in plans if one.host.machine is not None]
    reasons = first.answer.reasons if first.answer is not None and first.stack is None else ()
    return HostGroup(
        stack=first.stack,
        hosts=tuple(one.host.name for one in plans),
        cards=_commonest(
            (gpu.name or gpu.arch or gpu.pci_id or "").removeprefix("NVIDIA ")
            for machine in machines
            for gpu in {gpu.name or gpu.arch: gpu for gpu in machine.gpus or ()}.values()
        ),
        drivers=_commonest(
            one.version for machine in machines for one in machine.drivers or () if one.version
        ),
        reasons=reasons,
        refused=first.refused,
        remedy=_remedy(first),
    )


def _remedy(plan: HostPlan) -> Text | None:
    """The cheapest way out of a no."""
    if plan.answer is None or plan.stack is not None or not plan.answer.near_misses:
        return None
    return plan.answer.near_misses[0].remedy


def _commonest(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(name for name, _ in Counter(filter(None, names)).most_common())
