"""Rules for Apple's GPUs: which macOS a release needs to compute on them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchup.model import Reason
from torchup.resolve.numbers import at_least, dotted

if TYPE_CHECKING:
    from torchup.facts.catalogue import Catalogue, Metal
    from torchup.model import Os
    from torchup.resolve.knowledge import Candidate


def metal_of(release: str, catalogue: Catalogue) -> Metal | None:
    """The row that holds for a release: that of the newest one at or before it."""
    return next((one for one in catalogue.metal if at_least(release, one.since)), None)


def metal_reaches(candidate: Candidate, os: Os, catalogue: Catalogue) -> Reason | None:
    """The macOS is one on which the release computes on the GPU; None where it is, or unknown."""
    row = metal_of(candidate.release.version, catalogue)
    if row is None or not dotted(os.version or "") or at_least(str(os.version), row.macos):
        return None
    return Reason(
        code="libc-too-old",
        effect="reject",
        subject=f"{candidate.label} (MPS)",
        needs=f"macos {row.macos}",
        has=f"macos {os.version}",
        about=candidate.label,
        fact=catalogue.fact(row.fact),
    )


def without_metal(os: Os, name: str, catalogue: Catalogue) -> Reason | None:
    """Say that no release computes on the GPU under this macOS; None where one does."""
    first = min(catalogue.metal, key=lambda one: dotted(one.macos), default=None)
    if first is None or not dotted(os.version or "") or at_least(str(os.version), first.macos):
        return None
    return Reason(
        code="macos-without-mps",
        effect="warn",
        subject=name,
        needs=first.macos,
        has=str(os.version),
        fact=catalogue.fact(first.fact),
    )


def through_metal(label: str, name: str) -> Reason:
    """Say that a build computes on an Apple GPU, which its name doesn't tell."""
    return Reason(code="computes-through-mps", effect="prefer", subject=name, about=label)
