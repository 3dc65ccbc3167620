"""Places in pip's and uv's files that are gone, or not safe."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchup.api.mirrors.judging import mended
from torchup.api.repairs.proposal import Proposal
from torchup.state import undo

if TYPE_CHECKING:
    from torchup.api.context import Context
    from torchup.model.finding import Finding


def propose(context: Context, finding: Finding) -> Proposal | None:
    """Name the chosen mirror, or the makers' own index, in the place of what is gone.

    Plain http to a place that is known to serve https becomes https, and is trusted no further.

    Raises:
        UsageError: ``mirror.unknown``: torchup's own setting names a place that nobody knows.
    """
    path, tool = finding.facts.get("path", ""), finding.facts.get("tool", "")
    was = context.host.read(path) if path else None
    if was is None:
        return None
    chosen = context.mirrors.pypi
    now = mended(tool, was, chosen[0].url if chosen else "")
    if now is None or now == was:
        return None
    return Proposal(
        finding=finding,
        title=finding.remedies[0].title,
        safety="safe",
        edits=(undo.Write(path=path, data=now, was=was),),
    )
