"""What conda's channels have no build for and the wheels have: an answer no, and the wheels."""

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

    Channels have no build for AMD's and Intel's: the CPU's would be one by accident. A no without
    a way out is given the wheels as one, where they have what was asked for.

    Args:
        context: the session.
        machine: the machine.
        requirement: what is asked for.
        asked: the same, read.
        answer: what the channels have.
    """
    stack = answer.stack
    if stack is None:
        return answer if answer.near_misses else _with_wheels(context, machine, answer)
    if stack.device != "cpu" or asked.cpu or not machine.gpus:
        return answer
    other = _in_wheels(context, machine, requirement)
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


def _with_wheels(context: Context, machine: Machine, answer: Resolution) -> Resolution:
    other = _in_wheels(context, machine, answer.requirement)
    if other is None:
        return answer
    way = text("remedy.in-wheels", stack=_label(other))
    return replace(answer, near_misses=(NearMiss(stack=other, reasons=(), remedy=way),))


def _in_wheels(context: Context, machine: Machine, requirement: Requirement) -> Stack | None:
    """What would be chosen among wheels."""
    plain = replace(requirement, backend=Requirement().backend, channels=())
    return Chooser(context, machine, plain).by_catalogue().resolution.stack


def _label(stack: Stack) -> str:
    """Name a stack as pip would."""
    return f"{next(iter(stack.packages.values()))}+{stack.build}"
