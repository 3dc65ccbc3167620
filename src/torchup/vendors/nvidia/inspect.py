"""Asks NVIDIA's sources one after the other and makes one report of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchup.host.together import together
from torchup.model import Driver, Evidence
from torchup.vendors import VendorReport
from torchup.vendors.containers import in_container
from torchup.vendors.nvidia.cuda import CudaAnswer, ask_cuda, in_cuda_order
from torchup.vendors.nvidia.kernel import gpus_from_proc, module_version, signed_only
from torchup.vendors.nvidia.merge import evidence_of, merge
from torchup.vendors.nvidia.nvml import (
    DRIVER_NOT_LOADED,
    LIBRARY_MISMATCH,
    Answer,
    ask_nvml,
    cuda_version,
    gpus_from,
)
from torchup.vendors.nvidia.places import find_smi
from torchup.vendors.nvidia.problems import Findings, find_problems
from torchup.vendors.nvidia.smi import ask_smi
from torchup.vendors.pci import evidence_from_pci, gpus_from_pci

if TYPE_CHECKING:
    from torchup.host import Host
    from torchup.vendors.nvidia.smi import SmiAnswer
    from torchup.vendors.pci import PciDevice


def inspect(host: Host, plugged: tuple[PciDevice, ...]) -> VendorReport:
    """Ask every source that can add something; ``plugged`` are NVIDIA's cards on the bus."""
    answer, started = _ask_libraries(host)
    smi = _ask_smi(host, answer)
    module = module_version(host)
    lists = [
        gpus_from(answer) if answer else (),
        smi.gpus if smi else (),
        gpus_from_proc(host),
        gpus_from_pci("nvidia", plugged),
    ]
    driven = in_cuda_order(merge(merge(lists[0], lists[1]), lists[2]), started)
    gpus = merge(driven, lists[3])
    driver = _driver(answer, smi, module)
    problems = find_problems(
        Findings(
            plugged=plugged,
            gpus=gpus,
            driven=driven,
            version=driver.version if driver else None,
            module=module[0] if module else None,
            answer=answer,
            started=started,
            smi=smi,
            has_devices=any(name.startswith("nvidia") for name in host.listdir("/dev")),
            in_container=in_container(host),
            visible=host.env("CUDA_VISIBLE_DEVICES"),
            signed_only=_not_loaded(answer) and signed_only(host),
        )
    )
    evidence = (
        *(seen for found in lists[:3] for seen in evidence_of(found)),
        *evidence_from_pci(plugged),
        *_evidence(answer, smi, module),
        *_of_cuda(started),
    )
    drivers = (driver,) if driver else ()
    return VendorReport(gpus=gpus, drivers=drivers, problems=problems, evidence=evidence)


def _not_loaded(answer: Answer | None) -> bool:
    return (
        answer is not None
        and answer.refused is not None
        and (answer.refused.code == DRIVER_NOT_LOADED)
    )


def _ask_libraries(host: Host) -> tuple[Answer | None, CudaAnswer | None]:
    """Ask the driver's two libraries side by side: each takes a while to wake a card."""
    if host.system != "linux":
        return None, None
    found: list[Answer | CudaAnswer | None] = together(
        [lambda: ask_nvml(host), lambda: ask_cuda(host)]
    )
    answer, started = found
    return (
        answer if isinstance(answer, Answer) else None,
        started if isinstance(started, CudaAnswer) else None,
    )


def _of_cuda(started: CudaAnswer | None) -> tuple[Evidence, ...]:
    if started is None:
        return ()
    said = started.why if started.init is None else str(started.init)
    devices = [
        Evidence(source="libcuda", key=f"{one.index}.bus", value=one.bus or "?")
        for one in started.devices
    ]
    return (Evidence(source="libcuda", key="cuInit", value=said), *devices)


def _ask_smi(host: Host, answer: Answer | None) -> SmiAnswer | None:
    """Ask ``nvidia-smi`` where NVML was not heard, and where it can do better than NVML."""
    if answer is not None:
        heard = answer.ended == "answered" and answer.refused is None
        refused = answer.refused
        # The program uses the same library, so these two would only be said twice.
        same = refused is not None and refused.code in {DRIVER_NOT_LOADED, LIBRARY_MISMATCH}
        if heard or same or answer.ended == "hung":
            return None
    program = find_smi(host)
    return ask_smi(host, program) if program else None


def _driver(
    answer: Answer | None, smi: SmiAnswer | None, module: tuple[str, str] | None
) -> Driver | None:
    if answer is not None and answer.driver:
        return Driver(
            vendor="nvidia",
            version=answer.driver,
            max_runtime=cuda_version(answer.cuda),
            source="nvml",
        )
    if smi is not None and smi.driver:
        return Driver(
            vendor="nvidia", version=smi.driver, max_runtime=smi.cuda, source="nvidia-smi"
        )
    if module is not None:
        return Driver(vendor="nvidia", version=module[0], source=module[1])
    return None


def _evidence(
    answer: Answer | None, smi: SmiAnswer | None, module: tuple[str, str] | None
) -> tuple[Evidence, ...]:
    """Say what each source told of the driver, and each question that failed."""
    found = []
    if answer is not None:
        found += [
            Evidence(source="nvml", key="ended", value=f"{answer.ended} {answer.said}".strip())
        ]
        found += [
            Evidence(source="nvml", key=failure.function, value=f"{failure.code} {failure.why}")
            for failure in answer.failures
        ]
        if answer.driver:
            found.append(Evidence(source="nvml", key="driver", value=answer.driver))
    if smi is not None:
        found.append(Evidence(source="nvidia-smi", key="driver", value=smi.driver or smi.why or ""))
    if module is not None:
        found.append(Evidence(source=module[1], key="driver", value=module[0]))
    return tuple(found)
