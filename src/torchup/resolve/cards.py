"""What a card is: its maker and its architecture, by whatever is known of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from torchup.model import Device, Reason
from torchup.resolve.numbers import capability, gfx

if TYPE_CHECKING:
    from torchup.facts.gpus import Display
    from torchup.model import FactRef, Gpu

DEVICES: Final[dict[str, Device]] = {
    "nvidia": "cuda",
    "amd": "rocm",
    "intel": "xpu",
    "apple": "mps",
}

_CUT: Final = ("...", "\N{HORIZONTAL ELLIPSIS}")
"""How a name ends that a program had no room for: ``NVIDIA GeForce ...``."""


class KnownGpu(Protocol):
    """A row of the catalogue's table of GPUs."""

    @property
    def name(self) -> str:
        """The product's name."""

    @property
    def vendor(self) -> str:
        """Its maker."""

    @property
    def archs(self) -> tuple[str, ...]:
        """The architectures of the chips sold under that name."""

    @property
    def fact(self) -> int:
        """The number of the row behind it."""


class GpuTable(Protocol):
    """How cards are found by what is known of them."""

    def by_pci(self, pci_id: str, subsystem: str | None = None) -> KnownGpu | None:
        """Find a card by ``vendor:device``."""

    def display(self, name: str) -> Display | None:
        """Find the maker of a card that only shows a picture."""

    def maker_of(self, arch: str) -> str:
        """Return the maker whose cards have an architecture; empty where no card has it."""

    def fact(self, ref: int) -> FactRef:
        """Return the row that a number stands for."""

    def find(self, name: str) -> tuple[KnownGpu, ...]:
        """Find cards by product name, or by what it means (``GRID A100-10C``)."""


def vendor_of(gpu: Gpu, gpus: GpuTable | None) -> str:
    """The maker, where the document doesn't name it; empty where nothing tells."""
    if gpu.pci_id:
        from torchup.model.makers import display_maker

        return display_maker(gpu.pci_id) or ""
    by_arch = _maker_of(gpu.arch, gpus) if gpu.arch else ""
    if by_arch or not gpu.name:
        return by_arch
    known = gpus.find(gpu.name) if gpus else ()
    if known:
        return known[0].vendor
    from torchup.facts.names import maker_in

    return maker_in(gpu.name)


def _maker_of(arch: str, gpus: GpuTable | None) -> str:
    """The maker, by how it names its architectures; Intel's names are those of its cards."""
    if capability(arch):
        return "nvidia"
    if arch == "mps":
        return "apple"
    return "amd" if gfx(arch) else (gpus.maker_of(arch) if gpus else "")


def arch_of(
    gpu: Gpu, vendor: str, by_id: KnownGpu | None, gpus: GpuTable | None
) -> tuple[str, Reason | None]:
    """The architecture: as probed, else by PCI id, else by name where that is unambiguous.

    Few of Intel's GPUs are supported: one that the table doesn't have is not, its architecture
    stays empty.
    """
    if gpu.arch and (vendor != "nvidia" or capability(gpu.arch)):
        return gpu.arch, None
    if vendor == "apple":
        return "mps", None
    shown = gpu.name or gpu.pci_id or "?"
    if by_id is not None and len(by_id.archs) == 1:
        return by_id.archs[0], None
    named = gpus.find(gpu.name) if gpus and gpu.name else ()
    archs = sorted({arch for one in named if one.vendor == vendor for arch in one.archs})
    if len(archs) == 1:
        return archs[0], None
    if archs:
        return "", Reason(
            code="gpu-ambiguous", effect="reject", subject=shown, has=", ".join(archs)
        )
    if vendor == "intel":
        return "", None
    return "", unknown_card(gpu)


def unknown_card(gpu: Gpu) -> Reason:
    """Say that nothing tells the card's architecture."""
    shown = gpu.name or gpu.pci_id or gpu.arch or f"{(gpu.vendor or '').upper()} GPU".strip()
    cut = shown.endswith(_CUT)
    return Reason(code="gpu-cut" if cut else "gpu-unknown", effect="reject", subject=shown)


def newer_card(gpu: Gpu, arch: str) -> Reason:
    """Say that the facts are older than the card: what is compiled for it is not known."""
    return Reason(code="gpu-newer", effect="reject", subject=gpu.name or arch, has=arch)


def only_shows(gpu: Gpu, gpus: GpuTable | None) -> bool:
    """Tell whether a card only shows a picture, as far as its name tells."""
    return bool(gpus and gpu.name and gpus.display(gpu.name))


def never_supported(gpu: Gpu, arch: str, device: Device) -> Reason:
    """Say that no build was ever published for the card on this system."""
    return Reason(
        code="gpu-never-supported",
        effect="warn",
        subject=gpu.name or gpu.pci_id or arch,
        needs=device,
        has=arch or gpu.pci_id or "?",
    )
