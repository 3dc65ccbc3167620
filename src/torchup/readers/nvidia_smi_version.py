"""``nvidia-smi --version``: the numbers of program, library, driver and CUDA."""

from __future__ import annotations

from typing import Final

from torchup.readers.nvidia_states import failed
from torchup.readers.reading import Reading
from torchup.readers.texts import lines_of, version

KIND: Final = "nvidia-smi-version"
_MARK: Final = "nvidia-smi version"


def _values(text: str) -> dict[str, str]:
    pairs = (line.partition(":") for line in lines_of(text[:20_000]))
    return {" ".join(key.lower().split()): value for key, colon, value in pairs if colon}


def matches(text: str) -> bool:
    """Tell whether a text is of this kind."""
    return _MARK in _values(text)


def read(text: str) -> Reading:
    """Read it. ``facts``: ``nvidia_smi`` and ``nvml``, the program's and its library's numbers."""
    said = _values(text)
    if _MARK not in said:
        return failed(KIND, text)
    return Reading(
        kind=KIND,
        driver=version(said.get("kmd version")) or version(said.get("driver version")),
        cuda=version(said.get("cuda umd version")) or version(said.get("cuda version")),
        facts={"nvidia_smi": version(said[_MARK]), "nvml": version(said.get("nvml version"))},
    )
