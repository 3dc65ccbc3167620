"""The document of the facts, ``torchup.facts/v1``."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from torchup.model import FactRef


class FrameworkV1(Struct, frozen=True, kw_only=True):
    """How much is known of a framework."""

    title: str
    newest: str
    releases: int
    builds: int


class SummaryV1(Struct, frozen=True, kw_only=True):
    """The facts in force; ``overlay`` is empty where there is none.

    ``newest``, ``counts`` and ``certainty`` are about the first of ``frameworks``.
    """

    origin: Literal["shipped", "updated"]
    version: str
    digest: str
    overlay: str
    overlay_from: str
    checked: str
    newest: str
    counts: dict[str, int]
    certainty: dict[str, int]
    frameworks: dict[str, FrameworkV1] = {}


class KnownV1(Struct, frozen=True, kw_only=True):
    """One fact: its name (``pythons``, ``floor``, ``build``, …), its value, where it stands."""

    key: str
    value: str
    certainty: str
    fact: FactRef


class SubjectV1(Struct, frozen=True, kw_only=True):
    """What was asked about, and everything that is known of it."""

    kind: Literal["release", "runtime", "driver", "architecture", "card"]
    name: str
    known: tuple[KnownV1, ...]


class FactFindingV1(Struct, frozen=True, kw_only=True):
    """One thing that a check found, worded in ``text``."""

    code: str
    severity: Literal["error", "warning", "info"]
    text: str
    remedy: str


class FactsV1(Struct, frozen=True, kw_only=True):
    """``torchup.facts/v1``: what was done, and the facts that are in force after it.

    ``summary`` is null where they can't be read; ``changed`` is null where nothing was to be
    changed.
    """

    schema: Literal["torchup.facts/v1"] = "torchup.facts/v1"
    action: Literal["show", "check", "update", "overlay"]
    ok: bool
    changed: bool | None
    summary: SummaryV1 | None
    subjects: tuple[SubjectV1, ...] = ()
    findings: tuple[FactFindingV1, ...] = ()
