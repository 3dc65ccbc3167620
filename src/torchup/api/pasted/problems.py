"""What pasted output says is wrong, in the words that the probes of a machine have for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from torchup.model import Problem
from torchup.readers.dmesg_nvrm import FELL_OFF
from torchup.readers.shown import shown
from torchup.vendors.nvidia.problems import of_states
from torchup.vendors.pci import normal_address

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from torchup.model import Driver, Gpu
    from torchup.readers import ReadGpu, Reading

NVIDIAS: Final = ("nvidia-smi", "proc-driver", "dmesg-nvrm")
"""How the kinds of texts begin that tell what state NVIDIA's driver is in."""
_AMDS: Final = ("rocminfo", "rocm-smi", "kfd", "amd-smi")
_ANSWERED: Final = frozenset({"l4t-unknown", "no-gpu", "no-platform", "ok", "ok-with-err-field"})
_FAILED: Final = {
    "nvml-unknown-error": "Unknown Error",
    "nvml-error": "Failed to initialize NVML",
    "library-mismatch": "Function Not Found",
}
_REFUSED: Final = {
    "no-devices": "No devices were found",
    "library-missing": "NVML Shared Library Not Found",
    "access-blocked": "GPU access blocked by the operating system",
    "no-permission": "Insufficient Permissions",
}
"""NVIDIA's own words, under which people find what others say about it."""
_OWN_DRIVERS: Final = {"nvidia": frozenset({"nvidia"}), "amd": frozenset({"amdgpu"})}
_WITHOUT: Final = frozenset(
    {
        "nvidia-nouveau",
        "nvidia-driver-missing",
        "nvidia-driver-not-loaded",
        "nvidia-secure-boot",
    }
)
"""What it is called where no driver of NVIDIA's has a card."""
_FABRIC_WAITS: Final = frozenset({"in progress", "not started"})
_BUSES: Final = ("lspci", "lshw", "hwinfo", "inxi")
"""Programs that say which driver has a card."""
_POWERED_OFF: Final = "ff"
"""The revision that a card has whose registers read as ones throughout."""


def problems_in(
    found: Sequence[Reading], gpus: Sequence[Gpu] | None, drivers: Sequence[Driver] | None
) -> tuple[Problem, ...]:
    """Name what is wrong, each thing once; causes before consequences.

    Args:
        found: what was read.
        gpus: the cards that were taken out of it.
        drivers: the drivers that were.
    """
    every = (
        *(problem for one in found for problem in _of_reading(one, found)),
        *_of_lost(found),
        *_of_kernel(found),
        *_of_settings(found, gpus or (), drivers or ()),
        *_of_missing(found, drivers),
    )
    once: list[Problem] = []
    for problem in every:
        if problem not in once:
            once.append(problem)
    return tuple(once)


def _of_reading(one: Reading, found: Sequence[Reading]) -> Iterator[Problem]:
    if one.state == "truncated":
        yield Problem(code="text-truncated", args={"kind": shown(one.kind)})
    elif one.state == "unreadable":
        yield Problem(code="text-unreadable", args={"kind": shown(one.kind)})
    elif one.kind.startswith(NVIDIAS):
        yield from _of_nvidia(one, found)
    elif one.state in {"driver-not-loaded", "no-permission"} and one.kind.startswith(_AMDS):
        yield from _of_amd(one, found)
    elif one.state not in _ANSWERED and one.gpus is None and one.driver is None:
        yield Problem(code="text-unreadable", args={"kind": shown(one.kind)})


def _of_nvidia(one: Reading, found: Sequence[Reading]) -> Iterator[Problem]:
    if one.state == "driver-not-loaded":
        yield Problem(code=_not_loaded(found))
    elif one.state == "module-refused":
        yield Problem(code="nvidia-secure-boot")
    elif one.state == "driver-library-mismatch":
        loaded = (
            other.driver
            for other in found
            if other.kind in {"proc-driver-nvidia-version", "dmesg-nvrm"} and other.driver
        )
        args = {"module": next(loaded, None) or "nvidia"}
        yield Problem(code="nvidia-driver-mismatch", args=args)
    elif one.state in _FAILED:
        args = {"function": "nvmlInit", "why": _FAILED[one.state]}
        yield Problem(code="nvidia-nvml-failed", args=args)
    elif one.state in _REFUSED:
        yield Problem(code="nvidia-smi-failed", args={"why": _REFUSED[one.state]})


def _not_loaded(found: Sequence[Reading]) -> str:
    """Why NVIDIA's module isn't loaded: most often that is Secure Boot, where it is on."""
    unsigned = any(one.facts.get("secure_boot") for one in found)
    return "nvidia-secure-boot" if unsigned else "nvidia-driver-not-loaded"


def _of_amd(one: Reading, found: Sequence[Reading]) -> Iterator[Problem]:
    if one.state == "driver-not-loaded":
        card = _first_place(found, "amd")
        yield Problem(code="amd-driver-missing", args={"card": card})
    else:
        yield Problem(code="amd-kfd-refused")


def _of_lost(found: Sequence[Reading]) -> Iterator[Problem]:
    """The cards that no longer answer, by slot or number; one without either if that is all."""
    slots = {_short(slot) for one in found for slot in _slots(one)}
    gone = [gpu for gpu in _cards(found) if gpu.extra.get("lost")]
    slots |= {_short(gpu.bus_id) for gpu in gone if gpu.bus_id}
    numbers = {str(gpu.index) for gpu in gone if gpu.index is not None and not gpu.bus_id}
    named = sorted(slots) + sorted(numbers)
    said = any(one.state == "gpu-lost" for one in found)
    for card in named or (["?"] if said else []):
        yield Problem(code="nvidia-gpu-lost", args={"card": card, "why": "GPU is lost"})


def _slots(one: Reading) -> list[str]:
    xids = one.facts.get("xids_of", {})
    return [*one.facts.get("lost", ()), *(slot for slot in xids if FELL_OFF in xids[slot])]


def _short(slot: str) -> str:
    """A slot without its function, which the kernel's log doesn't print."""
    address = normal_address(slot if "." in slot else f"{slot}.0")
    return address.rpartition(".")[0] if address else slot


def _of_bus(found: Sequence[Reading]) -> Iterator[Problem]:
    """What ``lspci`` shows of who holds a card, and of one that doesn't answer."""
    for gpu in _cards(found, *_BUSES):
        card, driver = _place(gpu), gpu.extra.get("kernel_driver")
        own = _OWN_DRIVERS.get(gpu.vendor or "")
        if own is None:
            continue
        if gpu.vendor == "nvidia" and gpu.extra.get("revision") == _POWERED_OFF:
            yield Problem(code="nvidia-card-silent", args={"card": card})
        if driver == "nouveau":
            yield Problem(code="nvidia-nouveau", args={"card": card})
        elif driver and driver not in own:
            args = {"card": card, "driver": str(driver)}
            yield Problem(code=f"{gpu.vendor}-card-held", args=args)
        elif driver is None and "kernel_modules" in gpu.extra:
            # It lists the modules that could take the card, and none that has.
            if gpu.vendor == "nvidia" and own.intersection(gpu.extra["kernel_modules"]):
                yield Problem(code=_not_loaded(found))
            else:
                yield Problem(code=f"{gpu.vendor}-driver-missing", args={"card": card})


def _of_modules(found: Sequence[Reading]) -> Iterator[Problem]:
    seen = any(gpu.extra.get("kernel_driver") for gpu in _cards(found, *_BUSES))
    for one in found:
        loaded = one.facts.get("modules", ()) if one.kind == "lsmod" else ()
        if "nouveau" in loaded and "nvidia" not in loaded and not seen:
            card = _first_place(found, "nvidia")
            yield Problem(code="nvidia-nouveau", args={"card": card})


def _of_settings(
    found: Sequence[Reading], gpus: Iterable[Gpu], drivers: Iterable[Driver]
) -> Iterator[Problem]:
    yield from of_states(gpus)
    states = {str(gpu.extra.get("fabric", "")).lower() for gpu in _cards(found)}
    if states & _FABRIC_WAITS:
        versions = (driver.version for driver in drivers if driver.vendor == "nvidia")
        args = {"version": next(versions, None) or "?"}
        yield Problem(code="nvidia-fabric-not-started", args=args)


def _of_missing(found: Sequence[Reading], drivers: Sequence[Driver] | None) -> Iterator[Problem]:
    """``nvidia-smi`` isn't there: with a card that is a driver to install, without one a hint."""
    if not _smi_missing(found) or drivers or _driven(found):
        return
    cards = _cards(found)
    mine = [gpu for gpu in cards if gpu.vendor == "nvidia"]
    for gpu in mine:
        if gpu.extra.get("kernel_driver") is None and drivers is not None:
            yield Problem(code="nvidia-driver-missing", args={"card": _place(gpu)})
    if not cards or (mine and drivers is None):
        yield Problem(code="nvidia-smi-missing")


def _smi_missing(found: Iterable[Reading]) -> bool:
    return any(one.state == "not-installed" and one.kind.startswith(NVIDIAS) for one in found)


def without_driver(found: Sequence[Reading]) -> bool:
    """Tell whether a text says that no driver is there, and nothing in it shows one.

    Args:
        found: what was read. Of an AMD card, a missing ``nvidia-smi`` says nothing.
    """
    cards = _cards(found)
    nvidia = any(gpu.vendor == "nvidia" for gpu in cards)
    unloaded = any(one.state == "driver-not-loaded" for one in found)
    missing = _smi_missing(found)
    undriven = any(problem.code in _WITHOUT for problem in _of_kernel(found))
    amd = any(gpu.vendor == "amd" for gpu in cards)
    return not _driven(found) and (unloaded or undriven or (missing and (nvidia or not amd)))


def _of_kernel(found: Sequence[Reading]) -> Iterator[Problem]:
    yield from _of_bus(found)
    yield from _of_modules(found)


def _driven(found: Iterable[Reading]) -> bool:
    """Tell whether a text shows that NVIDIA's driver works, or that it holds a card."""
    for one in found:
        mine = [gpu for gpu in one.gpus or () if gpu.vendor == "nvidia"]
        if mine and one.kind.startswith((*NVIDIAS, "gpustat", "device-query", "collect_env")):
            return True
        if any(gpu.extra.get("kernel_driver") == "nvidia" for gpu in mine):
            return True
        if one.kind == "lsmod" and "nvidia" in one.facts.get("modules", ()):
            return True
    return False


def _cards(found: Iterable[Reading], *kinds: str) -> list[ReadGpu]:
    return [gpu for one in found if not kinds or one.kind in kinds for gpu in one.gpus or ()]


def _first_place(found: Iterable[Reading], vendor: str) -> str:
    return next((_place(gpu) for gpu in _cards(found) if gpu.vendor == vendor), "?")


def _place(gpu: ReadGpu) -> str:
    return normal_address(gpu.bus_id or "") or gpu.bus_id or gpu.pci_id or gpu.name or "?"
