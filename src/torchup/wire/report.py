"""``torchup.report/v1``: everything for a report of a bug, without what is private."""

from __future__ import annotations

from typing import Any, Literal

from msgspec import Struct


class ReportV1(Struct, frozen=True, kw_only=True):
    """One environment and its machine.

    ``badge`` says it in one line; ``verify`` is the last verification, null where there was none;
    ``errors`` are the last lines of torchup's own logs; ``collect_env`` is PyTorch's own layout.
    """

    schema: Literal["torchup.report/v1"] = "torchup.report/v1"
    name: str
    badge: str
    machine: dict[str, Any]
    stack: dict[str, Any]
    state: str
    packages: dict[str, str]
    verify: dict[str, Any] | None
    errors: dict[str, str]
    collect_env: str
