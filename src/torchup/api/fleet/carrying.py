"""From a plan for many hosts to what each of them is told to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchup.errors import NoAnswerError, UsageError
from torchup.facts.frameworks import named_in

if TYPE_CHECKING:
    from collections.abc import Collection

    from torchup.model import Requirement, Stack
    from torchup.model.fleet import FleetPlan


def creations(
    plan: FleetPlan,
    name: str,
    requirement: Requirement,
    *,
    shared: bool = False,
    builds: Collection[str] = (),
) -> dict[str, tuple[str, ...]]:
    """The command line of ``create`` for each host that gets a stack.

    The stack is pinned as it was planned, so that hosts of one kind get the same and a second time
    gives the same; everything else of the requirement goes along.

    Args:
        plan: the plan.
        name: the environment.
        requirement: what was planned for.
        shared: give all of them the one stack that most can share.
        builds: the packages that may be compiled there.

    Raises:
        UsageError: ``fleet.no-files``: constraints and hashes of files are not carried;
            ``fleet.shared-several``: one stack for all is known of one framework alone.
        NoAnswerError: ``fleet.nothing-to-apply``: no host gets a stack.
    """
    if requirement.constraints or requirement.hashes:
        raise UsageError("fleet.no-files")
    named = named_in(requirement.packages)
    if shared and len(named) > 1:
        raise UsageError("fleet.shared-several", names=", ".join(named))
    stacks: dict[str, Stack] = {}
    if shared:
        for best in plan.shared[:1]:
            stacks = dict.fromkeys(best.hosts, best.stack)
    else:
        stacks = {one.host.name: one.stack for one in plan.hosts if one.stack is not None}
    if not stacks:
        raise NoAnswerError("fleet.nothing-to-apply")
    return {host: _creation(name, requirement, stack, builds) for host, stack in stacks.items()}


def _creation(
    name: str, requirement: Requirement, stack: Stack, builds: Collection[str]
) -> tuple[str, ...]:
    first = next(iter(stack.packages))
    pinned = [f"{one}=={stack.packages[one]}" for one in named_in(stack.packages) or (first,)]
    packages = dict.fromkeys((*requirement.packages, *pinned))
    words = ["create", name, *packages]
    words += ["--build", stack.build, "--python", stack.python]
    if not requirement.companions:
        words.append("--no-companions")
    if requirement.as_of:
        words += ["--as-of", requirement.as_of]
    for one in requirement.use_gpus:
        words += ["--use-gpu", one]
    for one in sorted(builds):
        words += ["--build-from-source", one]
    if requirement.offline:
        words.append("--offline")
    return tuple(words)
