"""What lets an IDE use the environment of a folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchup.api.ides.pycharm import tell_pycharm
from torchup.api.ides.vscode import tell_vscode
from torchup.api.repairs.proposal import Proposal

if TYPE_CHECKING:
    from torchup.api.context import Context
    from torchup.model.finding import Finding


def propose(context: Context, finding: Finding) -> Proposal | None:
    """Write its files; None where they say so already, as where somebody picked another by hand.

    Raises:
        TorchupError: its files can't be read, or it is open.
    """
    if finding.remedies[0].safety == "manual":
        return None
    tell = tell_pycharm if finding.facts["kind"] == "pycharm" else tell_vscode
    told = tell(context, finding.facts["name"], finding.facts["folder"])
    if not told.edits:
        return None
    return Proposal(
        finding=finding,
        title=finding.remedies[0].title,
        safety="ask",
        lines=told.lines,
        edits=told.edits,
    )
