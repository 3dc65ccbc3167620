"""The document of version 1 that describes a machine: the one that is read as well."""

# Annotations are evaluated as they stand, not kept as strings: each string would be compiled again
# when the decoder of these types is made, which takes longer than decoding with it.

from typing import Annotated, Literal

from msgspec import Meta, Struct

from torchup.model.machine import Cpu, CpuArch, Gpu, Os, Vendor


class DriverV1(Struct, frozen=True, kw_only=True):
    """A kernel driver; ``max_runtime`` is the highest CUDA or ROCm it knows natively."""

    vendor: Vendor | None = None
    version: str | None = None
    max_runtime: str | None = None
    source: str | None = None


class InterpreterV1(Struct, frozen=True, kw_only=True):
    """A Python; its version is at least ``MAJOR.MINOR``. Unknown are CPython's, with 64 bits."""

    path: str | None = None
    version: Annotated[str, Meta(pattern=r"^[0-9]+\.[0-9]+(\.|$)")] | None = None
    implementation: str | None = None
    freethreaded: bool | None = None
    bits: int | None = None
    origin: str | None = None


class ToolkitV1(Struct, frozen=True, kw_only=True):
    """A toolkit for compiling; ``chosen`` marks the one that extensions are compiled with."""

    name: str | None = None
    version: str | None = None
    path: str | None = None
    chosen: bool | None = None


class ToolV1(Struct, frozen=True, kw_only=True):
    """A program that matters here, such as a C++ compiler."""

    name: str | None = None
    path: str | None = None
    version: str | None = None


class DiskV1(Struct, frozen=True, kw_only=True):
    """Room on the disk that holds ``path``, in MiB."""

    path: str | None = None
    free_mib: int | None = None
    total_mib: int | None = None


class ProblemV1(Struct, frozen=True, kw_only=True):
    """Something odd about a machine; ``text`` is its wording."""

    code: str | None = None
    args: dict[str, str] | None = None
    text: str | None = None


class EvidenceV1(Struct, frozen=True, kw_only=True):
    """Where a value comes from: the source asked, the key, and what it said."""

    source: str | None = None
    key: str | None = None
    value: str | None = None


class MachineV1(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """``torchup.machine/v1``. A field that is missing or null is unknown, at every depth."""

    schema: Literal["torchup.machine/v1"]
    os: Os
    arch: CpuArch
    cpu: Cpu | None = None
    memory_mib: int | None = None
    gpus: tuple[Gpu, ...] | None = None
    drivers: tuple[DriverV1, ...] | None = None
    toolkits: tuple[ToolkitV1, ...] | None = None
    pythons: tuple[InterpreterV1, ...] | None = None
    tools: tuple[ToolV1, ...] | None = None
    disks: tuple[DiskV1, ...] | None = None
    problems: tuple[ProblemV1, ...] | None = None
    evidence: tuple[EvidenceV1, ...] | None = None
