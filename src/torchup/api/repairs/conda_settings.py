"""What is wrong in conda's settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchup.api.condas.settings import CondaSettings
from torchup.api.repairs.proposal import Proposal

if TYPE_CHECKING:
    from torchup.api.context import Context
    from torchup.model.finding import Finding


def propose(context: Context, finding: Finding) -> Proposal | None:
    """Edit the file that the finding is about, its comments kept.

    Raises:
        TorchupError: it can't be read.
    """
    settings = CondaSettings(context)
    judged = next((one for one in settings.findings if one.finding == finding), None)
    if judged is None or not judged.edits or judged.safety is None:
        return None
    change, write = settings.written(judged.path, judged.edits)
    if change.same:
        return None
    return Proposal(
        finding=finding,
        title=finding.remedies[0].title,
        safety=judged.safety,
        edits=(write,),
    )
