"""What nobody said of a machine's GPUs and follows from the rest all the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from torchup.facts.load import load_catalogue, load_gpus
from torchup.model import Gpu

if TYPE_CHECKING:
    from torchup.model import Machine

_ALL_HAVE: dict[str, Gpu] = {"macos-arm64": Gpu(index=0, vendor="apple", name="Apple GPU")}
"""Every Mac with one of Apple's chips has its GPU."""


def with_evident(machine: Machine) -> Machine:
    """Fill in names that the PCI ids tell, and GPUs where nobody said which there are.

    The latter are those of every such machine, or none where no build for that system computes on
    any.
    """
    if machine.gpus is not None:
        return replace(machine, gpus=tuple(map(_named, machine.gpus)))
    every = _ALL_HAVE.get(machine.platform)
    if every is not None:
        return replace(machine, gpus=(every,))
    builds = (build for release in load_catalogue().releases for build in release.builds)
    if any(one.platform == machine.platform and one.device != "cpu" for one in builds):
        return machine
    return replace(machine, gpus=())


def _named(gpu: Gpu) -> Gpu:
    if gpu.name or not gpu.pci_id:
        return gpu
    known = load_gpus().by_pci(gpu.pci_id, gpu.subsystem)
    return replace(gpu, name=known.name) if known else gpu
