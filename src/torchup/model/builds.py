"""Builds' names as people write them."""

from __future__ import annotations

import re
from typing import Final

_CUDA: Final = re.compile(r"^(?:cuda|cu)?[ -]?(\d{1,2})\.?(\d)$")
_ROCM: Final = re.compile(r"^rocm[ -]?(\d.*)$")
_IN_CONDA: Final = re.compile(r"(?<![a-z])(?:cu(?:da)?_?(\d{1,2})\.?(\d)(?!\d)|cpu(?![a-z]))")


def build_name(said: str) -> str:
    """Read a build's name: ``CU121``, ``cuda12.1`` and ``12.1`` are ``cu121``.

    Anything that is no such spelling stays as it is, in small letters.
    """
    lower = said.strip().lower()
    cuda = _CUDA.match(lower)
    if cuda:
        return f"cu{cuda[1]}{cuda[2]}"
    rocm = _ROCM.match(lower)
    return f"rocm{rocm[1]}" if rocm else lower


def cuda_of(build: str) -> str | None:
    """Read the CUDA that a build is made for: ``cu121`` is ``12.1``; None for other builds."""
    found = _CUDA.match(build)
    return f"{found[1]}.{found[2]}" if found else None


def conda_build(string: str) -> str:
    """Read the build that conda's build string is of, empty where it names none.

    ``cuda126_mkl_py312_h0_300`` is ``cu126``, ``py3.9_cuda11.3_cudnn8.2.0_0`` ``cu113``,
    ``cpu_generic_py312_h0_0`` and ``py3.9_cpu_0`` are ``cpu``.
    """
    found = _IN_CONDA.search(string)
    if found is None:
        return ""
    return f"cu{found[1]}{found[2]}" if found[1] else "cpu"


def conda_pattern(string: str) -> str:
    """Return the pattern of all build strings that are of the same build as one of them.

    It is written as conda's match specifications write it: ``cuda126*``, ``*cuda11.3*``.
    """
    found = _IN_CONDA.search(string)
    if found is None:
        return string
    word = found[0]
    return f"{word}*" if found.start() == 0 else f"*{word}*"
