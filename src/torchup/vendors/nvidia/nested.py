"""What a container or WSL lacks of the driver that its host has. Pure: facts in, problems out.

Nothing is installed from inside: the driver is the host's, and its libraries are handed on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from torchup.model import Problem
from torchup.vendors.nvidia.cuda import error_name
from torchup.vendors.nvidia.nvml import LIBRARY_NOT_FOUND

if TYPE_CHECKING:
    from torchup.vendors.nvidia.findings import Findings

_MODULES: Final = frozenset({"nvidia"})
WSL_WITH_GPUS: Final = 2


def is_nested(found: Findings) -> bool:
    """Tell whether cards may be there that only handed-on libraries can show."""
    return found.wsl == WSL_WITH_GPUS or (found.jetson and found.in_container)


def of_nesting(found: Findings) -> Problem | None:
    """Say what keeps every card from here, where it is the container's or WSL's doing."""
    if found.driven or _is_silent(found) or (found.started and found.started.init == 0):
        return None
    heard = found.answer is not None and found.answer.driver is not None
    unseen = found.wsl == WSL_WITH_GPUS and not heard and not found.module
    if found.jetson and found.in_container:
        return Problem(code="nvidia-jetson-no-runtime")
    if found.in_container:
        return Problem(code="nvidia-container-no-libraries") if unseen else _of_container(found)
    return Problem(code="nvidia-wsl-libraries", args={"why": _why(found)}) if unseen else None


def _of_container(found: Findings) -> Problem | None:
    if not (found.plugged or found.module):
        return None
    taken = any(device.driver in _MODULES for device in found.plugged)
    if found.module is None and found.version is None and not taken:
        return Problem(code="nvidia-container-no-driver")
    if not found.has_devices:
        return Problem(code="nvidia-container-no-devices")
    refused = found.answer.refused if found.answer else None
    if refused is not None and refused.code == LIBRARY_NOT_FOUND:
        return Problem(code="nvidia-container-no-libraries")
    return None


def _is_silent(found: Findings) -> bool:
    """A library that hung or crashed is there: that is its own problem."""
    asked = (found.answer, found.started)
    return any(one is not None and one.ended in {"hung", "crashed"} for one in asked)


def _why(found: Findings) -> str:
    if found.started is not None and found.started.init is not None:
        return error_name(found.started.init)
    if found.started is not None and found.started.why:
        return found.started.why
    refused = found.answer.refused if found.answer else None
    return refused.why if refused else "libcuda.so.1"
