"""Builds' names as people write them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from torchup.model.stack import Device

_CUDA: Final = r"^(?:cuda|cu)?[ -]?(\d{1,2})\.?(\d)$"
_NUMBERED: Final = r"^([a-z]+)(\d*(?:\.\d+)*)(?:$|[._-])"
_DEVICES: Final[dict[str, Device]] = {
    "cu": "cuda",
    "rocm": "rocm",
    "xpu": "xpu",
    "directml": "directml",
    "openvino": "openvino",
    "metal": "mps",
    "cpu": "cpu",
}
_ROCM: Final = r"^rocm[ -]?(\d.*)$"
_IN_CONDA: Final = r"(?<![a-z])(?:cu(?:da)?_?(\d{1,2})\.?(\d)(?!\d)|cpu(?![a-z]))"


def build_name(said: str) -> str:
    """Read a build's name: ``CU121``, ``cuda12.1`` and ``12.1`` are ``cu121``.

    Anything that is no such spelling stays as it is, in small letters.

    >>> build_name("CUDA 12.1")
    'cu121'
    >>> build_name("12.6")
    'cu126'
    >>> build_name("xpu")
    'xpu'
    """
    lower = said.strip().lower()
    cuda = re.match(_CUDA, lower)
    if cuda:
        return f"cu{cuda[1]}{cuda[2]}"
    rocm = re.match(_ROCM, lower)
    return f"rocm{rocm[1]}" if rocm else lower


def device_of(build: str) -> Device | None:
    """Tell what a build computes on by its name: ``cu121`` on CUDA; None where that tells nothing.

    ``cu121.post1`` and the like, as others name their own builds, are of the kind they begin with.

    >>> device_of("cu121")
    'cuda'
    >>> device_of("rocm6.2")
    'rocm'
    """
    found = re.match(_NUMBERED, build)
    return _DEVICES.get(found[1]) if found else None


def runtime_of(build: str) -> str:
    """Read the CUDA or ROCm that a build is named after; empty where it is after none.

    >>> runtime_of("cu126")
    '12.6'
    >>> runtime_of("rocm6.2.4")
    '6.2.4'
    >>> runtime_of("cpu")
    ''
    """
    found = re.match(_NUMBERED, build)
    cuda = cuda_of(build)
    return cuda if cuda is not None else (found[2] if found and found[1] == "rocm" else "")


def cuda_of(build: str) -> str | None:
    """Read the CUDA that a build is made for: ``cu121`` is ``12.1``; None for other builds.

    ``cu12`` is any 12: nothing was built for CUDA 1.2.

    >>> cuda_of("cu130")
    '13.0'
    >>> cuda_of("cu12")
    '12'
    >>> cuda_of("rocm6.2") is None
    True
    """
    found = re.match(_CUDA, build)
    if found is None:
        return None
    return f"{found[1]}{found[2]}" if found[1] == "1" else f"{found[1]}.{found[2]}"


def conda_build(string: str) -> str:
    """Read the build that conda's build string is of, empty where it names none.

    ``cuda126_mkl_py312_h0_300`` is ``cu126``, ``py3.9_cuda11.3_cudnn8.2.0_0`` ``cu113``,
    ``cpu_generic_py312_h0_0`` and ``py3.9_cpu_0`` are ``cpu``.
    """
    found = re.search(_IN_CONDA, string)
    if found is None:
        return ""
    return f"cu{found[1]}{found[2]}" if found[1] else "cpu"


def conda_pattern(string: str) -> str:
    """Return the pattern of all build strings that are of the same build as one of them.

    It is written as conda's match specifications write it: ``cuda126*``, ``*cuda11.3*``.
    """
    found = re.search(_IN_CONDA, string)
    if found is None:
        return string
    word = found[0]
    return f"{word}*" if found.start() == 0 else f"*{word}*"
