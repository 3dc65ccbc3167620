"""Places that can't be reached: which they are, and whether a choice lacks one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchup.model import Listing, Reason, Resolution, shown_url

if TYPE_CHECKING:
    from collections.abc import Sequence


def lost_sources(
    listings: Sequence[Listing], framework: str, *, own: bool = False
) -> tuple[Reason, ...]:
    """Name the places that can't be reached, where others gave a stack.

    Args:
        listings: what was listed.
        framework: the framework's name.
        own: only those that this machine was set up to use.
    """
    return tuple(
        Reason(
            code="source-lost",
            effect="warn",
            subject=one.source.id,
            needs=shown_url(one.source.url),
            has=_why_lost(one),
        )
        for one in listings
        if one.state == "unreachable"
        and one.project == framework
        and not (own and one.source.role == "framework")
    )


def _why_lost(listing: Listing) -> str:
    if listing.why is None:
        return ""
    if listing.why.code == "sources.no-folder":
        return "@word.no-folder"
    return listing.why.args.get("why", "@word.offline")


def lacks_a_source(answer: Resolution) -> bool:
    """Tell whether there is no stack, and a place that can't be reached may be why."""
    if answer.outcome == "ok":
        return False
    near = (reason for one in answer.near_misses for reason in one.reasons)
    return any(reason.code == "source-unreachable" for reason in (*answer.reasons, *near))
