"""Everything that was learnt of the NVIDIA side of a machine, before it is judged."""

from __future__ import annotations

from msgspec import Struct

from torchup.model import Gpu
from torchup.vendors.nvidia.cuda import CudaAnswer
from torchup.vendors.nvidia.nvml import Answer
from torchup.vendors.nvidia.smi import SmiAnswer
from torchup.vendors.pci import PciDevice


class Findings(Struct, frozen=True, kw_only=True):
    """What is judged.

    ``version`` is the driver's, None where none answered; ``module`` the loaded kernel module's.
    ``driven`` are the cards that the driver itself listed, ``visible`` is CUDA_VISIBLE_DEVICES.
    ``has_memory`` is whether the device of CUDA's memory manager (``nvidia-uvm``) is there.
    ``signed_only`` is whether Secure Boot lets none but signed modules in; ``switched`` whether
    there is an NVSwitch; ``lost`` maps the addresses of cards that fell off the bus to what tells
    it; ``own_libcuda`` is the library of a Linux driver, looked for inside WSL alone; ``jetson``
    is whether the machine is one; ``cardless`` whether the bus shows no card of NVIDIA's.
    """

    plugged: tuple[PciDevice, ...]
    gpus: tuple[Gpu, ...]
    driven: tuple[Gpu, ...]
    version: str | None
    module: str | None
    answer: Answer | None
    started: CudaAnswer | None
    smi: SmiAnswer | None
    has_devices: bool = False
    has_memory: bool = False
    in_container: bool = False
    visible: str | None = None
    signed_only: bool = False
    wsl: int = 0
    switched: bool = False
    lost: dict[str, str] = {}
    own_libcuda: str | None = None
    jetson: bool = False
    cardless: bool = False
