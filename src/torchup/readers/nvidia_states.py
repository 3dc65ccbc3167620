"""What ``nvidia-smi`` says instead of an answer, as states."""

from __future__ import annotations

import re
from typing import Any, Final

from torchup.readers.not_found import is_windows_shell, says_not_found
from torchup.readers.reading import Reading

_STATES: Final = (
    ("driver-library-mismatch", r"driver/library version mismatch"),
    ("driver-not-loaded", r"couldn't communicate with the nvidia driver|driver not loaded"),
    ("no-devices", r"no devices were found"),
    ("access-blocked", r"gpu access blocked by the operating system"),
    ("no-permission", r"insufficient permissions|insufficient rights"),
    ("gpu-lost", r"gpu is lost|unable to determine the device handle"),
    ("library-missing", r"couldn't find libnvidia-ml|libnvidia-ml\.so.{0,40}not found"),
    ("library-mismatch", r"nvml.{0,40}function not found"),
    ("nvml-unknown-error", r"failed to initialize nvml: (?:unknown error|n/a)"),
    ("nvml-error", r"failed to initialize nvml"),
)
_FOUND: Final = tuple((state, re.compile(sign, re.IGNORECASE)) for state, sign in _STATES)
_ITS_OWN: Final = frozenset({"no-devices", "gpu-lost", "access-blocked", "not-installed"})
"""States that are told in words which no other program has."""
_MAKER: Final = re.compile(r"nvidia|nvml", re.IGNORECASE)
_LIBRARY: Final = re.compile(r"NVML library version:\s*(\d+(?:\.\d+)+)")
_LOST: Final = re.compile(
    r"device handle for GPU ?(?:\d{1,3}: )?"
    r"((?:[0-9A-F]{4,8}:)?[0-9A-F]{2}:[0-9A-F]{2}\.[0-9A-F])",
    re.IGNORECASE,
)
_LOOKED_AT: Final = 4_000
"""An error stands at the beginning."""


def state_of(text: str) -> str:
    """Return what is wrong, empty where the text says no such thing."""
    head = text[:_LOOKED_AT]
    for state, sign in _FOUND:
        if sign.search(head):
            return state
    return "not-installed" if says_not_found(head, "nvidia-smi") else ""


def is_failure(text: str) -> bool:
    """Tell whether a text is what ``nvidia-smi`` says where it has no answer."""
    state = state_of(text)
    return state in _ITS_OWN or bool(state and _MAKER.search(text[:_LOOKED_AT]))


def failed(kind: str, text: str) -> Reading:
    """Read an output that has no answer.

    The cards are unknown then, except where there are none, and the system is, except where it is
    a shell of Windows that has no such program. ``facts["nvml_library"]`` is the
    library's number where it differs from the loaded driver's, ``facts["lost"]`` lists the slots
    of cards that no longer answer.
    """
    state = state_of(text)
    library = _LIBRARY.search(text[:_LOOKED_AT])
    facts: dict[str, Any] = {"nvml_library": library[1]} if library else {}
    lost = lost_slots(text)
    if lost:
        facts["lost"] = lost
    gpus = () if state == "no-devices" else None
    windows = state == "not-installed" and is_windows_shell(text[:_LOOKED_AT])
    return Reading(
        kind=kind,
        state=state or "unreadable",
        gpus=gpus,
        os="Windows" if windows else None,
        facts=facts,
    )


def lost_slots(text: str) -> list[str]:
    """List the slots of the cards whose handle can't be had, as NVIDIA writes them."""
    return sorted({slot.upper() for slot in _LOST.findall(text[:_LOOKED_AT])})


def is_lost(*said: str | None) -> bool:
    """Tell whether a card's field says that the card no longer answers."""
    return any("gpu is lost" in (text or "").lower() for text in said)


def name_of(text: str | None) -> str | None:
    """Return a card's name; None for ``[GPU is lost]``, ``ERR!``, ``[Unknown Error]``, ``N/A``."""
    plain = (text or "").strip()
    nothing = (
        not plain or plain.startswith("[") or plain in {"N/A", "ERR!", "Unknown", "Unknown Error"}
    )
    return None if nothing else plain
