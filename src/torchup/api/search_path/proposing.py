"""What keeps conda's base from being entered by accident."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from torchup.api.condas.settings import CondaSettings
from torchup.api.repairs.proposal import Proposal
from torchup.model.conda import Edit

if TYPE_CHECKING:
    from torchup.api.context import Context
    from torchup.model.finding import Finding

KEY: Final = "auto_activate_base"
"""The setting; conda 25.3 calls it ``auto_activate`` and reads this name as well."""


def propose(context: Context, finding: Finding) -> Proposal | None:
    """Let conda no longer enter its base in every new shell; None where it doesn't any more.

    Raises:
        TorchupError: its settings can't be read.
    """
    settings = CondaSettings(context)
    change, write = settings.written(
        settings.own_file, [Edit(action="set", key=KEY, value="false")]
    )
    if change.same:
        return None
    title = finding.remedies[-1].title
    return Proposal(finding=finding, title=title, safety="ask", edits=(write,))
