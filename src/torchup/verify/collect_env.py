"""The layout of ``python -m torch.utils.collect_env``: pure, from what is known to text.

The layout is that of PyTorch 2.13; what can't be told reads as it does there: ``N/A`` where a
thing makes no sense, ``Could not collect`` where it was not found.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from torchup.verify.wording import read_detail

if TYPE_CHECKING:
    from torchup.model import Machine, VerifyReport
    from torchup.model.contents import InstalledPackage

UNFOUND: Final = "Could not collect"
NONE: Final = "N/A"
# The parts of names that it lists (torch/utils/collect_env.py, COMMON_, NVIDIA_, ONEAPI_, CONDA_
# and PIP_PATTERNS).
_COMMON: Final = ("torch", "numpy", "triton", "optree")
_NVIDIA: Final = (
    *("cuda-cudart", "cuda-cupti", "cuda-libraries", "cuda-opencl", "cuda-nvrtc", "cuda-runtime"),
    *("cublas", "cudnn", "cufft", "curand", "cusolver", "cusparse", "nccl", "nvjitlink", "nvtx"),
)
_PIP: Final = ("mypy", "flake8", "onnx", "mkl")
_CONDA: Final = ("cudatoolkit", "soumith", "mkl", "magma")


class Collected(Struct, frozen=True, kw_only=True):
    """What is told beside the machine: programs' own words, None where they are not there.

    ``python`` is ``sys.version`` in one line with the bits, ``platform`` what ``platform.platform``
    says; ``cpu`` the lines of ``lscpu``.
    """

    system: str | None = None
    gcc: str | None = None
    clang: str | None = None
    cmake: str | None = None
    python: str | None = None
    platform: str | None = None
    cpu: str | None = None
    module_loading: str | None = None


def collect_env(
    machine: Machine,
    packages: tuple[InstalledPackage, ...],
    report: VerifyReport | None,
    collected: Collected,
) -> str:
    """Write what is known of an environment as the original does."""
    version, built = _built(packages, report)
    cuda, hip = built.get("cuda"), built.get("hip")
    available = _available(report)
    has_cuda = bool(cuda or hip)
    lines = [
        "Collecting environment information...",
        f"PyTorch version: {version or NONE}",
        f"Is debug build: {built.get('debug') == 'yes' if version else NONE}",
        f"CUDA used to build PyTorch: {cuda or (NONE if hip else UNFOUND)}",
        f"ROCM used to build PyTorch: {hip or NONE}",
        "",
        f"OS: {collected.system or UNFOUND} ({machine.arch})",
        f"GCC version: {collected.gcc or UNFOUND}",
        f"Clang version: {collected.clang or UNFOUND}",
        f"CMake version: {collected.cmake or UNFOUND}",
        f"Libc version: {(machine.os.libc or NONE).replace(' ', '-')}",
        "",
        f"Python version: {collected.python or (report.python if report else '') or UNFOUND}",
        f"Python platform: {collected.platform or UNFOUND}",
        f"Is CUDA available: {_yes(available, 'cuda', 'rocm', known=report is not None)}",
        f"CUDA runtime version: {_toolkit(machine) or UNFOUND}",
        f"CUDA_MODULE_LOADING set to: {(collected.module_loading or 'LAZY') if has_cuda else NONE}",
        f"GPU models and configuration: {_cards(machine)}",
        f"Nvidia driver version: {_driver(machine)}",
        f"cuDNN version: {_cudnn(report)}",
        f"Is XPU available: {_yes(available, 'xpu', known=report is not None)}",
        f"HIP runtime version: {hip or NONE}",
        f"MIOpen runtime version: {built.get('miopen') or NONE}",
        f"Is XNNPACK available: {built['xnnpack'] == 'yes' if 'xnnpack' in built else NONE}",
        f"Caching allocator config: {NONE}",
        "",
        "CPU:",
        collected.cpu or _processor(machine),
        "",
        "Versions of relevant libraries:",
        *_listed(packages),
    ]
    return "\n".join(lines) + "\n"


def _built(
    packages: tuple[InstalledPackage, ...], report: VerifyReport | None
) -> tuple[str, dict[str, str]]:
    """Return the framework's version, and what the version check learnt of its build."""
    installed = next((one.version for one in packages if one.name == "torch"), "")
    if report is not None and report.packages and "torch" not in report.packages:
        report = None  # it is another framework's
    for check in report.checks if report else ():
        if check.code == "version" and check.status == "pass":
            values = read_detail(check.detail)[1]
            kind, _, number = values.get("runtime", "").partition(" ")
            return values.get("version", installed), {**values, kind: number}
    found = re.search(r"\+cu(\d+)(\d)$", installed)
    return installed, {"cuda": f"{found[1]}.{found[2]}"} if found else {}


def _available(report: VerifyReport | None) -> str:
    for check in report.checks if report else ():
        if check.code == "device" and check.status == "pass":
            return read_detail(check.detail)[1].get("device", "").partition(":")[0]
    return ""


def _yes(available: str, *kinds: str, known: bool) -> str:
    return str(available in kinds) if known else NONE


def _toolkit(machine: Machine) -> str | None:
    found = [one for one in machine.toolkits or () if one.name.upper() == "CUDA"]
    chosen = next((one for one in found if one.chosen), found[0] if found else None)
    return chosen.version if chosen else None


def _cards(machine: Machine) -> str:
    cards = [one for one in machine.gpus or () if one.vendor == "nvidia" and one.name]
    if cards:
        lines = [f"GPU {number}: {one.name}" for number, one in enumerate(cards)]
        return "\n".join(lines) if len(lines) == 1 else "\n" + "\n".join(lines)
    others = [one for one in machine.gpus or () if one.vendor == "amd" and one.name]
    if others:
        arch = f" ({others[0].arch})" if others[0].arch else ""
        return f"{others[0].name}{arch}"
    return UNFOUND


def _driver(machine: Machine) -> str:
    found = machine.driver("nvidia")
    return found.version if found else UNFOUND


def _cudnn(report: VerifyReport | None) -> str:
    names = [path for path in (report.libraries if report else ()) if "cudnn" in path]
    if not names:
        return UNFOUND
    if len(names) == 1:
        return names[0]
    return "Probably one of the following:\n" + "\n".join(sorted(names))


def _processor(machine: Machine) -> str:
    model = machine.cpu.model if machine.cpu else None
    cores = machine.cpu.cores if machine.cpu else None
    lines = [f"Architecture:                    {machine.arch}"]
    lines += [f"CPU(s):                          {cores}"] if cores else []
    lines += [f"Model name:                      {model}"] if model else []
    return "\n".join(lines)


def _listed(packages: tuple[InstalledPackage, ...]) -> list[str]:
    pip = [
        f"[pip3] {one.name}=={one.version}"
        for one in sorted(packages, key=lambda one: one.name)
        if one.by != "conda" and any(part in one.name for part in (*_COMMON, *_NVIDIA, *_PIP))
    ]
    conda = [
        f"[conda] {one.name:<25} {one.version}"
        for one in sorted(packages, key=lambda one: one.name)
        if one.by == "conda" and any(part in one.name for part in (*_COMMON, *_NVIDIA, *_CONDA))
    ]
    return (pip or [f"[pip3] {UNFOUND}"]) + (conda or [f"[conda] {UNFOUND}"])
