"""The cards that a stack is meant for, kept with it: what it leaves out is no fault later."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

if TYPE_CHECKING:
    from torchup.model import Machine, Resolution, Stack


def with_cards(stack: Stack, answer: Resolution, machine: Machine) -> Stack:
    """Note the architectures of the cards that the first framework was chosen for.

    Args:
        stack: what will be installed.
        answer: the choice.
        machine: the machine that it was made for.
    """
    gpus = machine.gpus or ()
    archs = {gpus[at].arch for at in answer.serves if at < len(gpus)} - {None}
    name = next(iter(stack.packages), "")
    return replace(stack, cards={name: tuple(sorted(map(str, archs)))} if archs and name else {})
