"""The documents about many machines."""

from __future__ import annotations

from typing import Any, Literal

from msgspec import Struct

from torchup.wire.machine import MachineV1
from torchup.wire.stacks import ReasonV1, StackV1


class FleetHostPlanV1(Struct, frozen=True, kw_only=True):
    """One host's own answer; ``why`` is what speaks for it, or why there is none, worded."""

    name: str
    outcome: Literal["ok", "none", "refused"]
    stack: StackV1 | None
    serves: tuple[int, ...] = ()
    leaves_out: tuple[int, ...] = ()
    why: tuple[str, ...] = ()
    remedy: str = ""


class FleetGroupV1(Struct, frozen=True, kw_only=True):
    """Hosts that get the same."""

    stack: StackV1 | None
    hosts: tuple[str, ...]
    cards: tuple[str, ...]
    drivers: tuple[str, ...]
    reasons: tuple[ReasonV1, ...] = ()
    remedy: str = ""


class FleetLeftV1(Struct, frozen=True, kw_only=True):
    """A host on which a shared stack doesn't run."""

    name: str
    reasons: tuple[ReasonV1, ...]
    remedy: str


class SharedStackV1(Struct, frozen=True, kw_only=True):
    """One stack for several hosts, and those that it leaves."""

    stack: StackV1
    hosts: tuple[str, ...]
    left: tuple[FleetLeftV1, ...]


class FleetPlanV1(Struct, frozen=True, kw_only=True):
    """``torchup.fleet-plan/v1``. ``outcome`` is none where any host has no stack.

    The first of ``shared`` runs on most hosts and says why it leaves the others; those behind it
    are newer and run on fewer.
    """

    schema: Literal["torchup.fleet-plan/v1"] = "torchup.fleet-plan/v1"
    outcome: Literal["ok", "none"]
    hosts: tuple[FleetHostPlanV1, ...]
    groups: tuple[FleetGroupV1, ...]
    shared: tuple[SharedStackV1, ...]


class FleetProbedV1(Struct, frozen=True, kw_only=True):
    """What became of asking one host; ``why`` is set where it has no machine."""

    name: str
    state: Literal["ok", "failed", "unreachable"]
    why: str
    machine: MachineV1 | None


class FleetProbeV1(Struct, frozen=True, kw_only=True):
    """``torchup.fleet-probe/v1``. ``ok``: every host answered; ``folder`` has the documents."""

    schema: Literal["torchup.fleet-probe/v1"] = "torchup.fleet-probe/v1"
    ok: bool
    folder: str
    hosts: tuple[FleetProbedV1, ...]


class FleetResultV1(Struct, frozen=True, kw_only=True):
    """How it ended on one host; ``document`` is what torchup printed there, empty for nothing."""

    name: str
    state: Literal["done", "unchanged", "failed", "unreachable", "waiting"]
    why: str
    document: dict[str, Any]


class FleetOutcomeV1(Struct, frozen=True, kw_only=True):
    """``torchup.fleet-outcome/v1``: how a command ended on many hosts.

    ``left_out`` are hosts that have no stack, so that they were not asked.
    """

    schema: Literal["torchup.fleet-outcome/v1"] = "torchup.fleet-outcome/v1"
    command: str
    ok: bool
    hosts: tuple[FleetResultV1, ...]
    left_out: tuple[str, ...] = ()


class FleetDriftV1(Struct, frozen=True, kw_only=True):
    """One difference; ``code`` is such as ``driver``, ``build``, ``package`` or ``gone``."""

    code: str
    text: str
    name: str = ""
    was: str = ""
    now: str = ""


class FleetCheckedV1(Struct, frozen=True, kw_only=True):
    """What became of a host since an environment was made on it."""

    name: str
    state: Literal["same", "drifted", "failed", "unreachable"]
    why: str
    drift: tuple[FleetDriftV1, ...]


class FleetCheckV1(Struct, frozen=True, kw_only=True):
    """``torchup.fleet-check/v1``. ``ok`` where every host is as it was."""

    schema: Literal["torchup.fleet-check/v1"] = "torchup.fleet-check/v1"
    ok: bool
    hosts: tuple[FleetCheckedV1, ...]


class FleetMadeV1(Struct, frozen=True, kw_only=True):
    """An environment that was made on a host."""

    name: str
    ok: bool
    at: str
    packages: dict[str, str]
    build: str
    python: str
    verified: str


class FleetRowV1(Struct, frozen=True, kw_only=True):
    """All that is kept of a host; ``state``, ``at`` and ``why`` are of the last probe."""

    name: str
    system: str
    cards: tuple[str, ...]
    driver: str
    state: str
    at: str
    why: str
    environments: tuple[FleetMadeV1, ...]


class FleetReportV1(Struct, frozen=True, kw_only=True):
    """``torchup.fleet-report/v1``."""

    schema: Literal["torchup.fleet-report/v1"] = "torchup.fleet-report/v1"
    hosts: tuple[FleetRowV1, ...]


class FleetTroubleV1(Struct, frozen=True, kw_only=True):
    """Something between hosts; where it ``stops``, torch would hang or compute wrongly."""

    code: str
    stops: bool
    text: str
    args: dict[str, str]


class FleetTogetherV1(Struct, frozen=True, kw_only=True):
    """``torchup.fleet-together/v1``: whether hosts compute together.

    ``hosts`` are by rank; ``gb_s`` is what each sends and receives while all add up, ``pairs`` what
    goes between each two, in GB/s; null and none where torch was not started.
    """

    schema: Literal["torchup.fleet-together/v1"] = "torchup.fleet-together/v1"
    ok: bool
    hosts: tuple[str, ...]
    lost: dict[str, str]
    troubles: tuple[FleetTroubleV1, ...]
    backend: str
    gb_s: float | None
    pairs: tuple[tuple[str, str, float], ...]
