"""A file that has a library's name, renamed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchup.api.checks.shadows import look, new_name
from torchup.api.repairs.proposal import Proposal
from torchup.state.undo import Rename

if TYPE_CHECKING:
    from torchup.api.context import Context
    from torchup.model.finding import Finding


def propose(context: Context, finding: Finding) -> Proposal | None:
    """Give it another name; None where that is taken."""
    path = finding.facts["path"]
    to = new_name(path)
    taken = context.host.modified(to) is not None
    if taken or not any(one.facts["path"] == path for one in look(context)):
        return None
    return Proposal(
        finding=finding,
        title=finding.remedies[0].title,
        safety="ask",
        edits=(Rename(path=path, to=to),),
    )
