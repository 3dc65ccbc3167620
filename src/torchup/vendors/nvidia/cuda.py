"""What a CUDA program would see, from a child process with a time limit.

NVML counts cards by their slots, CUDA the quickest first unless ``CUDA_DEVICE_ORDER`` says
otherwise: cards are matched by UUID and PCI address.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from torchup.model import Gpu
from torchup.model.no_document import NO_DOCUMENT
from torchup.vendors.nvidia.nvml import Ended, arch_name, how_ended, mebibytes
from torchup.vendors.pci import normal_address

if TYPE_CHECKING:
    from torchup.host import Host

TIME_LIMIT: Final = 15.0  # seconds; on a machine of eight cards without persistence it takes some
NO_DEVICE: Final = 100
"""CUDA_ERROR_NO_DEVICE, cuda.h."""
_ON_NO_BUS: Final = "0000:00:00.0"
"""What the GPU of a Tegra, which is part of its chip, has for an address."""
_UUID_DIGITS: Final = 32
_NAMES: Final = {
    1: "CUDA_ERROR_INVALID_VALUE",
    2: "CUDA_ERROR_OUT_OF_MEMORY",
    3: "CUDA_ERROR_NOT_INITIALIZED",
    34: "CUDA_ERROR_STUB_LIBRARY",
    46: "CUDA_ERROR_DEVICE_UNAVAILABLE",
    100: "CUDA_ERROR_NO_DEVICE",
    101: "CUDA_ERROR_INVALID_DEVICE",
    304: "CUDA_ERROR_OPERATING_SYSTEM",
    802: "CUDA_ERROR_SYSTEM_NOT_READY",
    803: "CUDA_ERROR_SYSTEM_DRIVER_MISMATCH",
    804: "CUDA_ERROR_COMPAT_NOT_SUPPORTED_ON_DEVICE",
    999: "CUDA_ERROR_UNKNOWN",
}
"""CUresult, cuda.h."""


class CudaDevice(Struct, frozen=True):
    """One device in CUDA's order; ``uuid`` is 32 hexadecimal digits, ``memory`` in bytes."""

    index: int
    bus: str | None = None
    uuid: str | None = None
    capability: tuple[int, int] | None = None
    name: str | None = None
    memory: int | None = None


class CudaAnswer(Struct, frozen=True):
    """The child's document, and how the child ended.

    ``init`` is what starting CUDA answered, None without a library; ``off_path`` the folder in
    which the library lies where a program that asks for it by name does not find it.
    """

    init: int | None = None
    cuda: int | None = None
    devices: tuple[CudaDevice, ...] = ()
    why: str = ""
    off_path: str | None = None
    ended: Ended = "answered"
    said: str = ""


def ask_cuda(host: Host) -> CudaAnswer | None:
    """Run the child and read what it prints; None where it was not started. Never raises."""
    if not sys.executable:
        return None
    payload = __file__.removesuffix("cuda.py") + "payload_cuda.py"
    # Hidden cards are told of elsewhere; here every card counts.
    env = {"CUDA_VISIBLE_DEVICES": None}
    done = host.run([sys.executable, "-I", payload], timeout=TIME_LIMIT, env=env)
    how, said = how_ended(done)
    if how == "answered":
        try:
            return msgspec.json.decode(done.out.encode(), type=CudaAnswer)
        except NO_DOCUMENT:
            how, said = "crashed", done.out[:200]
    return None if how == "not-started" else CudaAnswer(ended=how, said=said)


def error_name(code: int) -> str:
    """Name a CUresult as cuda.h does."""
    return _NAMES.get(code, f"CUresult {code}")


def in_cuda_order(gpus: tuple[Gpu, ...], answer: CudaAnswer | None) -> tuple[Gpu, ...]:
    """Add to each card the number by which CUDA programs know it, and what NVML left open."""
    if answer is None or not answer.devices:
        return gpus
    return tuple(_with_cuda(gpu, answer.devices) for gpu in gpus)


def _with_cuda(gpu: Gpu, devices: tuple[CudaDevice, ...]) -> Gpu:
    device = next((one for one in devices if is_same(gpu, one)), None)
    if device is None:
        return replace(gpu, cuda_index=None)
    return replace(gpu, cuda_index=device.index, arch=gpu.arch or arch_name(device.capability))


def gpus_from_cuda(answer: CudaAnswer | None, known: tuple[Gpu, ...]) -> tuple[Gpu, ...]:
    """List the cards that CUDA sees and ``known`` has not; a part that is on no bus is no card."""
    found: list[Gpu] = []
    for device in answer.devices if answer else ():
        address = normal_address(device.bus or "")
        # Of one card that is cut into slices CUDA tells slice by slice.
        if address in {None, _ON_NO_BUS} or any(is_same(gpu, device) for gpu in (*known, *found)):
            continue
        found.append(
            Gpu(
                vendor="nvidia",
                name=device.name,
                arch=arch_name(device.capability),
                uuid=_uuid(device.uuid),
                pci_address=address,
                memory_mib=mebibytes(device.memory),
                source="libcuda",
            )
        )
    return tuple(found)


def _uuid(digits: str | None) -> str | None:
    """Write a UUID as NVML does."""
    if digits is None or len(digits) != _UUID_DIGITS:
        return None
    parts = (digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:])
    return f"GPU-{'-'.join(parts)}"


def is_same(gpu: Gpu, device: CudaDevice) -> bool:
    """Tell whether NVML and CUDA speak of one card."""
    uuid = (gpu.uuid or "").removeprefix("GPU-").replace("-", "").lower()
    if uuid and device.uuid == uuid:
        return True
    bus = normal_address(device.bus) if device.bus else None
    return bus is not None and bus == gpu.pci_address
