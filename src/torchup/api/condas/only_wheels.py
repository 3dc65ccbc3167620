"""Machines whose card conda's channels have no build for: an answer no, and the wheels instead."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from torchup.api.stacks.chooser import Chooser
from torchup.model import NearMiss, Reason, Requirement, Resolution, text

if TYPE_CHECKING:
    from torchup.api.context import Context
    from torchup.model import Machine, Stack
    from torchup.resolve.ask import Asked


def or_wheels(
    context: Context, machine: Machine, requirement: Requirement, asked: Asked, answer: Resolution
) -> Resolution:
    """Answer no where only wheels would compute on the machine's card.

    Channels have no build for AMD's and Intel's: the CPU's would be one by accident.

    Args:
        context: the session.
        machine: the machine.
        requirement: what is asked for.
        asked: the same, read.
        answer: what the channels have.
    """
    stack = answer.stack
    if stack is None or stack.device != "cpu" or asked.cpu or not machine.gpus:
        return answer
    plain = replace(requirement, backend=Requirement().backend, channels=())
    other = Chooser(context, machine, plain).by_catalogue().resolution.stack
    if other is None or other.device == "cpu":
        return answer
    label = _label(other)
    said = Reason(code="only-wheels", effect="reject", subject=label, has=stack.build)
    near = NearMiss(stack=other, reasons=(), remedy=text("remedy.wheels", stack=label))
    on_cpu = NearMiss(stack=stack, reasons=(), remedy=text("remedy.cpu", stack=_label(stack)))
    return Resolution(
        outcome="none",
        requirement=requirement,
        reasons=(said,),
        near_misses=(near, on_cpu),
        considered=answer.considered,
    )


def _label(stack: Stack) -> str:
    """Name a stack as pip would."""
    return f"{next(iter(stack.packages.values()))}+{stack.build}"
