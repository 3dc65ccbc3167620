"""``nvcc --version``: the toolkit that compiles, not the CUDA that a wheel brings."""

from __future__ import annotations

import re
from typing import Final

from torchup.readers.reading import Reading

KIND: Final = "nvcc-version"
_SIGN: Final = re.compile(r"Cuda compiler driver|Cuda compilation tools, release")
_RELEASE: Final = re.compile(r"release (\d+\.\d+), V(\d+(?:\.\d+)+)")


def matches(text: str) -> bool:
    """Tell whether a text is of this kind."""
    return _SIGN.search(text) is not None


def read(text: str) -> Reading:
    """Read it. ``toolkit`` is the release, ``toolkit_full`` the version with its build.

    >>> read("Cuda compilation tools, release 12.4, V12.4.131").toolkit
    '12.4'
    """
    found = _RELEASE.search(text)
    if found is None:
        return Reading(kind=KIND, state="unreadable")
    return Reading(kind=KIND, toolkit=found[1], toolkit_full=found[2])
