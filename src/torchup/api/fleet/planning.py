"""A plan for many hosts: each one's own stack, and the one stack for all or most of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchup.api.fleet.grouping import groups_of
from torchup.api.stacks.choosing import BACKEND, CONDA
from torchup.api.stacks.planning import preview
from torchup.api.stacks.shared import shared_of
from torchup.errors import UsageError
from torchup.facts.frameworks import named_in
from torchup.facts.load import load_catalogue, load_gpus
from torchup.model import Text
from torchup.model.fleet import FleetPlan, HostLeft, HostPlan, SharedStack
from torchup.resolve.common.choice import shared_stacks, stack_of, why_not
from torchup.resolve.common.reach import Reach, Running
from torchup.resolve.dates import machine_then

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from torchup.api.context import Context
    from torchup.model import Machine, Requirement
    from torchup.model.fleet import Host
    from torchup.resolve.common.choice import Shared


def plan_fleet(
    context: Context, hosts: Sequence[Host], requirement: Requirement, *, shared: bool = True
) -> FleetPlan:
    """Choose for every host by the catalogue, and look for the one stack that they could share.

    A host that can't be asked (a GPU is selected that it doesn't have) is answered with what it
    refused; the others are planned all the same.

    Args:
        context: the session.
        hosts: the machines, by name.
        requirement: what is asked for, the same for all.
        shared: look for the one stack too.

    Raises:
        UsageError: no host can take the requirement: it can't be read or contradicts itself;
            ``fleet.wheels-only``: what they share is known of wheels' releases alone.
    """
    if requirement.backend == CONDA or requirement.nightly:
        option = "--nightly" if requirement.nightly else "--backend conda"
        raise UsageError("fleet.wheels-only", option=option)
    every = tuple(_planned(context, host, requirement) for host in hosts)
    asked = [host.machine for host in hosts if host.machine is not None]
    if asked and not any(one.answer for one in every):
        # Nobody can take it: it is a mistake of the whole question, said as for one machine.
        preview(context, asked[0], requirement, live=False, examine=False)
    looked = shared and knows_shared(requirement.packages)
    found = _Sharing(context, every).stacks(requirement.today) if looked else ()
    return FleetPlan(hosts=every, groups=groups_of(every), shared=found)


def knows_shared(packages: Iterable[str]) -> bool:
    """Tell whether the one stack that hosts could share is known: of one framework alone."""
    return len(named_in(packages)) <= 1


def _planned(context: Context, host: Host, requirement: Requirement) -> HostPlan:
    if host.machine is None:
        return HostPlan(host=host, refused=host.why)
    try:
        choice = preview(context, host.machine, requirement, live=False, examine=False)
    except UsageError as error:
        return HostPlan(host=host, refused=Text(code=error.code, args=error.details))
    return HostPlan(host=host, answer=choice.resolution)


class _Sharing:
    """Looks for stacks that several hosts can have."""

    def __init__(self, context: Context, plans: Sequence[HostPlan]) -> None:
        self._catalogue = load_catalogue()
        self._gpus = load_gpus()
        shared = shared_of(context, self._catalogue, BACKEND)
        self._resolver = shared.resolver(self._catalogue, self._gpus, None)
        self._reach = Reach(self._resolver, self._catalogue, self._gpus)
        self._plans = plans

    def stacks(self, today: str) -> tuple[SharedStack, ...]:
        """The stack that runs on most hosts, then newer ones that run on fewer."""
        running = [self._running(one) for one in self._plans]
        found = shared_stacks(running, self._catalogue, self._reach.companions, today)
        return tuple(self._written(one, running, why=one is found[0]) for one in found)

    def _running(self, plan: HostPlan) -> Running:
        """What runs on a host; pins of other packages hold as they do in its own answer."""
        if plan.answer is None or plan.answer.stack is None:
            return Running()
        return self._reach.of(self._then(plan), plan.answer.requirement)

    def _then(self, plan: HostPlan) -> Machine:
        """The host as it was on the day whose newest is wanted."""
        asked = plan.answer.requirement if plan.answer is not None else None
        day = asked.today if asked is not None and asked.as_of else ""
        machine = plan.host.machine
        assert machine is not None  # noqa: S101 - only a machine has an answer
        return machine_then(machine, day, self._catalogue)

    def _written(self, shared: Shared, running: Sequence[Running], *, why: bool) -> SharedStack:
        """The stack with its hosts; why it leaves the others is told of the first one alone."""
        on: list[str] = []
        left: list[HostLeft] = []
        stack = None
        for plan, one in zip(self._plans, running, strict=True):
            if shared.runs(one):
                on.append(plan.host.name)
                if stack is None and plan.answer is not None:
                    stack = stack_of(
                        shared, self._then(plan), plan.answer.requirement, self._resolver
                    )
            elif why:
                left.append(self._left(shared, plan, one))
            else:
                left.append(HostLeft(name=plan.host.name))
        assert stack is not None  # noqa: S101 - it was counted on at least one
        return SharedStack(stack=stack, hosts=tuple(on), left=tuple(left))

    def _left(self, shared: Shared, plan: HostPlan, running: Running) -> HostLeft:
        if plan.answer is None:
            return HostLeft(name=plan.host.name)
        found = why_not(
            shared,
            self._then(plan),
            running,
            plan.answer.requirement,
            resolver=self._resolver,
            gpus=self._gpus,
        )
        return HostLeft(name=plan.host.name, reasons=found.reasons, remedy=found.remedy)
