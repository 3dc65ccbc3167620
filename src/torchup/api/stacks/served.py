"""The cards that a stack is meant for: kept with it, and what they can compute."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from torchup.facts.load import load_gpus
from torchup.resolve.cards import arch_of
from torchup.resolve.numbers import capability

if TYPE_CHECKING:
    from torchup.model import Machine, Resolution, Stack


def with_cards(stack: Stack, answer: Resolution, machine: Machine) -> Stack:
    """Note the architectures of the cards that the first framework was chosen for.

    What it leaves out is no fault later.

    Args:
        stack: what will be installed.
        answer: the choice.
        machine: the machine that it was made for.
    """
    gpus = machine.gpus or ()
    archs = {gpus[at].arch for at in answer.serves if at < len(gpus)} - {None}
    name = next(iter(stack.packages), "")
    return replace(stack, cards={name: tuple(sorted(map(str, archs)))} if archs and name else {})


def capabilities(machine: Machine, answer: Resolution) -> dict[str, str]:
    """The compute capability of each of NVIDIA's cards that is served, by its name.

    Args:
        machine: the machine that it was chosen for.
        answer: the choice.
    """
    table = load_gpus()
    found: dict[str, str] = {}
    for position in answer.serves:
        gpu = (machine.gpus or ())[position]
        known = table.by_pci(gpu.pci_id, gpu.subsystem) if gpu.pci_id else None
        arch, _ = arch_of(gpu, "nvidia", known, table)
        number = capability(arch)
        if number is not None:
            name = gpu.name or (known.name if known else arch)
            found[name] = f"{number[0]}.{number[1]}"
    return found
