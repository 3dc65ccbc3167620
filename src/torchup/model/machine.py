"""A machine, as far as it decides whether PyTorch will run there.

``None`` means unknown, an empty tuple means none: the two are never the same.
"""

# Annotations are evaluated as they stand, not kept as strings: each string would be compiled again
# when the decoder of these types is made, which takes longer than decoding with it.

from typing import Annotated, Final, Literal

from msgspec import Meta, Struct

System = Literal["linux", "windows", "macos"]
SYSTEM_NAMES: Final = {"linux": "Linux", "windows": "Windows", "macos": "macOS"}
"""As their makers write them."""
CpuArch = Literal["x86_64", "aarch64", "arm64"]
Vendor = Literal["nvidia", "amd", "intel", "apple"]
ComputeMode = Literal["default", "exclusive-thread", "prohibited", "exclusive-process"]


class Os(Struct, frozen=True, kw_only=True):
    """The operating system. ``libc`` reads like ``glibc 2.35``; ``wsl`` is 0, 1 or 2."""

    system: System
    distro: str | None = None
    version: str | None = None
    kernel: str | None = None
    libc: str | None = None
    wsl: int | None = None
    container: str | None = None


class Cpu(Struct, frozen=True, kw_only=True):
    """The processor; ``features`` are Linux's flag names."""

    model: str | None = None
    cores: int | None = None
    features: tuple[str, ...] | None = None


class Gpu(Struct, frozen=True, kw_only=True):
    """One accelerator.

    ``arch`` reads like ``sm_86`` or ``gfx1030``, ``pci_id`` like ``10de:1b80``. ``index`` is the
    driver's order, ``cuda_index`` the one that CUDA programs see where nothing hides a card,
    ``pci_address`` the slot (``0000:01:00.0``), ``subsystem`` the board's maker
    and model (``1458:3702``), needed where one ``pci_id`` was sold under several names.

    How it is set up, None where that is unknown or the card has no such thing: ``mig``, whether it
    is cut into slices; ``virtual``, whether it is (a part of) another machine's card; ``compute``,
    which programs may use it; ``persistence``, whether the driver stays awake; ``ecc_errors``,
    how many that could not be corrected since it was started.
    """

    index: int | None = None
    cuda_index: int | None = None
    vendor: Vendor | None = None
    name: str | None = None
    arch: Annotated[str, Meta(pattern=r"^(?!sm)|^sm_?[0-9]{2,3}[a-z]?$")] | None = None
    pci_id: str | None = None
    subsystem: str | None = None
    pci_address: str | None = None
    uuid: str | None = None
    memory_mib: Annotated[int, Meta(ge=0)] | None = None
    mig: bool | None = None
    virtual: bool | None = None
    compute: ComputeMode | None = None
    persistence: bool | None = None
    ecc_errors: Annotated[int, Meta(ge=0)] | None = None
    source: str | None = None


class Driver(Struct, frozen=True, kw_only=True):
    """A kernel driver; ``max_runtime`` is the highest CUDA or ROCm it knows natively."""

    vendor: Vendor
    version: str
    max_runtime: str | None = None
    source: str | None = None


class Interpreter(Struct, frozen=True, kw_only=True):
    """A Python on the machine. ``origin`` says where it was found (pyenv, system, uv, conda)."""

    path: str
    version: str
    implementation: str = "CPython"
    freethreaded: bool = False
    bits: int = 64
    origin: str = "path"

    @property
    def minor(self) -> str:
        """The release line, such as ``3.12``; ``3.14t`` for a free-threaded one."""
        major, minor = self.version.split(".")[:2]
        return f"{major}.{minor}" + ("t" if self.freethreaded else "")


class Toolkit(Struct, frozen=True, kw_only=True):
    """A CUDA or ROCm toolkit for compiling; not what a wheel runs on.

    ``chosen`` marks the one that extensions of the framework would be compiled with.
    """

    name: str
    version: str
    path: str
    chosen: bool = False


class Tool(Struct, frozen=True, kw_only=True):
    """A program that matters here, such as a C++ compiler."""

    name: str
    path: str
    version: str | None = None


class Disk(Struct, frozen=True, kw_only=True):
    """Room on the disk that holds ``path``, in MiB."""

    path: str
    free_mib: int
    total_mib: int | None = None


class Problem(Struct, frozen=True, kw_only=True):
    """Something odd that was seen; worded under ``problem.CODE`` in :mod:`torchup.words`."""

    code: str
    args: dict[str, str] = {}


class Evidence(Struct, frozen=True, kw_only=True):
    """Where a value comes from: the source asked, the key, and what it said."""

    source: str
    key: str
    value: str


class Machine(Struct, frozen=True, kw_only=True):
    """Everything known about one machine."""

    os: Os
    arch: CpuArch
    cpu: Cpu | None = None
    memory_mib: int | None = None
    gpus: tuple[Gpu, ...] | None = None
    drivers: tuple[Driver, ...] | None = None
    toolkits: tuple[Toolkit, ...] | None = None
    pythons: tuple[Interpreter, ...] | None = None
    tools: tuple[Tool, ...] | None = None
    disks: tuple[Disk, ...] | None = None
    problems: tuple[Problem, ...] = ()
    evidence: tuple[Evidence, ...] = ()

    @property
    def platform(self) -> str:
        """The wheel platform in the catalogue's words, such as ``linux-x86_64``."""
        return f"{self.os.system}-{self.arch}"

    def driver(self, vendor: str) -> Driver | None:
        """The first driver of ``vendor``, if one is known."""
        return next((d for d in self.drivers or () if d.vendor == vendor), None)
