"""What ``nvidia-smi`` says instead of an answer, as states."""

from __future__ import annotations

import re
from typing import Final

from torchup.readers.reading import Reading

_STATES: Final = (
    ("driver-library-mismatch", r"driver/library version mismatch"),
    ("driver-not-loaded", r"couldn't communicate with the nvidia driver|driver not loaded"),
    ("no-devices", r"no devices were found"),
    ("access-blocked", r"gpu access blocked by the operating system"),
    ("no-permission", r"insufficient permissions|insufficient rights"),
    ("gpu-lost", r"gpu is lost|unable to determine the device handle"),
    ("library-missing", r"couldn't find libnvidia-ml|libnvidia-ml\.so.{0,40}not found"),
    ("library-mismatch", r"function not found"),
    ("nvml-unknown-error", r"failed to initialize nvml: (?:unknown error|n/a)"),
    ("nvml-error", r"failed to initialize nvml"),
    (
        "not-installed",
        r"not found|not recognized as|no such file or directory|未找到命令|不是内部或外部命令",
    ),
)
_FOUND: Final = tuple((state, re.compile(sign, re.IGNORECASE)) for state, sign in _STATES)
_LIBRARY: Final = re.compile(r"NVML library version:\s*(\d+(?:\.\d+)+)")
_LOOKED_AT: Final = 4_000
"""An error stands at the beginning."""


def state_of(text: str) -> str:
    """Return what is wrong, empty where the text says no such thing."""
    head = text[:_LOOKED_AT]
    return next((state for state, sign in _FOUND if sign.search(head)), "")


def failed(kind: str, text: str) -> Reading:
    """Read an output that has no answer.

    The cards are unknown then, except where there are none. ``facts["nvml_library"]`` is the
    library's number where it differs from the loaded driver's.
    """
    state = state_of(text)
    library = _LIBRARY.search(text[:_LOOKED_AT])
    facts = {"nvml_library": library[1]} if library else {}
    gpus = () if state == "no-devices" else None
    return Reading(kind=kind, state=state or "unreadable", gpus=gpus, facts=facts)
