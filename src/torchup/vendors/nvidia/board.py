"""The GPU that is part of a Jetson: on no bus, known by the board's name and by libcuda."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from torchup.model import Evidence, Gpu
from torchup.vendors.nvidia.cuda import is_same
from torchup.vendors.nvidia.nvml import arch_name

if TYPE_CHECKING:
    from torchup.host import Host
    from torchup.vendors.nvidia.cuda import CudaAnswer, CudaDevice

RELEASE: Final = "/etc/nv_tegra_release"
_TREES: Final = ("/proc/device-tree", "/sys/firmware/devicetree/base")
_MAKER: Final = "nvidia,tegra"
"""How the names begin in ``compatible`` of the device tree of a board with a Tegra."""
_NAME: Final = "jetson"


def board_model(host: Host) -> str | None:
    """Name the board by its device tree; empty where it has no name, None where it is no Jetson."""
    release = host.modified(RELEASE) is not None
    for tree in _TREES:
        model = _text(host, f"{tree}/model")
        if release or _MAKER in _text(host, f"{tree}/compatible") or _NAME in model.lower():
            return model
    return None


def is_jetson(host: Host) -> bool:
    """Tell whether the machine is a Jetson; a container on one still sees what board it is on."""
    return board_model(host) is not None


def release_of(host: Host) -> tuple[Evidence, ...]:
    """Say which Linux for Tegra the board runs: it decides which builds its maker has for it."""
    from torchup.readers.jetson_release import read

    l4t = read(_text(host, RELEASE)).facts.get("l4t")
    return (Evidence(source=RELEASE, key="l4t", value=str(l4t)),) if l4t else ()


def with_board(
    gpus: tuple[Gpu, ...], model: str | None, started: CudaAnswer | None
) -> tuple[Gpu, ...]:
    """Add the board's own GPU, or complete it where NVML (from JetPack 6 on) listed it.

    Args:
        gpus: what the driver listed.
        model: what :func:`board_model` said.
        started: what CUDA said; cards beside the board's own are on a bus and were listed.
    """
    if model is None:
        return gpus
    devices = started.devices if started else ()
    free = [one for one in devices if not any(is_same(gpu, one) for gpu in gpus)]
    device = free[0] if free else None
    at = next((at for at, gpu in enumerate(gpus) if gpu.pci_address is None), None)
    if at is None and gpus and device is None:
        return gpus  # the newest boards' GPU is on a bus, and was listed
    if at is None:
        source = "libcuda" if device else "device-tree"
        return (_completed(Gpu(index=0, vendor="nvidia", source=source), model, device), *gpus)
    return (*gpus[:at], _completed(gpus[at], model, device), *gpus[at + 1 :])


def _completed(gpu: Gpu, model: str, device: CudaDevice | None) -> Gpu:
    """The catalogue knows these parts by the board's name, not by the one that NVML has."""
    found = replace(gpu, name=model or gpu.name)
    if device is None:
        return found
    arch = found.arch or arch_name(device.capability)
    return replace(found, cuda_index=device.index, arch=arch)


def _text(host: Host, path: str) -> str:
    raw = (host.read(path) or b"").decode("utf-8", "replace")
    return raw.replace("\0", " ").strip()
