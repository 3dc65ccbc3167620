"""The shape of the TOML files under ``data/``, for people; unknown keys are refused.

Every file has ``checked`` (the day somebody looked) and ``sources`` (short key → where it can be
looked up); every row names one or more of these keys under ``source``.

Long: one schema, a type a file.
"""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from msgspec import Meta, Struct
from msgspec.structs import fields

from torchup.facts.release import Certainty

Version = Annotated[str, Meta(pattern=r"^\d+(\.\d+)+$")]
PythonMinor = Annotated[str, Meta(pattern=r"^\d+\.\d+t?$")]
Platform = Literal[
    "linux-x86_64",
    "linux-aarch64",
    "windows-x86_64",
    "windows-arm64",
    "macos-x86_64",
    "macos-arm64",
]
FloorName = Annotated[str, Meta(pattern=r"^(glibc|macos) \d+(\.\d+)*$")]
ArchName = Annotated[str, Meta(pattern=r"^(sm_\d{2,3}[af+]?|gfx[0-9a-f]{3,4})$")]
CardArch = Annotated[
    str,
    Meta(pattern=r"^(sm_\d{2,3}[af]?|gfx[0-9a-f]{3,4}|[a-z]{2,3}\d?(-[a-z]{1,2})?|gen\d{1,2})$"),
]
SmName = Annotated[str, Meta(pattern=r"^sm_\d{2,3}[af]?$")]
Driver = Annotated[str, Meta(pattern=r"^\d+(\.\d+)*$")]
BoardId = Annotated[str, Meta(pattern=r"^[0-9a-f]{4}:[0-9a-f]{4}(/[0-9a-f]{4}:[0-9a-f]{4})?$")]
PackageName = Annotated[str, Meta(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
Sources = Annotated[tuple[str, ...], Meta(min_length=1)]


class File(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What every file has."""

    checked: dt.date
    sources: dict[str, str]


def key_of(row: Struct) -> object:
    """What names a row in its table: the value of its first field."""
    return getattr(row, fields(row)[0].name)


class BesideRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A package that belongs beside the framework; see :class:`torchup.facts.catalogue.Beside`."""

    requirement: str
    source: Sources
    before: str = ""
    systems: tuple[str, ...] = ()


class FrameworkFile(File, frozen=True, kw_only=True):
    """``FRAMEWORK/framework.toml``; see :class:`torchup.facts.catalogue.Framework`."""

    name: str
    companions: tuple[str, ...]
    publishes: tuple[str, ...]
    index_base: str
    source: Sources
    nightly: str = ""
    misnamed: tuple[PackageName, ...] = ()
    longest_path: int = 0
    beside: tuple[BesideRow, ...] = ()
    extras: dict[str, str] = {}
    title: str = ""
    packages: tuple[PackageName, ...] = ()
    stands_for: dict[PackageName, str] = {}
    trial: str = ""
    compiles: str = ""


class TrapRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One known trap; see :class:`torchup.facts.trap.Trap`."""

    id: Annotated[str, Meta(pattern=r"^[a-z0-9]+([.-][a-z0-9]+)*$")]
    when: Annotated[dict[PackageName, str], Meta(min_length=1)]
    why: Annotated[str, Meta(min_length=1)]
    certainty: Certainty
    source: Sources
    systems: tuple[Literal["linux", "windows", "macos"], ...] = ()
    pythons: str = ""
    lacking: str = ""
    constrain: tuple[str, ...] = ()
    forbid: tuple[PackageName, ...] = ()
    brings: bool = False
    symptom: str = ""


class TrapsFile(File, frozen=True, kw_only=True):
    """``FRAMEWORK/traps.toml``."""

    traps: tuple[TrapRow, ...]


class PlatformRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The wheels of one platform. ``raised_floors``: Python → a floor above ``floor``."""

    pythons: tuple[PythonMinor, ...]
    certainty: Certainty
    source: Sources
    floor: FloorName | None = None
    raised_floors: dict[PythonMinor, FloorName] = {}


class Compiled(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a build holds machine code and PTX for."""

    archs: Annotated[tuple[ArchName, ...], Meta(min_length=1)]
    certainty: Certainty
    source: Sources
    ptx: tuple[SmName, ...] = ()


class BuildRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One build; ``compiled`` is left out where nobody has looked, or nothing is compiled in.

    ``floor`` is given where its wheels ask for more than the release's others; for ``extra``,
    ``libraries``, ``package`` and what follows see :class:`torchup.facts.release.Build`.
    """

    name: str
    platform: Platform
    device: Literal["cuda", "rocm", "xpu", "mps", "directml", "openvino", "cpu"]
    channels: Annotated[tuple[str, ...], Meta(min_length=1)]
    certainty: Certainty
    source: Sources
    runtime: str = ""
    tagged: bool = True
    also: tuple[Literal["mps"], ...] = ()
    floor: FloorName | None = None
    compiled: Compiled | None = None
    extra: str = ""
    libraries: tuple[str, ...] = ()
    package: str = ""
    plugins: tuple[Annotated[str, Meta(pattern=r"^[a-z0-9-]+==\S+$")], ...] = ()
    pythons: tuple[PythonMinor, ...] = ()
    asked: bool = False
    ended: Annotated[str, Meta(pattern=r"^(\d{4}-\d\d-\d\d)?$")] = ""


class CompanionRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One companion.

    It exists for the builds that the framework has on each platform named in ``pythons``, less
    those in ``not_built``. ``builds_of`` is an older release whose build set it belongs to, and
    ``on_pypi`` lists the platforms that PyPI has it for.
    """

    name: str
    version: Version
    certainty: Certainty
    source: Sources
    pythons: dict[Platform, tuple[PythonMinor, ...]]
    on_pypi: tuple[Platform, ...] = ()
    not_built: dict[Platform, tuple[str, ...]] = {}
    floors: dict[Platform, FloorName] = {}
    builds_of: Version | None = None
    tagged: bool = True


class ReleaseFile(File, frozen=True, kw_only=True):
    """``FRAMEWORK/releases/VERSION.toml``."""

    version: Version
    date: dt.date
    source: Sources
    platforms: dict[Platform, PlatformRow]
    builds: tuple[BuildRow, ...]
    companions: tuple[CompanionRow, ...] = ()
    note: str = ""


class RuntimeRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Drivers for one CUDA version: ``native`` knows it, ``floor`` runs it all the same."""

    name: Version
    native: dict[Literal["linux", "windows"], Driver]
    floor: dict[Literal["linux", "windows"], Driver]
    source: Sources
    note: str = ""


class RuntimesFile(File, frozen=True, kw_only=True):
    """``cuda.toml``."""

    runtimes: tuple[RuntimeRow, ...]


class BranchRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One driver branch; ``example`` is a version of it."""

    number: int
    max_runtime: Version
    kind: str
    example: str
    source: Sources
    end: str = ""
    note: str = ""


class BranchesFile(File, frozen=True, kw_only=True):
    """``nvidia/drivers.toml``; from ``complete_from`` on it has every branch that Linux had."""

    branches: tuple[BranchRow, ...]
    complete_from: int | None = None


class ArchRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One NVIDIA architecture; ``last_branch`` is left out while it is supported."""

    name: SmName
    family: str
    first_branch: int
    source: Sources
    last_branch: int | None = None
    embedded: bool = False
    note: str = ""


class ArchsFile(File, frozen=True, kw_only=True):
    """``nvidia/architectures.toml``."""

    archs: tuple[ArchRow, ...]


class GpuRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One card; see :class:`torchup.facts.gpus.GpuFact`."""

    name: str
    archs: Annotated[tuple[CardArch, ...], Meta(min_length=1)]
    source: Sources
    chip: str = ""
    listed: bool = True
    pci_ids: tuple[BoardId, ...] = ()
    note: str = ""


class GpusFile(File, frozen=True, kw_only=True):
    """``VENDOR/gpus.toml``."""

    gpus: tuple[GpuRow, ...]


class DisplayRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One maker's display adapters; see :class:`torchup.facts.gpus.Display`."""

    maker: str
    words: Annotated[tuple[str, ...], Meta(min_length=1)]
    source: Sources


class DisplaysFile(File, frozen=True, kw_only=True):
    """``displays.toml``."""

    displays: tuple[DisplayRow, ...]


class PythonRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One minor version of Python."""

    minor: PythonMinor
    released: dt.date
    end: dt.date
    source: Sources
    windows: Version | None = None
    glibc: Version | None = None
    note: str = ""


class PythonsFile(File, frozen=True, kw_only=True):
    """``pythons.toml``."""

    pythons: tuple[PythonRow, ...]
