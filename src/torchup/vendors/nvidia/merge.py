"""One list of cards out of several sources' lists."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from torchup.model import Evidence

if TYPE_CHECKING:
    from collections.abc import Iterable

    from torchup.model import Gpu

VALUES: Final = ("name", "arch", "pci_id", "subsystem", "uuid", "memory_mib", "mig")


def merge(trusted: tuple[Gpu, ...], further: tuple[Gpu, ...]) -> tuple[Gpu, ...]:
    """Match cards by UUID, then by PCI address, and fill in what the trusted source left open.

    A source without addresses (Windows' list of devices) is matched by PCI id, one card each. A
    card that only the further source knows is added at the end.
    """
    merged = list(trusted)
    taken: set[int] = set()
    for gpu in further:
        free = [at for at in range(len(trusted)) if at not in taken]
        at = next((i for i in free if same_card(merged[i], gpu)), None)
        if at is None:
            merged.append(gpu)
        else:
            taken.add(at)
            merged[at] = _filled(merged[at], gpu)
    return tuple(merged)


def merge_all(told: Iterable[tuple[Gpu, ...]]) -> tuple[Gpu, ...]:
    """Merge several sources' lists, the most trusted first."""
    found: tuple[Gpu, ...] = ()
    for further in told:
        found = merge(found, further)
    return found


def same_card(one: Gpu, other: Gpu) -> bool:
    """Tell whether two sources speak of one card."""
    if one.uuid and other.uuid:
        return one.uuid == other.uuid
    if one.pci_address and other.pci_address:
        return one.pci_address == other.pci_address
    return one.pci_id is not None and one.pci_id == other.pci_id


def _filled(gpu: Gpu, further: Gpu) -> Gpu:
    return replace(
        gpu,
        index=gpu.index if gpu.index is not None else further.index,
        name=gpu.name or further.name,
        arch=gpu.arch or further.arch,
        pci_id=gpu.pci_id or further.pci_id,
        subsystem=gpu.subsystem or further.subsystem,
        pci_address=gpu.pci_address or further.pci_address,
        uuid=gpu.uuid or further.uuid,
        memory_mib=gpu.memory_mib if gpu.memory_mib is not None else further.memory_mib,
    )


def evidence_of(gpus: tuple[Gpu, ...]) -> tuple[Evidence, ...]:
    """Say what each source told of each card, value by value."""
    return tuple(
        Evidence(
            source=gpu.source or "",
            key=f"{gpu.pci_address or gpu.index}.{value}",
            value=str(getattr(gpu, value)),
        )
        for gpu in gpus
        for value in VALUES
        if getattr(gpu, value) is not None
    )
