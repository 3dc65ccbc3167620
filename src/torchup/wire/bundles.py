"""Documents about bundles."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from torchup.model.bundles import Bundle


class BundleFindingV1(Struct, frozen=True, kw_only=True):
    """One thing that is wrong with a bundle, worded in ``text``; ``target`` is a row, or empty."""

    code: str
    severity: Literal["error", "info"]
    target: str
    subject: str
    text: str


class BundleReportV1(Struct, frozen=True, kw_only=True):
    """``torchup.bundle-report/v1``: what was done with a bundle, and what it holds.

    ``digest`` is the sha256 of its index, which names the hashes of everything else; ``fetched``
    and ``reused`` are bytes; ``path`` is null where nothing was written.
    """

    schema: Literal["torchup.bundle-report/v1"] = "torchup.bundle-report/v1"
    action: Literal["create", "update", "verify", "show"]
    ok: bool
    path: str | None
    size: int
    digest: str
    bundle: Bundle
    fetched: int = 0
    reused: int = 0
    findings: tuple[BundleFindingV1, ...] = ()
