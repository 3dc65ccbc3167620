"""What is odd about how CUDA starts. Pure: facts in, problems out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from torchup.model import Problem
from torchup.vendors.nvidia.cuda import NO_DEVICE, TIME_LIMIT, error_name
from torchup.vendors.nvidia.nvml import FABRIC_NOT_STARTED
from torchup.vendors.nvidia.places import WSL_LIBRARIES

if TYPE_CHECKING:
    from torchup.vendors.nvidia.findings import Findings

_NOT_READY: Final = 802
_UNKNOWN: Final = frozenset({304, 999})
"""Refusals without a cause: an operating system call failed, and unknown."""
_CAUSES: Final = {
    _NOT_READY: "nvidia-cuda-not-ready",
    803: "nvidia-cuda-driver-mismatch",
    804: "nvidia-cuda-compat",
}
"""CUresult (cuda.h) → the problem that its documentation there names as the cause."""


def of_start(found: Findings) -> list[Problem]:
    """Judge how CUDA started, and the fabric that joins the cards of an NVSwitch machine."""
    said = _of_library(found)
    devices = found.answer.gpus if found.answer else ()
    waiting = any(device.fabric == FABRIC_NOT_STARTED for device in devices)
    not_ready = found.started is not None and found.started.init == _NOT_READY
    if waiting or (not_ready and found.switched):
        said = [one for one in said if one.code != _CAUSES[_NOT_READY]]
        said.append(
            Problem(code="nvidia-fabric-not-started", args={"version": found.version or "?"})
        )
    return said


def _of_library(found: Findings) -> list[Problem]:
    started = found.started
    if started is None:
        return []
    # Where NVML ended so too, it has said so, and it is the same driver.
    same = found.answer is not None and found.answer.ended == started.ended
    if started.ended == "hung":
        args = {"seconds": f"{TIME_LIMIT:.0f}"}
        return [] if same else [Problem(code="nvidia-cuda-hung", args=args)]
    if started.ended == "crashed":
        args = {"why": started.said}
        return [] if same else [Problem(code="nvidia-cuda-crashed", args=args)]
    said = []
    if started.off_path:
        said.append(Problem(code="nvidia-wsl-path", args={"folder": started.off_path}))
    if not found.driven or started.init == 0:
        return said
    return [*said, _of_refusal(found, started.init, started.why)]


def _of_refusal(found: Findings, init: int | None, why: str) -> Problem:
    """Where the driver lists cards and CUDA does not start on them all the same."""
    if found.own_libcuda is not None:
        return Problem(code="nvidia-wsl-linux-driver", args={"path": found.own_libcuda})
    if init is None and found.wsl and not found.in_container:
        return Problem(code="nvidia-wsl-path", args={"folder": WSL_LIBRARIES})
    if init is None:
        code = "nvidia-container-no-compute" if found.in_container else "nvidia-libcuda-missing"
        return Problem(code=code, args={"why": why})
    if init == NO_DEVICE and all(gpu.mig for gpu in found.driven):
        return Problem(code="nvidia-mig-empty")
    if init in _UNKNOWN and found.has_devices and not found.has_memory:
        return Problem(code="nvidia-uvm-missing")
    if init in _CAUSES:
        return Problem(code=_CAUSES[init], args={"code": str(init), "name": error_name(init)})
    args = {"code": str(init), "name": error_name(init)}
    return Problem(code="nvidia-cuda-not-started", args=args)
