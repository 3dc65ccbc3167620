"""Host to Machine: hardware, operating system, drivers, interpreters, disks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from msgspec.structs import replace

from torchup.model import Evidence, Gpu, Machine

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from torchup.host import Host


class NamedGpu(Protocol):
    """What the catalogue knows of a card: its product name and its architectures."""

    @property
    def name(self) -> str:
        """The product name."""

    @property
    def archs(self) -> Sequence[str]:
        """The architectures sold under it, such as ``sm_86``; usually one."""


class Gpus(Protocol):
    """The catalogue's look-up of cards by PCI id."""

    def by_pci(self, pci_id: str, subsystem: str | None) -> NamedGpu | None:
        """Return the card of ``10de:1b80``, told apart by its board (``1458:3702``) if need be."""


def probe_machine(
    host: Host,
    gpus: Gpus | None,
    *,
    pythons: bool = True,
    disks: bool = True,
    cache: Path | None = None,
    extra_roots: tuple[str, ...] = (),
) -> Machine:
    """Find out everything about a machine that decides whether PyTorch will run there.

    Args:
        host: the machine.
        gpus: the catalogue, which names cards that their driver did not name.
        pythons: look for interpreters too; without, they stay unknown.
        disks: measure the room on disks too; without, it stays unknown.
        cache: a file that remembers what each interpreter answered; None remembers nothing.
        extra_roots: folders of interpreters installed by uv, one sub-folder each.

    Raises:
        OutsideError: ``probe.unsupported-arch``, a processor for which nothing is published.
    """
    from torchup.probe.hardware import read_cpu, read_disks, read_memory
    from torchup.probe.system import read_arch, read_os
    from torchup.probe.tools import find_toolkits, find_tools
    from torchup.probe.watched import watched
    from torchup.vendors import detect_all

    host, watch = watched(host)
    arch, arch_problems = read_arch(host)
    seen = detect_all(host)
    found = None
    if pythons:
        from torchup.probe.interpreters import find_interpreters

        found = find_interpreters(host, cache=cache, extra_roots=extra_roots)
    named, name_evidence = name_gpus(seen.gpus, gpus)
    machine = Machine(
        os=read_os(host),
        arch=arch,
        cpu=read_cpu(host),
        memory_mib=read_memory(host),
        gpus=named,
        drivers=seen.drivers,
        toolkits=find_toolkits(host),
        pythons=found,
        tools=find_tools(host),
        disks=read_disks(host) if disks else None,
        problems=arch_problems + seen.problems,
        evidence=seen.evidence + name_evidence,
    )
    return replace(machine, problems=machine.problems + watch.problems)


def name_gpus(
    found: tuple[Gpu, ...] | None, gpus: Gpus | None
) -> tuple[tuple[Gpu, ...] | None, tuple[Evidence, ...]]:
    """Fill in names and architectures from the catalogue; what the driver said stays.

    An architecture is taken only where the catalogue has exactly one for that id.
    """
    if not found or gpus is None:
        return found, ()
    named, evidence = [], []
    for gpu in found:
        known = None
        if gpu.pci_id is not None and (gpu.name is None or gpu.arch is None):
            known = gpus.by_pci(gpu.pci_id, gpu.subsystem)
        if known is None:
            named.append(gpu)
            continue
        arch = known.archs[0] if len(known.archs) == 1 else None
        named.append(replace(gpu, name=gpu.name or known.name, arch=gpu.arch or arch))
        value = f"{known.name} {' '.join(known.archs)}"
        evidence.append(Evidence(source="catalogue", key=gpu.pci_id or "", value=value))
    return tuple(named), tuple(evidence)
