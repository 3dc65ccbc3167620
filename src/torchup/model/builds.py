"""Builds' names as people write them."""

from __future__ import annotations

import re
from typing import Final

_CUDA: Final = r"^(?:cuda|cu)?[ -]?(\d{1,2})\.?(\d)$"
_ROCM: Final = r"^rocm[ -]?(\d.*)$"


def build_name(said: str) -> str:
    """Read a build's name: ``CU121``, ``cuda12.1`` and ``12.1`` are ``cu121``.

    Anything that is no such spelling stays as it is, in small letters.
    """
    lower = said.strip().lower()
    cuda = re.match(_CUDA, lower)
    if cuda:
        return f"cu{cuda[1]}{cuda[2]}"
    rocm = re.match(_ROCM, lower)
    return f"rocm{rocm[1]}" if rocm else lower


def cuda_of(build: str) -> str | None:
    """Read the CUDA that a build is made for: ``cu121`` is ``12.1``; None for other builds."""
    found = re.match(_CUDA, build)
    return f"{found[1]}.{found[2]}" if found else None
