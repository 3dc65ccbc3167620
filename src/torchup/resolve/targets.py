"""Which of the machine's GPUs a stack is to serve."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from torchup.errors import UsageError
from torchup.model import Device, Reason
from torchup.resolve.cards import DEVICES, GpuTable, arch_of, unknown_card, vendor_of
from torchup.resolve.numbers import capability, gfx

if TYPE_CHECKING:
    from torchup.model import Gpu, Machine
    from torchup.resolve.ask import Asked
    from torchup.resolve.knowledge import Knowledge


class Target(Struct, frozen=True, kw_only=True):
    """A GPU with everything that decides about it.

    ``position`` is its place in the machine's list, ``number`` what ``--use-gpu`` calls it.
    """

    position: int
    device: Device
    arch: str
    name: str
    memory_mib: int = 0
    vendor: str = "nvidia"
    number: str = "0"

    @property
    def rank(self) -> tuple[tuple[int, int, str], int]:
        """The order in which cards are preferred: highest architecture, then most memory."""
        return capability(self.arch) or gfx(self.arch) or (0, 0, ""), self.memory_mib


class Targets(Struct, frozen=True, kw_only=True):
    """The GPUs to serve, best first, and why others are not among them.

    ``others`` could be served too, by a build for another kind of device; ``asked_device`` is
    what the build that the user named computes on.
    """

    wanted: tuple[Target, ...]
    unsupported: tuple[tuple[int, Reason], ...] = ()
    unknown: tuple[tuple[int, Reason], ...] = ()
    others: tuple[Target, ...] = ()
    asked_device: str | None = None

    @property
    def groups(self) -> tuple[tuple[Target, ...], ...]:
        """The cards to serve by architecture, the preferred first."""
        found: dict[str, tuple[Target, ...]] = {}
        for one in self.wanted:
            found[one.arch] = (*found.get(one.arch, ()), one)
        return tuple(found.values())

    @property
    def aside(self) -> tuple[int, ...]:
        """Positions of the cards that no candidate is judged for."""
        said = [position for position, _ in (*self.unsupported, *self.unknown)]
        return tuple(sorted([*said, *(one.position for one in self.others)]))


def find_targets(
    machine: Machine,
    asked: Asked,
    use_gpus: tuple[str, ...],
    knowledge: Knowledge,
    gpus: GpuTable | None,
) -> Targets:
    """Choose the GPUs that count: selected, of a known architecture, served by any build at all.

    Raises:
        UsageError: a selected GPU is not there.
    """
    platform = machine.platform
    preferred = knowledge.device_of(asked.build, platform) if asked.build else None
    wanted: list[Target] = []
    unsupported: list[tuple[int, Reason]] = []
    unknown: list[tuple[int, Reason]] = []
    for position, gpu in _selected(machine.gpus or (), use_gpus):
        vendor = gpu.vendor or vendor_of(gpu, gpus)
        device = DEVICES.get(vendor)
        if device is None:
            if not gpu.pci_id:
                unknown.append((position, unknown_card(gpu)))
            continue
        if not knowledge.candidates(platform, device):
            unsupported.append((position, _never(gpu, gpu.arch or "", device)))
            continue
        known = gpus.by_pci(gpu.pci_id.lower(), gpu.subsystem) if gpus and gpu.pci_id else None
        if known is not None and not gpu.name:
            gpu = replace(gpu, name=known.name)  # noqa: PLW2901 - the same card, named
        arch, reason = arch_of(gpu, vendor, known, gpus)
        if reason is not None:
            unknown.append((position, reason))
        elif not _served(knowledge, platform, device, arch, preferred):
            unsupported.append((position, _never(gpu, arch, device)))
        else:
            wanted.append(_target(position, device, gpu, arch, vendor))
    chosen = _one_device(wanted, preferred)
    return Targets(
        wanted=chosen,
        unsupported=tuple(unsupported),
        unknown=tuple(unknown),
        others=tuple(one for one in wanted if one not in chosen),
        asked_device=preferred,
    )


def _served(
    knowledge: Knowledge, platform: str, device: Device, arch: str, preferred: str | None
) -> bool:
    """Tell whether the card counts; the user who names a build for its kind says that it does."""
    if device == "xpu" and not arch:
        return preferred == device
    return knowledge.ever_served(platform, device, arch)


def _selected(gpus: tuple[Gpu, ...], use_gpus: tuple[str, ...]) -> list[tuple[int, Gpu]]:
    numbered = list(enumerate(gpus))
    if not use_gpus:
        return numbered
    chosen: list[tuple[int, Gpu]] = []
    for wanted in use_gpus:
        found = [
            (position, gpu)
            for position, gpu in numbered
            if wanted == str(position if gpu.index is None else gpu.index) or wanted == gpu.uuid
        ]
        if not found:
            raise UsageError("ask.no-such-gpu", wanted=wanted, count=len(gpus))
        chosen += [one for one in found if one not in chosen]
    return chosen


def _never(gpu: Gpu, arch: str, device: Device) -> Reason:
    return Reason(
        code="gpu-never-supported",
        effect="warn",
        subject=gpu.name or gpu.pci_id or arch,
        needs=device,
        has=arch or gpu.pci_id or "?",
    )


def _target(position: int, device: Device, gpu: Gpu, arch: str, vendor: str) -> Target:
    return Target(
        position=position,
        device=device,
        arch=arch,
        name=gpu.name or arch,
        memory_mib=gpu.memory_mib or 0,
        vendor=vendor,
        number=str(position if gpu.index is None else gpu.index),
    )


def _one_device(wanted: list[Target], preferred: str | None) -> tuple[Target, ...]:
    """Keep the cards of one kind of build: no build serves two vendors."""
    for device in (preferred, *DEVICES.values()):
        same = [one for one in wanted if one.device == device]
        if same:
            return tuple(sorted(same, key=lambda one: one.rank, reverse=True))
    return ()
