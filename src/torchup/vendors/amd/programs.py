"""AMD's own programs: where they are, and what their answers add to what the kernel says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from torchup.model import Gpu, Problem
from torchup.vendors.pci import normal_address

if TYPE_CHECKING:
    from collections.abc import Iterable

    from torchup.host import Completed, Host
    from torchup.readers.reading import ReadGpu

TIME_LIMIT: Final = 10.0  # seconds
_FOLDERS: Final = ("/opt/rocm/bin", "/usr/bin")
_ADDED: Final = ("name", "arch", "memory_mib", "uuid")
_LONGEST: Final = 200


def find_program(host: Host, name: str) -> str | None:
    """Find a program on the search path or where ROCm puts it; None where it is not."""
    places = (host.which(name), *(f"{folder}/{name}" for folder in _FOLDERS))
    return next((one for one in places if one and host.is_executable(one)), None)


def gpu_of(card: ReadGpu, source: str) -> Gpu:
    """Turn a card that a program named into a GPU."""
    return Gpu(
        index=card.index,
        vendor="amd",
        name=card.name,
        arch=card.arch,
        pci_id=card.pci_id,
        pci_address=normal_address(card.bus_id) if card.bus_id else None,
        uuid=card.uuid,
        memory_mib=card.memory_mib,
        source=source,
    )


def completed(gpus: Iterable[Gpu], told: Iterable[Gpu]) -> tuple[Gpu, ...]:
    """Add to the kernel's cards what a program knows of them; its own cards are not added.

    The programs count the cards in an order of their own, so they are matched by their slots.
    """
    by_address = {one.pci_address: one for one in told if one.pci_address}
    return tuple(_with(gpu, by_address.get(gpu.pci_address or "")) for gpu in gpus)


def _with(gpu: Gpu, told: Gpu | None) -> Gpu:
    if told is None:
        return gpu
    more = {key: getattr(told, key) for key in _ADDED if getattr(gpu, key) is None}
    return replace(gpu, **more)


def failure(program: str, done: Completed) -> Problem:
    """Say that a program gave no answer, in its own words where it has any."""
    said = (done.err.strip() or done.out.strip()).splitlines()
    why = f"> {TIME_LIMIT:.0f} s" if done.timed_out else (said[-1:] or [str(done.code)])[0]
    return Problem(code="amd-program-failed", args={"program": program, "why": why[:_LONGEST]})
