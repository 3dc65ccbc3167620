"""A machine out of what people paste: ``nvidia-smi``, ``lspci``, ``collect_env`` and their kin.

Long: one document, field by field, each from whichever text knows it best.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, cast

from torchup.api.pasted.cards import answering, distinct
from torchup.api.pasted.catalogue import listed_name, stand_ins, stood_in, with_makers
from torchup.api.pasted.problems import NVIDIAS, problems_in, without_driver
from torchup.api.pasted.system import (
    apple_gpu,
    arch_of,
    cpu_of,
    memory_of,
    os_of,
    pythons_of,
    system_of,
    torch_of,
)
from torchup.facts.load import load_gpus
from torchup.facts.names import arch_in
from torchup.model import Driver, Evidence, Gpu, Machine, Toolkit
from torchup.model.makers import MAKERS
from torchup.readers import READERS
from torchup.readers.decoration import undecorated

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torchup.model import System, Vendor
    from torchup.readers import ReadGpu, Reading

_TRUST: Final = (
    "nvidia-smi-xml",
    "nvidia-smi-q",
    "nvidia-smi-query",
    "nvidia-smi-L",
    "nvidia-smi",
    "device-query",
    "gpustat",
    "proc-driver-nvidia-gpu",
    "rocminfo",
    "amd-smi-json",
    "amd-smi",
    "rocm-smi-json",
    "rocm-smi",
    "hipinfo",
    "kfd-topology-node",
    "xpu-smi-discovery",
    "sycl-ls",
    "jetson-release",
    "system_profiler-displays",
    "collect_env",
    "torch-lines",
    "wmic-videocontroller",
    "dxdiag",
    "pnp-devices",
    "lspci",
    "ubuntu-drivers-devices",
    "hwinfo",
    "lshw",
    "clinfo",
    "inxi",
    "neofetch",
    "glxinfo",
)
"""Which text is believed about a maker's cards where several were pasted, the first before all."""
_ALSO: Final = frozenset(
    {
        "nvidia-smi-version",
        "proc-driver-nvidia-version",
        "nvcc-version",
        "conda-info",
        "pixi-info",
        "pip-debug",
        "os-release",
        "lsb-release",
        "uname",
        "lscpu",
        "libc-version",
        "system_profiler-hardware",
        "sysctl",
        "sw_vers",
        "systeminfo",
        "dmesg-nvrm",
        "nvidia-installed",
        "lsmod",
        "secure-boot",
        "tegrastats",
    }
)
"""Texts that tell something of a machine, and none of its cards."""
_ON_NO_BUS: Final = frozenset({"jetson-release", "tegrastats"})
"""Texts of a Jetson, whose own card is the only one and in no list."""
_EARLIER: Final = ("dmesg-nvrm", "nvidia-installed")
"""The kernel's log may be of an earlier start, and what is installed may not be loaded yet."""
_AMD: Final = ("rocm", "amd-smi")
"""How the kinds of texts begin that know AMD's driver."""
_BRACKET: Final = re.compile(r"[(\[]")


def readings_in(text: str) -> tuple[Reading, ...]:
    """Read everything that a text is: several outputs may stand in one file.

    Args:
        text: as it was pasted; what a log or a mail wrote before every line is taken away.
    """
    plain = undecorated(text)
    kinds = (kind for kind in READERS if READERS[kind].matches(plain))
    return tuple(with_makers(READERS[kind].read(plain)) for kind in kinds)


def machine_in(text: str) -> Machine | None:
    """Make the machine that pasted output tells of; None where no reader knows the text.

    What isn't told is unknown. Where nothing tells the system it is Linux, the processor x86_64.

    Args:
        text: the output of one program or of several.

    Raises:
        UsageError: ``pasted.two-machines`` or ``pasted.two-drivers``.
    """
    found = distinct(readings_in(text))
    told = tuple(one for one in found if one.kind in _TRUST or one.kind in _ALSO)
    torch = torch_of(found)
    if torch is None and not told:
        return None
    system = system_of(found)
    gpus = _gpus(found)
    drivers = _drivers(found, system)
    arch = arch_of(system, found, gpus)
    if gpus is None and (system, arch) == ("macos", "arm64"):
        gpus = (apple_gpu(found),)
    if gpus is None and any(one.kind in _ON_NO_BUS for one in found):
        gpus = ()
    return Machine(
        os=os_of(system, found),
        arch=arch,
        cpu=cpu_of(found),
        memory_mib=memory_of(found),
        gpus=gpus,
        drivers=drivers,
        toolkits=_toolkits(found),
        pythons=pythons_of(found),
        problems=(*stand_ins(found), *problems_in(told, gpus, drivers)),
        evidence=_evidence(found, torch),
    )


def _evidence(found: Sequence[Reading], torch: str | None) -> tuple[Evidence, ...]:
    """Each text with its state, and the PyTorch that one of them names."""
    said = [Evidence(source="pasted", key=one.kind, value=one.state) for one in found]
    own = [Evidence(source="pasted", key="torch", value=torch)] if torch else []
    return (*said, *own)


def _gpus(found: Sequence[Reading]) -> tuple[Gpu, ...] | None:
    """Each maker's cards from the text that knows most of them; None where no text can tell."""
    by_trust = sorted(
        (one for one in answering(found) if one.kind in _TRUST and one.gpus is not None),
        key=lambda one: _TRUST.index(one.kind),
    )
    if not by_trust:
        return _on_board(found)
    taken: list[tuple[ReadGpu, str]] = []
    for maker in MAKERS:
        for one in by_trust:
            mine = [gpu for gpu in one.gpus or () if gpu.vendor == maker]
            if mine:
                taken += [(gpu, one.kind) for gpu in mine]
                break
    return tuple(_gpu(gpu, kind, number) for number, (gpu, kind) in enumerate(taken))


def _on_board(found: Sequence[Reading]) -> tuple[Gpu, ...] | None:
    """The card that is part of a Jetson: on no bus, known by the module's name."""
    for one in found:
        if one.kind == "jetson-release":
            told = one.facts.get("compute_capability")
            names = (str(one.facts[key]) for key in ("module", "model") if one.facts.get(key))
            known = next((card for name in names for card in load_gpus().find(_plain(name))), None)
            arch = f"sm_{told.replace('.', '')}" if told else (known.archs[0] if known else None)
            name = known.name if known else one.facts.get("model")
            if arch or name:
                return (Gpu(index=0, vendor="nvidia", name=name, arch=arch, source=one.kind),)
    return None


def _plain(name: str) -> str:
    """Drop what stands in brackets after a module's name."""
    return _BRACKET.split(name, maxsplit=1)[0].strip()


def _gpu(found: ReadGpu, kind: str, number: int) -> Gpu:
    return Gpu(
        index=number if found.index is None else found.index,
        vendor=cast("Vendor", found.vendor),
        name=found.name or listed_name(found),
        arch=_arch_of(found),
        pci_id=found.pci_id,
        subsystem=found.subsystem,
        pci_address=found.bus_id,
        uuid=found.uuid,
        memory_mib=found.memory_mib,
        mig=found.mig,
        virtual=found.extra.get("virtual"),
        compute=found.extra.get("compute"),
        persistence=found.extra.get("persistence"),
        ecc_errors=found.extra.get("ecc_errors"),
        source=kind,
    )


def _arch_of(found: ReadGpu) -> str | None:
    """The architecture as told, or by a name that the program cut off."""
    if found.arch:
        return found.arch
    if found.capability and found.vendor == "nvidia":
        return arch_in(found.capability)
    if not (found.truncated and found.name):
        return None
    archs = {arch for card in load_gpus().beginning(found.name) for arch in card.archs}
    return archs.pop() if len(archs) == 1 else None


def _drivers(found: Sequence[Reading], system: System) -> tuple[Driver, ...] | None:
    """The drivers; none where the text says that there is none, unknown where it can't say."""
    others = ("gpustat", "device-query", "nvidia-installed")
    about = [one for one in found if one.kind.startswith((*NVIDIAS, *others))]
    amd = next((one for one in found if one.driver and one.kind.startswith(_AMD)), None)
    drivers = [driver for driver in (_nvidia(found, about),) if driver is not None]
    if amd is not None:
        drivers.append(Driver(vendor="amd", version=amd.driver or "", source=amd.kind))
    if drivers:
        return tuple(drivers)
    gone = stood_in(found) or (system == "linux" and without_driver(found))
    return () if gone else None


def _nvidia(found: Sequence[Reading], about: Sequence[Reading]) -> Driver | None:
    """NVIDIA's driver, from the text that is nearest to it; its CUDA alone where no number is."""
    virtual = _virtual(found)
    cuda = next((one.cuda for one in about if one.cuda), virtual)
    told = sorted(((one.driver, one.kind) for one in about), key=lambda one: one[1] in _EARLIER)
    told += [(one.driver, one.kind) for one in found if one.kind == "collect_env"]
    cards = [(gpu, one.kind) for one in found for gpu in one.gpus or ()]
    told += [(gpu.driver, kind) for gpu, kind in cards if gpu.vendor == "nvidia"]
    number, kind = next((one for one in told if one[0]), (None, "conda-info"))
    if number is None and virtual is None:
        return None
    return Driver(vendor="nvidia", version=number or "", max_runtime=cuda, source=kind)


def _virtual(found: Sequence[Reading]) -> str | None:
    """The highest CUDA by conda's virtual package ``__cuda``."""
    told = (one.facts.get("cuda_virtual") for one in found)
    return next((str(one) for one in told if one), None)


def _toolkits(found: Sequence[Reading]) -> tuple[Toolkit, ...] | None:
    named = [one.toolkit_full or one.toolkit for one in found if one.toolkit]
    return tuple(Toolkit(name="CUDA", version=one, path="") for one in named if one) or None
