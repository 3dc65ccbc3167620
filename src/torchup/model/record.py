"""What was done and what is there: environments, step outcomes, verification."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from torchup.model.locked import Locked
from torchup.model.plan import Artifact
from torchup.model.stack import Requirement, Stack
from torchup.model.text import Text
from torchup.model.toolkits import OwnToolkit

StepStatus = Literal["done", "skipped", "failed", "undone"]
CheckStatus = Literal["pass", "fail", "skip"]
EnvState = Literal["ok", "broken", "foreign"]


class Check(Struct, frozen=True, kw_only=True):
    """One thing that was tried inside an environment. ``detail`` is data, not a sentence."""

    code: str
    status: CheckStatus
    detail: str = ""
    took_s: float = 0.0


class Figure(Struct, frozen=True, kw_only=True):
    """How fast something was: ``samples`` in ``unit`` (FLOP/s, B/s, s, 1/s), in order of time.

    ``name`` is what was measured, ``kind`` which sort of it (a type, a direction), ``size`` the
    edge of a matrix or the bytes of a copy.
    """

    name: str
    kind: str
    size: int
    unit: str
    samples: tuple[float, ...]
    device: str = ""


class VerifyReport(Struct, frozen=True, kw_only=True):
    """What really ran. ``packages`` are the versions that were imported.

    ``level`` is how much was tried: quick, standard or full. ``devices`` are the names of what was
    found, ``libraries`` the files that were really loaded.
    """

    ok: bool
    device: str
    packages: dict[str, str]
    checks: tuple[Check, ...]
    python: str = ""
    at: str = ""
    level: str = ""
    devices: tuple[str, ...] = ()
    libraries: tuple[str, ...] = ()
    figures: tuple[Figure, ...] = ()

    @property
    def failed(self) -> tuple[str, ...]:
        """The codes of the checks that failed."""
        return tuple(one.code for one in self.checks if one.status == "fail")


class SpeedChange(Struct, frozen=True, kw_only=True):
    """One figure before and after: medians, and by which part it became faster (+) or slower (-).

    ``certain`` is whether the difference is more than noise.
    """

    name: str
    kind: str
    size: int
    device: str
    unit: str
    before: float
    after: float
    change: float
    certain: bool


class EnvRecord(Struct, frozen=True, kw_only=True):
    """The marker inside an environment: no marker, no environment.

    ``created`` and ``changed`` are ISO times; the latter is empty where nothing was changed since.
    ``lock`` is the one that it was last brought to, None where there was none.
    ``toolkit`` is None where builds take whatever the machine has.
    """

    name: str
    path: str
    backend: str
    created: str
    stack: Stack
    requirement: Requirement
    artifacts: tuple[Artifact, ...] = ()
    torchup: str = ""
    changed: str = ""
    lock: Locked | None = None
    toolkit: OwnToolkit | None = None


class Size(Struct, frozen=True, kw_only=True):
    """Bytes on disk: ``own`` is freed by deletion, ``shared`` is also linked from elsewhere."""

    own: int = 0
    shared: int = 0


class Environment(Struct, frozen=True, kw_only=True):
    """An environment as it is found now: its record, its state and its last verification.

    ``problem`` says what is wrong with one that is not ``ok``.
    """

    record: EnvRecord
    state: EnvState
    packages: dict[str, str]
    verified: str | None = None
    size: Size = Size()
    problem: Text | None = None


class StepOutcome(Struct, frozen=True, kw_only=True):
    """How one step ended."""

    id: str
    status: StepStatus
    took_s: float = 0.0
    detail: str = ""


class Outcome(Struct, frozen=True, kw_only=True):
    """How a command that changes something ended."""

    command: str
    ok: bool
    steps: tuple[StepOutcome, ...] = ()
    environment: Environment | None = None
    report: VerifyReport | None = None
