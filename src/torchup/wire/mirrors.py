"""The documents about mirrors."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from torchup.model.mirror import MirrorState, ServedKind
from torchup.model.mirror_speed import Holds

_Kind = Literal["pypi", "pytorch", "conda", "python"]


class MirrorV1(Struct, frozen=True, kw_only=True):
    """One place; ``url`` without credentials, ``chosen`` its rank among the chosen (0: none)."""

    kind: ServedKind
    id: str
    name: str
    url: str
    layout: str
    operator: str
    state: MirrorState
    certainty: str
    seen: str
    source: str
    checked: str
    note: str
    chosen: int = 0


class InUseV1(Struct, frozen=True, kw_only=True):
    """The place of one kind, who names it, and what stands by."""

    kind: _Kind
    url: str
    origin: str
    mirror: str | None
    state: str
    standby: tuple[str, ...]


class MeasuredV1(Struct, frozen=True, kw_only=True):
    """How one place did; ``rate`` in bytes a second, ``size`` of the planned file in bytes.

    ``fresh`` is the newest release that it lists, or the ISO day on which its file last changed.
    """

    kind: _Kind
    mirror: str
    url: str
    file: str
    holds: Holds
    latency_ms: int | None
    rate: int | None
    size: int | None
    changed: str
    why: str
    fresh: str = ""


class MirrorsV1(Struct, frozen=True, kw_only=True):
    """``torchup.mirrors/v1``: what ``mirror list``, ``status`` and ``test`` found.

    ``best`` are the words that ``mirror use`` takes for what won, the first of each kind first.
    """

    schema: Literal["torchup.mirrors/v1"] = "torchup.mirrors/v1"
    action: Literal["list", "status", "test"]
    mirrors: tuple[MirrorV1, ...] = ()
    used: tuple[InUseV1, ...] = ()
    measured: tuple[MeasuredV1, ...] = ()
    best: tuple[str, ...] = ()


class SettingChangeV1(Struct, frozen=True, kw_only=True):
    """One of torchup's own settings before and after; empty where it isn't set."""

    key: str
    was: str
    now: str


class FileChangeV1(Struct, frozen=True, kw_only=True):
    """A file of another program; ``diff`` are lines as ``diff -u`` writes them."""

    program: str
    path: str
    change: Literal["new", "changed", "same", "restored"]
    diff: tuple[str, ...] = ()


class MirrorPreviewV1(Struct, frozen=True, kw_only=True):
    """``torchup.mirror-preview/v1``: what choosing or forgetting mirrors would write."""

    schema: Literal["torchup.mirror-preview/v1"] = "torchup.mirror-preview/v1"
    settings: tuple[SettingChangeV1, ...]
    files: tuple[FileChangeV1, ...]
    notes: tuple[str, ...] = ()
