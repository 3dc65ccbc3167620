"""What would mend a kernel."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from torchup.api.environments.foreign import load
from torchup.api.kernels.adding import LAUNCHER
from torchup.api.kernels.findings import OTHER
from torchup.api.kernels.listing import list_kernels
from torchup.api.kernels.mending import edit_of, mends, started_in
from torchup.api.repairs.proposal import Proposal
from torchup.backends.installed import installed

if TYPE_CHECKING:
    from torchup.api.context import Context
    from torchup.model.finding import Finding


def propose(context: Context, finding: Finding) -> Proposal | None:
    """Write it anew for where its environment is, or take it away.

    Raises:
        TorchupError: its environment can't be read.
    """
    path = finding.facts["path"]
    kernel = next((one for one in list_kernels(context) if one.path == path), None)
    if kernel is None:
        return None
    title, safety = finding.remedies[0].title, finding.remedies[0].safety
    if finding.code == OTHER:
        found = load(context, finding.facts["name"], sized=False)
        if LAUNCHER not in installed(Path(found.record.path), context.host):
            return None  # `kernel add` brings it, and says so
        return Proposal(
            finding=finding,
            title=title,
            safety=safety,
            edits=(started_in(context, kernel, found),),
        )
    wanted = next(iter(mends((kernel,))), None)
    if wanted is None:
        return None
    return Proposal(finding=finding, title=title, safety=safety, edits=(edit_of(context, wanted),))
