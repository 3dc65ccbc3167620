"""NVML's answer, from a child process with a time limit."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final, Literal

import msgspec
from msgspec import Struct

from torchup.host import NOT_STARTED
from torchup.model import ComputeMode, Gpu
from torchup.vendors.nvidia.places import library_path
from torchup.vendors.pci import normal_address

if TYPE_CHECKING:
    from torchup.host import Completed, Host

TIME_LIMIT: Final = 15.0  # seconds; without the persistence daemon a card takes some to wake up

# nvmlReturn_t, nvml.h
DRIVER_NOT_LOADED: Final = 9
LIBRARY_NOT_FOUND: Final = 12
GPU_IS_LOST: Final = 15
LIBRARY_MISMATCH: Final = 18

# nvmlGpuVirtualizationMode_t, nvmlComputeMode_t and nvmlGpuFabricState_t, nvml.h
VIRTUAL: Final = frozenset({2, 3, 4})  # a guest's part of a card, or the host of such parts
COMPUTE_MODES: Final[dict[int, ComputeMode]] = {
    0: "default",
    1: "exclusive-thread",
    2: "prohibited",
    3: "exclusive-process",
}
FABRIC_NOT_STARTED: Final = 1

Ended = Literal["answered", "hung", "crashed", "not-started"]


class Failure(Struct, frozen=True):
    """A question that NVML did not answer; ``gpu`` is None for the whole system."""

    function: str
    why: str = ""
    code: int | None = None
    gpu: int | None = None


class Device(Struct, frozen=True):
    """One GPU in NVML's own units: bytes, and PCI ids as device << 16 | vendor."""

    index: int
    name: str | None = None
    uuid: str | None = None
    bus: str | None = None
    device: int | None = None
    subsystem: int | None = None
    memory: int | None = None
    capability: tuple[int, int] | None = None
    mig: int | None = None
    virtual: int | None = None
    compute: int | None = None
    persistence: int | None = None
    ecc: int | None = None
    fabric: int | None = None


class Answer(Struct, frozen=True):
    """The child's document, and how the child ended."""

    driver: str | None = None
    cuda: int | None = None
    gpus: tuple[Device, ...] = ()
    failures: tuple[Failure, ...] = ()
    ended: Ended = "answered"
    said: str = ""

    @property
    def refused(self) -> Failure | None:
        """Why NVML could not be started at all, if so."""
        return next((f for f in self.failures if f.function in {"nvmlInit", "load"}), None)

    @property
    def unopened(self) -> bool:
        """Whether the driver counts a card that it could not open."""
        opening = "nvmlDeviceGetHandleByIndex"
        return any(failure.function.startswith(opening) for failure in self.failures)


def ask_nvml(host: Host) -> Answer:
    """Run the child and read what it prints; never raises."""
    if not sys.executable:
        return Answer(ended="not-started")
    # A relative import path would not survive -I; the file itself is what the child runs.
    payload = __file__.removesuffix("nvml.py") + "payload_nvml.py"
    done = host.run([sys.executable, "-I", payload], timeout=TIME_LIMIT, env=library_path(host))
    how, said = how_ended(done)
    if how == "answered":
        try:
            return msgspec.json.decode(done.out.encode(), type=Answer)
        except msgspec.MsgspecError:
            how, said = "crashed", done.out[:200]
    return Answer(ended=how, said=said)


def how_ended(done: Completed) -> tuple[Ended, str]:
    """Tell how a child ended, and what it said last where it crashed."""
    if done.timed_out:
        return "hung", ""
    if done.code == NOT_STARTED:
        return "not-started", ""
    if done.code == 0:
        return "answered", ""
    last = done.err.strip().rpartition("\n")[2]
    return "crashed", f"{done.code} {last}".strip()


def gpus_from(answer: Answer) -> tuple[Gpu, ...]:
    """Turn NVML's devices into GPUs; one that could not be opened is left to the other sources."""
    return tuple(
        Gpu(
            index=device.index,
            vendor="nvidia",
            name=device.name,
            arch=arch_name(device.capability),
            pci_id=_pci_id(device.device),
            subsystem=_pci_id(device.subsystem),
            pci_address=normal_address(device.bus) if device.bus else None,
            uuid=device.uuid,
            memory_mib=mebibytes(device.memory),
            mig=_switched(device.mig),
            virtual=None if device.virtual is None else device.virtual in VIRTUAL,
            compute=COMPUTE_MODES.get(device.compute) if device.compute is not None else None,
            persistence=_switched(device.persistence),
            ecc_errors=device.ecc if device.ecc is not None and device.ecc >= 0 else None,
            source="nvml",
        )
        for device in answer.gpus
        if device.bus or device.uuid or device.name
    )


def mebibytes(size: int | None) -> int | None:
    """Turn bytes into MiB; a size that is none (a driver that went wrong) is unknown."""
    return size >> 20 if size and size > 0 else None


def _switched(value: int | None) -> bool | None:
    return None if value is None else value == 1


def arch_name(capability: tuple[int, int] | None) -> str | None:
    """Name an architecture by its compute capability: (8, 6) → ``sm_86``."""
    return f"sm_{capability[0]}{capability[1]}" if capability else None


def cuda_version(number: int | None) -> str | None:
    """Read CUDA's number: 12080 → ``12.8`` (major * 1000 + minor * 10)."""
    return f"{number // 1000}.{number % 1000 // 10}" if number else None


def _pci_id(number: int | None) -> str | None:
    return f"{number & 0xFFFF:04x}:{number >> 16 & 0xFFFF:04x}" if number else None
