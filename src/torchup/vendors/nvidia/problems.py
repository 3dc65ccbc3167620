"""What is odd about NVIDIA's side of a machine. Pure: facts in, problems out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchup.model import Gpu, Problem
from torchup.vendors.nvidia.nested import of_nesting
from torchup.vendors.nvidia.nvml import (
    DRIVER_NOT_LOADED,
    GPU_IS_LOST,
    LIBRARY_MISMATCH,
    LIBRARY_NOT_FOUND,
    TIME_LIMIT,
    Answer,
)
from torchup.vendors.nvidia.starting import of_start

if TYPE_CHECKING:
    from collections.abc import Iterable

    from torchup.vendors.nvidia.findings import Findings
    from torchup.vendors.nvidia.nvml import Failure
    from torchup.vendors.pci import PciDevice


def find_problems(found: Findings) -> tuple[Problem, ...]:
    """Judge what was found; the cause before its consequences."""
    nested = of_nesting(found)
    if nested is not None:
        return (nested,)
    if _is_login_node(found):
        return (Problem(code="nvidia-no-card-here"),)
    return (
        *_of_nvml(found),
        *_of_lost(found),
        *(problem for device in found.plugged if (problem := _of_card(found, device))),
        *of_states(found.driven),
        *of_start(found),
        *_of_visibility(found),
    )


def _is_login_node(found: Findings) -> bool:
    """Whether NVIDIA's programs are installed for other machines: this one has no card for them.

    Cards are handed on without a bus to Jetsons, WSL and containers.
    """
    elsewhere = found.jetson or found.wsl or found.in_container or found.has_devices
    return found.cardless and not elsewhere


def _of_nvml(found: Findings) -> list[Problem]:
    answer = found.answer
    if answer is None or answer.ended == "not-started":
        return _of_smi(found)
    if answer.ended == "hung":
        return [Problem(code="nvidia-nvml-hung", args={"seconds": f"{TIME_LIMIT:.0f}"})]
    if answer.ended == "crashed":
        return [Problem(code="nvidia-nvml-crashed", args={"why": answer.said}), *_of_smi(found)]
    refused = answer.refused
    if refused is not None:
        return [*_of_refusal(found, refused), *_of_smi(found)]
    problems = [
        Problem(
            code="nvidia-gpu-query-failed",
            args={"index": str(failure.gpu), "function": failure.function, "why": failure.why},
        )
        for failure in answer.failures
        if failure.gpu is not None and failure.code != GPU_IS_LOST
    ]
    if found.version is not None and not found.driven and not found.lost:
        problems.append(Problem(code="nvidia-no-gpu", args={"version": found.version}))
    return problems


def _of_refusal(found: Findings, refused: Failure) -> list[Problem]:
    if refused.code == LIBRARY_MISMATCH:
        return [Problem(code="nvidia-driver-mismatch", args={"module": found.module or "?"})]
    if refused.code == DRIVER_NOT_LOADED:
        code = "nvidia-secure-boot" if found.signed_only else "nvidia-driver-not-loaded"
        return [Problem(code=code)]
    if refused.code == LIBRARY_NOT_FOUND:
        if found.module is None or found.driven or found.in_container:
            return []  # the cards' own problems say it better, and a container installs no driver
        return [Problem(code="nvidia-library-missing", args={"version": found.module})]
    args = {"function": refused.function, "why": refused.why}
    return [Problem(code="nvidia-nvml-failed", args=args)]


def _of_smi(found: Findings) -> list[Problem]:
    if found.smi is None or found.smi.why is None:
        return []
    return [Problem(code="nvidia-smi-failed", args={"why": found.smi.why})]


def _of_lost(found: Findings) -> list[Problem]:
    """Cards that fell off the bus: those that are known, else those that NVML counts as lost."""
    said = dict(found.lost)
    by_index = _lost_by_index(found.answer)
    if len(by_index) > len(said):
        listed = {gpu.pci_address for gpu in found.driven}
        silent = [at for device in found.plugged if (at := device.address) and at not in listed]
        for index, why in by_index.items():
            known = next((gpu for gpu in found.driven if gpu.index == index), None)
            at = known.pci_address if known else (silent[0] if len(silent) == 1 else None)
            said.setdefault(at or f"GPU {index}", why)
    return [
        Problem(code="nvidia-gpu-lost", args={"card": card, "why": why})
        for card, why in said.items()
    ]


def _lost_by_index(answer: Answer | None) -> dict[int, str]:
    failures = answer.failures if answer else ()
    return {one.gpu: one.why for one in failures if one.code == GPU_IS_LOST and one.gpu is not None}


def _of_card(found: Findings, device: PciDevice) -> Problem | None:
    card = device.address or device.pci_id
    if device.driver == "nouveau":
        return Problem(code="nvidia-nouveau", args={"card": card})
    if device.driver not in {None, "nvidia"}:
        return Problem(code="nvidia-card-held", args={"card": card, "driver": str(device.driver)})
    if found.version is None and found.module is None:
        refused = found.answer.refused if found.answer else None
        if refused is not None and refused.code == DRIVER_NOT_LOADED:
            return None  # a library that finds its module not loaded has said so already
        return Problem(code="nvidia-driver-missing", args={"card": card})
    if found.in_container and found.driven:
        return None  # it was given some of its host's cards, as is usual
    listed = any(gpu.pci_address == device.address for gpu in found.driven)
    unopened = found.answer is not None and found.answer.unopened
    if device.address in found.lost:
        return None
    if found.driven and device.address and not listed and not unopened:
        args = {"card": card, "version": found.version or found.module or "?"}
        return Problem(code="nvidia-card-not-driven", args=args)
    return None


def of_states(gpus: Iterable[Gpu]) -> list[Problem]:
    """What the cards' own settings and counters say against computing on them."""
    said: list[Problem] = []
    for gpu in gpus:
        card, index = gpu.name or gpu.pci_address or "?", str(gpu.index)
        if gpu.compute == "prohibited":
            args = {"card": card, "index": index}
            said.append(Problem(code="nvidia-compute-prohibited", args=args))
        if gpu.ecc_errors:
            args = {"card": card, "index": index, "count": str(gpu.ecc_errors)}
            said.append(Problem(code="nvidia-ecc-errors", args=args))
    return said


def _of_visibility(found: Findings) -> list[Problem]:
    if found.visible is None or not found.gpus:
        return []
    hidden = hidden_gpus(found.visible, found.gpus)
    if not hidden:
        return []
    args = {"value": found.visible, "hidden": str(len(hidden)), "total": str(len(found.gpus))}
    return [Problem(code="nvidia-hidden", args=args)]


def hidden_gpus(visible: str, gpus: tuple[Gpu, ...]) -> tuple[Gpu, ...]:
    """Tell which GPUs CUDA_VISIBLE_DEVICES hides.

    CUDA reads it from the left up to the first entry that names no device, so that ``-1`` or an
    empty value hides all (CUDA C Programming Guide, environment variables).
    """
    shown: list[Gpu] = []
    for entry in visible.split(","):
        name = entry.strip()
        found = next((gpu for gpu in gpus if _names(name, gpu)), None)
        if found is None:
            break
        shown.append(found)
    return tuple(gpu for gpu in gpus if gpu not in shown)


def _names(entry: str, gpu: Gpu) -> bool:
    if entry.isascii() and entry.isdigit():
        number = gpu.index if gpu.cuda_index is None else gpu.cuda_index
        return number is not None and number == int(entry[:9])
    if entry.startswith("MIG-"):
        return f"GPU-{entry[4:]}" == gpu.uuid or entry.startswith(f"MIG-{gpu.uuid}/")
    return bool(entry) and (gpu.uuid or "").startswith(entry)
