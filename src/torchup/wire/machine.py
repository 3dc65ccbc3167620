"""The document of version 1 that describes a machine: the one that is read as well."""

# Annotations are evaluated as they stand, not kept as strings: each string would be compiled again
# when the decoder of these types is made, which takes longer than decoding with it.

from typing import Annotated, Literal

from msgspec import Meta, Struct

from torchup.model.machine import (
    Cpu,
    CpuArch,
    Disk,
    Driver,
    Evidence,
    Gpu,
    Interpreter,
    Os,
    Tool,
    Toolkit,
)


class ProblemV1(Struct, frozen=True, kw_only=True):
    """Something odd about a machine; ``text`` is its wording."""

    code: str
    args: dict[str, str] = {}
    text: str = ""


class InterpreterV1(Interpreter, frozen=True, kw_only=True):
    """A Python; its version is at least ``MAJOR.MINOR``."""

    version: Annotated[str, Meta(pattern=r"^[0-9]+\.[0-9]+(\.|$)")]


class MachineV1(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """``torchup.machine/v1``. A field that is missing or null is unknown."""

    schema: Literal["torchup.machine/v1"]
    os: Os
    arch: CpuArch
    cpu: Cpu | None = None
    memory_mib: int | None = None
    gpus: tuple[Gpu, ...] | None = None
    drivers: tuple[Driver, ...] | None = None
    toolkits: tuple[Toolkit, ...] | None = None
    pythons: tuple[InterpreterV1, ...] | None = None
    tools: tuple[Tool, ...] | None = None
    disks: tuple[Disk, ...] | None = None
    problems: tuple[ProblemV1, ...] | None = None
    evidence: tuple[Evidence, ...] | None = None
