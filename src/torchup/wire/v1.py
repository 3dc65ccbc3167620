"""The documents of version 1 (``docs/design.md`` section 5), as types.

They are kept apart from the model so that the model may change without breaking anybody's
script; leaves that are the same in both are shared until they differ.

Long: one contract, a type a document.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from torchup.model import Size, StepOutcome
from torchup.model.bundles import Bundle
from torchup.model.ides import Connected
from torchup.model.locked import Locked
from torchup.model.record import CheckStatus, EnvState, Figure
from torchup.wire.bench import BenchV1, MeasurementsV1
from torchup.wire.bundles import BundleReportV1
from torchup.wire.changes import ChangesV1
from torchup.wire.compat import CompatV1
from torchup.wire.connecting import IdesV1, KernelChecksV1, KernelsV1, WhichV1
from torchup.wire.contents import ComparisonV1, ExportV1, PackagesV1, SearchV1, UsageV1
from torchup.wire.diagnosis import CondaConfigV1, DiagnosisV1, FindingV1
from torchup.wire.facts import FactsV1
from torchup.wire.fleet import (
    FleetCheckV1,
    FleetOutcomeV1,
    FleetPlanV1,
    FleetProbeV1,
    FleetReportV1,
    FleetTogetherV1,
)
from torchup.wire.locks import LockV1, SyncedV1
from torchup.wire.machine import MachineV1
from torchup.wire.mirrors import MirrorPreviewV1, MirrorsV1
from torchup.wire.places import CurrentV1, ShellV1
from torchup.wire.report import ReportV1
from torchup.wire.stacks import ReasonV1, StackV1
from torchup.wire.toolkits import OwnToolkitV1, ToolkitsV1
from torchup.wire.web import CommandsV1, JobsV1, JobV1, PreviewV1, WebV1


class NearMissV1(Struct, frozen=True, kw_only=True):
    """A stack that one change would make possible."""

    stack: StackV1
    reasons: tuple[ReasonV1, ...]
    remedy: str


class StepV1(Struct, frozen=True, kw_only=True):
    """A step of a plan."""

    id: str
    summary: str
    command: tuple[str, ...]


class LeftOutV1(Struct, frozen=True, kw_only=True):
    """A companion that is not installed, and why."""

    name: str
    reason: ReasonV1


class ArtifactV1(Struct, frozen=True, kw_only=True):
    """A file to be installed."""

    name: str
    version: str
    url: str
    sha256: str
    size: int | None


class PlanV1(Struct, frozen=True, kw_only=True):
    """``torchup.plan/v1``. ``stack`` is null where the outcome is none."""

    schema: Literal["torchup.plan/v1"] = "torchup.plan/v1"
    outcome: Literal["ok", "none"]
    stack: StackV1 | None
    serves: tuple[int, ...]
    leaves_out: tuple[int, ...]
    reasons: tuple[ReasonV1, ...]
    near_misses: tuple[NearMissV1, ...]
    steps: tuple[StepV1, ...]
    companions_left_out: tuple[LeftOutV1, ...] = ()
    artifacts: tuple[ArtifactV1, ...] = ()
    download_bytes: int | None = None


class EnvironmentV1(Struct, frozen=True, kw_only=True):
    """One environment, as ``list`` prints it."""

    name: str
    path: str
    backend: str
    python: str
    packages: dict[str, str]
    build: str
    state: EnvState
    verified: str | None
    size: Size
    why: str = ""
    toolkit: OwnToolkitV1 | None = None


class EnvironmentsV1(Struct, frozen=True, kw_only=True):
    """``torchup.environments/v1``."""

    schema: Literal["torchup.environments/v1"] = "torchup.environments/v1"
    environments: tuple[EnvironmentV1, ...]


class CheckV1(Struct, frozen=True, kw_only=True):
    """One check of a verification."""

    code: str
    status: CheckStatus
    detail: str
    took_s: float


class VerifyV1(Struct, frozen=True, kw_only=True):
    """``torchup.verify/v1``; also the receipt kept in an environment.

    ``name`` is the environment's, empty for an interpreter by its path; ``libraries`` are the files
    that were really loaded; ``figures`` what was measured, ``of_datasheet`` which
    part of the maker's figure the best of a kind (``matmul bf16``) reaches, where it is known.
    """

    schema: Literal["torchup.verify/v1"] = "torchup.verify/v1"
    ok: bool
    device: str
    packages: dict[str, str]
    checks: tuple[CheckV1, ...]
    python: str = ""
    at: str = ""
    name: str = ""
    level: str = ""
    devices: tuple[str, ...] = ()
    libraries: tuple[str, ...] = ()
    figures: tuple[Figure, ...] = ()
    of_datasheet: dict[str, float] = {}


class ShownEnvironmentV1(Struct, frozen=True, kw_only=True):
    """``torchup.environment/v1``: one environment with its stack, files and receipt."""

    schema: Literal["torchup.environment/v1"] = "torchup.environment/v1"
    name: str
    path: str
    backend: str
    python: str
    packages: dict[str, str]
    build: str
    state: EnvState
    verified: str | None
    size: Size
    why: str
    created: str
    stack: StackV1
    sources: tuple[ArtifactV1, ...]
    receipt: VerifyV1 | None
    lock: Locked | None = None
    toolkit: OwnToolkitV1 | None = None


class OutcomeV1(Struct, frozen=True, kw_only=True):
    """``torchup.outcome/v1``: how a command that changes something ended.

    ``freed`` are the bytes that ``clean`` freed, or would free; ``lock`` is what ``sync`` went by.
    ``left`` is what ``repair`` leaves to the user.
    """

    schema: Literal["torchup.outcome/v1"] = "torchup.outcome/v1"
    command: str
    ok: bool
    steps: tuple[StepOutcome, ...]
    environment: EnvironmentV1 | None
    plan: PlanV1 | None = None
    verify: VerifyV1 | None = None
    cleaned: tuple[str, ...] = ()
    freed: int | None = None
    lock: SyncedV1 | None = None
    left: tuple[FindingV1, ...] = ()


class ErrorV1(Struct, frozen=True, kw_only=True):
    """``torchup.error/v1``."""

    schema: Literal["torchup.error/v1"] = "torchup.error/v1"
    code: str
    message: str
    hint: str


class StatusV1(Struct, frozen=True, kw_only=True):
    """``torchup.status/v1``: this machine, what fits it, what is installed, what starts it."""

    schema: Literal["torchup.status/v1"] = "torchup.status/v1"
    machine: MachineV1
    plan: PlanV1
    environments: tuple[EnvironmentV1, ...]
    connected: tuple[Connected, ...] = ()


class ConfigV1(Struct, frozen=True, kw_only=True):
    """``torchup.config/v1``: the settings, and the file they are in.

    ``steps`` is what was done, or would be, to take along what is in the old home.
    """

    schema: Literal["torchup.config/v1"] = "torchup.config/v1"
    path: str
    values: dict[str, str]
    steps: tuple[StepOutcome, ...] = ()


DOCUMENTS = (
    MachineV1,
    PlanV1,
    EnvironmentsV1,
    ShownEnvironmentV1,
    VerifyV1,
    OutcomeV1,
    ErrorV1,
    StatusV1,
    ConfigV1,
    CompatV1,
    FactsV1,
    CurrentV1,
    ShellV1,
    PackagesV1,
    BenchV1,
    MeasurementsV1,
    ReportV1,
    ComparisonV1,
    ExportV1,
    UsageV1,
    SearchV1,
    DiagnosisV1,
    CondaConfigV1,
    LockV1,
    ToolkitsV1,
    MirrorsV1,
    MirrorPreviewV1,
    KernelsV1,
    KernelChecksV1,
    WhichV1,
    IdesV1,
    ChangesV1,
    BundleReportV1,
    Bundle,
    WebV1,
    JobV1,
    JobsV1,
    PreviewV1,
    CommandsV1,
    FleetPlanV1,
    FleetProbeV1,
    FleetOutcomeV1,
    FleetCheckV1,
    FleetReportV1,
    FleetTogetherV1,
)
"""Every document of version 1."""
