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

from torchup.host import NOT_STARTED
from torchup.vendors.nvidia.nvml import Ended, arch_name
from torchup.vendors.pci import normal_address

if TYPE_CHECKING:
    from torchup.host import Host
    from torchup.model import Gpu

TIME_LIMIT: Final = 15.0  # seconds; on a machine of eight cards without persistence it takes some
NO_DEVICE: Final = 100
"""CUDA_ERROR_NO_DEVICE, cuda.h."""
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
    """One device in CUDA's order; ``uuid`` is 32 hexadecimal digits."""

    index: int
    bus: str | None = None
    uuid: str | None = None
    capability: tuple[int, int] | None = None


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
    if done.timed_out:
        return CudaAnswer(ended="hung")
    if done.code == NOT_STARTED:
        return None
    if done.code == 0:
        try:
            return msgspec.json.decode(done.out.encode(), type=CudaAnswer)
        except msgspec.MsgspecError:
            return CudaAnswer(ended="crashed", said=done.out[:200])
    last = done.err.strip().rpartition("\n")[2]
    return CudaAnswer(ended="crashed", said=f"{done.code} {last}".strip())


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


def is_same(gpu: Gpu, device: CudaDevice) -> bool:
    """Tell whether NVML and CUDA speak of one card."""
    uuid = (gpu.uuid or "").removeprefix("GPU-").replace("-", "").lower()
    if uuid and device.uuid == uuid:
        return True
    bus = normal_address(device.bus) if device.bus else None
    return bus is not None and bus == gpu.pci_address
