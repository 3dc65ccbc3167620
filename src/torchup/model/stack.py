"""What is asked for, what is chosen, and why."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from torchup.model.text import Text

Device = Literal["cuda", "rocm", "xpu", "mps", "directml", "openvino", "cpu"]
Effect = Literal["accept", "reject", "prefer", "warn"]


class AllowedHashes(Struct, frozen=True, kw_only=True):
    """The files of a package that may be installed; ``hashes`` read like ``sha256:…``."""

    name: str
    hashes: tuple[str, ...]


class Requirement(Struct, frozen=True, kw_only=True):
    """What the user asked for.

    ``packages`` are PEP 508 requirements; ``constraints`` read the same and count only where
    something asks for their package; ``hashes`` say which files of a package may come. ``python``
    is ``3.11``, ``3.14t`` or an interpreter's path. ``build`` is a build name such as ``cu126``,
    or None for the best one. ``today`` (ISO date) decides how old a Python is; the caller takes
    it from the clock so that choices replay. ``as_of`` (ISO date, empty for now) is the day whose
    newest is wanted: ``today`` is that day then, and what came later is no candidate;
    ``framework_day`` is a later one for the framework alone, empty where it is the same.
    ``nightly`` asks for a nightly build, and for nothing else.
    ``backend`` is who solves and installs; ``channels`` are those of conda's that were named, in
    order. ``markers_for`` is the release line that environment markers are judged by where
    ``python`` names none; empty as long as none is chosen.
    """

    packages: tuple[str, ...] = ()
    python: str | None = None
    build: str | None = None
    cpu: bool = False
    companions: bool = True
    use_gpus: tuple[str, ...] = ()
    offline: bool = False
    today: str = "1970-01-01"
    constraints: tuple[str, ...] = ()
    hashes: tuple[AllowedHashes, ...] = ()
    as_of: str = ""
    framework_day: str = ""
    markers_for: str = ""
    nightly: bool = False
    backend: str = "uv"
    channels: tuple[str, ...] = ()


class FactRef(Struct, frozen=True, kw_only=True):
    """A row of the catalogue: its file, key, source and the day it was checked."""

    file: str
    key: str
    url: str
    checked: str


class Reason(Struct, frozen=True, kw_only=True):
    """One constraint's word on one candidate; worded under ``reason.CODE``.

    ``about`` names the candidate (``2.14.1+cu126``) where the words need it. A rival's rejection
    that explains the choice has the effect ``prefer``.
    """

    code: str
    effect: Effect
    subject: str
    needs: str = ""
    has: str = ""
    about: str = ""
    fact: FactRef | None = None


class Stack(Struct, frozen=True, kw_only=True):
    """A consistent set: what will be installed, for which device, from which source.

    ``packages`` maps names to public versions; ``pins`` maps the same names to the exact versions
    asked of the source, local part included. ``runtime`` is empty for builds without one;
    ``source`` is the id of the place that was chosen, empty where only the catalogue was asked;
    ``beside`` are requirements that belong to it although its wheels don't ask for them;
    ``constraints`` are those that known traps set on versions of packages that will be there, one
    per package, and ``absent`` names what has to be left out although something asks for it.
    ``environment`` are variables that it needs where it runs; ``extras`` maps packages to the
    extra that makes them the build. ``devices`` names the frameworks beside the first one that
    compute on another device than it. ``cards`` maps a framework to the architectures of the
    machine's cards that it is meant for; no key where that is not known. ``distributions`` maps
    packages to the name that the chosen build of them is published and installed under.
    ``libraries`` are match specifications of conda's packages that stand beside wheels which lack
    them: where there are any, everything else of the framework comes from PyPI. ``builds`` names
    the builds of the frameworks beside the first one.
    """

    python: str
    packages: dict[str, str]
    build: str
    runtime: str
    device: Device
    origin: Literal["wheel", "conda"] = "wheel"
    index_url: str = ""
    pins: dict[str, str] = {}
    source: str = ""
    beside: tuple[str, ...] = ()
    constraints: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    environment: dict[str, str] = {}
    extras: dict[str, str] = {}
    devices: dict[str, Device] = {}
    cards: dict[str, tuple[str, ...]] = {}
    distributions: dict[str, str] = {}
    libraries: tuple[str, ...] = ()
    builds: dict[str, str] = {}

    @property
    def lines(self) -> tuple[str, ...]:
        """The exact requirements that the source is asked for: ``jax[cuda12]==0.8.2``."""
        return tuple(
            f"{self.installed_as(name)}[{extra}]=={version}"
            if (extra := self.extras.get(name))
            else f"{self.installed_as(name)}=={version}"
            for name, version in (self.pins or self.packages).items()
        )

    @property
    def named_build(self) -> str | None:
        """What to ask for to get the build again; None where no name is needed.

        On Apple's GPU every plain build for its Macs computes.
        """
        plain = self.device == "mps" and self.build in ("", "cpu")
        return None if plain else self.build

    @property
    def installed(self) -> dict[str, str]:
        """The exact versions under the names that an installer knows."""
        wanted = self.pins or self.packages
        return {self.installed_as(name): version for name, version in wanted.items()}

    def installed_as(self, name: str) -> str:
        """Name the package that an installer knows a part of the stack by."""
        return self.distributions.get(name, name)


class LeftOut(Struct, frozen=True, kw_only=True):
    """A GPU or a companion that the chosen stack does not serve, and why."""

    subject: str
    reason: Reason


class NearMiss(Struct, frozen=True, kw_only=True):
    """A stack that would do if one thing changed, and the change."""

    stack: Stack
    reasons: tuple[Reason, ...]
    remedy: Text


class Resolution(Struct, frozen=True, kw_only=True):
    """The answer and the explanation, from one evaluation.

    ``serves`` and ``leaves_out`` hold positions in the machine's list of GPUs. ``lacking`` names
    the frameworks that there is no stack of, where several were asked for.
    """

    outcome: Literal["ok", "none"]
    requirement: Requirement
    stack: Stack | None = None
    serves: tuple[int, ...] = ()
    leaves_out: tuple[int, ...] = ()
    companions_left_out: tuple[LeftOut, ...] = ()
    reasons: tuple[Reason, ...] = ()
    near_misses: tuple[NearMiss, ...] = ()
    considered: int = 0
    lacking: tuple[str, ...] = ()
