"""A resolution, as steps and files; pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchup.model import Plan, Step, text

if TYPE_CHECKING:
    from torchup.model import Artifact, Resolution

__all__ = ["plan_creation"]


def plan_creation(
    resolution: Resolution,
    steps: tuple[Step, ...],
    *,
    artifacts: tuple[Artifact, ...] = (),
    verify: bool = True,
    name: str = "NAME",
) -> Plan:
    """Put a choice and a backend's steps together; nothing to do where there is no stack.

    Args:
        resolution: the choice.
        steps: what the backend would do for it.
        artifacts: the files, where they are known already.
        verify: whether a verification ends the work.
        name: the environment's name.
    """
    if resolution.stack is None:
        return Plan(resolution=resolution)
    if verify:
        check = Step(
            id="verify",
            summary=text("step.verify", name=name),
            command=("torchup", "verify", name),
        )
        steps = (*steps, check)
    return Plan(resolution=resolution, steps=steps, artifacts=artifacts)
