"""Every described machine, and where its files lie."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct

from captures.described import (
    amd_intel,
    apple,
    boards,
    laptops,
    nested,
    odd_nvidia,
    servers,
    systems,
    windows,
    workstations,
)
from torchup.api.machines.machine import replay
from torchup.host.capture import read_capture, write_capture
from torchup.model import Machine
from torchup.model.software import Software

if TYPE_CHECKING:
    from captures.parts import Described

DATA = Path(__file__).parent / "data"
DESCRIBED: dict[str, Described] = {
    one.name: one
    for group in (
        laptops,
        workstations,
        servers,
        odd_nvidia,
        amd_intel,
        apple,
        windows,
        nested,
        boards,
        systems,
    )
    for one in group.MACHINES
}


class Expectation(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a capture must replay to; ``problems`` are the machine's, said once more to be read.

    ``after`` names what the machine is not yet seen without.
    """

    shows: str
    after: str = ""
    problems: tuple[str, ...]
    machine: Machine
    software: Software


def capture_file(name: str) -> Path:
    """The file of a machine's capture."""
    return DATA / f"{name}.capture.json"


def machine_file(name: str) -> Path:
    """The file of what the capture must replay to."""
    return DATA / f"{name}.machine.json"


def written(one: Described) -> bytes:
    """A machine's capture as a file, what it shows in the first line."""
    document: dict[str, Any] = msgspec.json.decode(write_capture(one.capture))
    kept = {key: value for key, value in document.items() if value not in ({}, [])}
    whole = msgspec.json.encode({"shows": one.shows} | kept)
    return msgspec.json.format(whole, indent=1) + b"\n"


def replayed(data: bytes) -> tuple[Machine, Software]:
    """Look at a captured machine as ``torchup probe --capture`` does."""
    return replay(read_capture(data))


def expected(name: str) -> Expectation:
    """Read what a capture must replay to."""
    return msgspec.json.decode(machine_file(name).read_bytes(), type=Expectation)
