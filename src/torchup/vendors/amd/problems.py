"""What is odd about AMD's side of a Linux machine: driver, compute device, permission, variables.

The compute driver is one device for all cards, ``/dev/kfd``; whoever computes must be able to
write to it (ROCm installation guide, post-installation instructions).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from torchup.model import Problem
from torchup.vendors.containers import in_container
from torchup.vendors.wsl import wsl_of

if TYPE_CHECKING:
    from collections.abc import Collection

    from torchup.host import Host
    from torchup.vendors.pci import PciDevice

_KFD: Final = "/dev/kfd"
_MODULE: Final = "amdgpu"
_VISIBLE: Final = ("ROCR_VISIBLE_DEVICES", "HIP_VISIBLE_DEVICES")


def find_problems(
    host: Host, plugged: tuple[PciDevice, ...], computing: Collection[str]
) -> tuple[Problem, ...]:
    """Judge what is there.

    Args:
        host: the machine.
        plugged: AMD's cards on the bus.
        computing: the PCI addresses that the compute driver lists.
    """
    if host.system != "linux":
        return ()
    if wsl_of(host):
        # Cards of Windows: AMD's own program, asked before, has not seen them.
        return (Problem(code="amd-wsl-rocm"),)
    said = [problem for device in plugged if (problem := _of_card(device, computing))]
    driven = any(device.driver == _MODULE or device.address in computing for device in plugged)
    if driven:
        said += _of_device(host)
    return (*said, *_of_visibility(host))


def _of_card(device: PciDevice, computing: Collection[str]) -> Problem | None:
    card = device.address or device.pci_id
    if device.driver == _MODULE or device.address in computing:
        return None
    if device.driver is None:
        return Problem(code="amd-driver-missing", args={"card": card})
    return Problem(code="amd-card-held", args={"card": card, "driver": device.driver})


def _of_device(host: Host) -> list[Problem]:
    if host.modified(_KFD) is None:
        return [Problem(code="amd-container-no-devices" if in_container(host) else "amd-no-kfd")]
    return [] if host.may_write(_KFD) else [Problem(code="amd-kfd-refused")]


def _of_visibility(host: Host) -> list[Problem]:
    """An empty value or ``-1`` hides every card (HIP, environment variables)."""
    values = {name: host.env(name) for name in _VISIBLE}
    return [
        Problem(code="amd-hidden", args={"name": name, "value": value})
        for name, value in values.items()
        if value is not None and value.strip() in {"", "-1"}
    ]
