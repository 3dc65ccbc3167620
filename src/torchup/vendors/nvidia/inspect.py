"""Asks NVIDIA's sources one after the other and makes one report of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from torchup.host.together import together
from torchup.model import Driver, Evidence
from torchup.model.drivers import driver_number
from torchup.vendors import VendorReport
from torchup.vendors.containers import in_container
from torchup.vendors.nvidia.board import board_model, release_of, with_board
from torchup.vendors.nvidia.cuda import CudaAnswer, ask_cuda, gpus_from_cuda, in_cuda_order
from torchup.vendors.nvidia.findings import Findings
from torchup.vendors.nvidia.kernel import (
    gpus_from_proc,
    is_switched,
    module_version,
    signed_only,
)
from torchup.vendors.nvidia.lost import find_lost
from torchup.vendors.nvidia.merge import evidence_of, merge, merge_all
from torchup.vendors.nvidia.nested import is_nested
from torchup.vendors.nvidia.nvml import (
    DRIVER_NOT_LOADED,
    LIBRARY_MISMATCH,
    Answer,
    ask_nvml,
    cuda_version,
    gpus_from,
)
from torchup.vendors.nvidia.places import WSL_DEVICE, find_smi, own_libcuda
from torchup.vendors.nvidia.problems import find_problems
from torchup.vendors.nvidia.smi import ask_smi
from torchup.vendors.pci import evidence_from_pci, gpus_from_pci
from torchup.vendors.wsl import wsl_of

if TYPE_CHECKING:
    from torchup.host import Host
    from torchup.vendors.nvidia.smi import SmiAnswer
    from torchup.vendors.pci import PciDevice


def inspect(host: Host, plugged: tuple[PciDevice, ...], *, cardless: bool = False) -> VendorReport:
    """Ask every source that can add something.

    Args:
        host: the machine.
        plugged: NVIDIA's cards on the bus.
        cardless: the bus was looked at, and none is on it.
    """
    answer, started = _ask_libraries(host)
    smi = _ask_smi(host, answer)
    module = module_version(host)
    board = board_model(host) if host.system == "linux" else None
    told = [gpus_from(answer) if answer else (), smi.gpus if smi else (), gpus_from_proc(host)]
    if not _heard(answer):
        told.append(gpus_from_cuda(started, merge_all(told)))
    driven = in_cuda_order(merge_all(told), started)
    gpus = with_board(merge(driven, gpus_from_pci("nvidia", plugged)), board, started)
    driver = _driver(answer, smi, module, started) or _listed(plugged)
    found = Findings(
        plugged=plugged,
        gpus=gpus,
        driven=driven,
        version=driver.version if driver else None,
        module=module[0] if module else None,
        answer=answer,
        started=started,
        smi=smi,
        jetson=board is not None,
        cardless=cardless and not gpus,
    )
    found = _in_surroundings(host, found)
    evidence = (
        *(seen for one in told for seen in evidence_of(one)),
        *evidence_from_pci(plugged),
        *_evidence(answer, smi, module),
        *_of_cuda(started),
        *(release_of(host) if board is not None else ()),
    )
    return VendorReport(
        gpus=gpus,
        drivers=(driver,) if driver else (),
        problems=find_problems(found),
        evidence=evidence,
        # Windows' cards and a Jetson's are on no bus here: without libraries nobody can tell.
        unknown=not gpus and driver is None and is_nested(found),
    )


def _heard(answer: Answer | None) -> bool:
    return answer is not None and answer.ended == "answered" and answer.refused is None


def _in_surroundings(host: Host, found: Findings) -> Findings:
    """Add what the system around the driver tells."""
    if host.system != "linux":
        return replace(found, visible=host.env("CUDA_VISIBLE_DEVICES"))
    wsl = wsl_of(host)
    inside = in_container(host)
    names = host.listdir("/dev")
    return replace(
        found,
        has_devices=any(name.startswith("nvidia") or name == WSL_DEVICE for name in names),
        has_memory="nvidia-uvm" in names,
        in_container=inside,
        visible=host.env("CUDA_VISIBLE_DEVICES"),
        signed_only=_not_loaded(found.answer) and signed_only(host),
        wsl=wsl,
        switched=is_switched(host),
        lost=find_lost(host, found.plugged, found.driven) if _may_be_lost(found) else {},
        own_libcuda=own_libcuda(host) if wsl and not inside else None,
    )


def _may_be_lost(found: Findings) -> bool:
    """Whether the driver answers and a card that it took is silent."""
    answer = found.answer
    if answer is None or answer.driver is None:
        return False
    listed = {gpu.pci_address for gpu in found.driven}
    silent = any(one.driver == "nvidia" and one.address not in listed for one in found.plugged)
    return silent or not found.driven or answer.unopened


def _not_loaded(answer: Answer | None) -> bool:
    return (
        answer is not None
        and answer.refused is not None
        and (answer.refused.code == DRIVER_NOT_LOADED)
    )


def _ask_libraries(host: Host) -> tuple[Answer | None, CudaAnswer | None]:
    """Ask the driver's two libraries side by side: each takes a while to wake a card."""
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
    if started.ended != "answered":
        value = f"{started.ended} {started.said}".strip()
        return (Evidence(source="libcuda", key="ended", value=value),)
    said = started.why if started.init is None else str(started.init)
    devices = [
        Evidence(source="libcuda", key=f"{one.index}.bus", value=one.bus or "?")
        for one in started.devices
    ]
    return (Evidence(source="libcuda", key="cuInit", value=said), *devices)


def _ask_smi(host: Host, answer: Answer | None) -> SmiAnswer | None:
    """Ask ``nvidia-smi`` where NVML was not heard, and where it can do better than NVML."""
    if answer is not None:
        refused = answer.refused
        # The program uses the same library, so these two would only be said twice.
        same = refused is not None and refused.code in {DRIVER_NOT_LOADED, LIBRARY_MISMATCH}
        if _heard(answer) or same or answer.ended == "hung":
            return None
    program = find_smi(host)
    return ask_smi(host, program) if program else None


def _driver(
    answer: Answer | None,
    smi: SmiAnswer | None,
    module: tuple[str, str] | None,
    started: CudaAnswer | None,
) -> Driver | None:
    """The driver, from the most trusted source; where only CUDA answered, its number is unknown."""
    cuda = cuda_version(started.cuda) if started and started.init == 0 else None
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
        return Driver(vendor="nvidia", version=module[0], max_runtime=cuda, source=module[1])
    if cuda is not None:
        return Driver(vendor="nvidia", version="", max_runtime=cuda, source="libcuda")
    return None


def _listed(plugged: tuple[PciDevice, ...]) -> Driver | None:
    """What Windows lists with the card; another form than NVIDIA's is another maker's driver."""
    for device in plugged:
        number = driver_number(device.version or "")
        if device.version and number != device.version:
            return Driver(vendor="nvidia", version=number, source="wmi")
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
