"""Packages of the user's own folder that get into environments of conda's, before their own.

conda keeps variables of an environment in ``conda-meta/state`` and sets them on activation
(``conda env config vars set``; conda's user guide, "Setting environment variables").
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec

from torchup.api.condas.places import prefixes
from torchup.api.repairs.proposal import Proposal
from torchup.backends.contents import leaks
from torchup.model import text
from torchup.state import undo

if TYPE_CHECKING:
    from pathlib import Path

    from torchup.api.context import Context
    from torchup.model.finding import Finding

VARIABLE: Final = "PYTHONNOUSERSITE"


def propose(context: Context, finding: Finding) -> Proposal | None:
    """Let every environment of conda's that they get into leave the user's own folder out."""
    found = (_edit(context, one) for one in prefixes(context))
    edits = tuple(one for one in found if one is not None)
    if not edits:
        return None
    return Proposal(
        finding=finding,
        title=text("condas.no-user-site", variable=VARIABLE),
        safety="safe",
        edits=edits,
    )


def _edit(context: Context, prefix: Path) -> undo.Write | None:
    host = context.host
    file = str(prefix / "conda-meta" / "state")
    data = host.read(file)
    try:
        state: Any = msgspec.json.decode(data or b"{}")
    except msgspec.DecodeError:
        return None
    if not isinstance(state, dict) or not isinstance(state.get("env_vars", {}), dict):
        return None
    if VARIABLE in state.get("env_vars", {}) or not host.may_write(str(prefix / "conda-meta")):
        return None
    if not any(one.leak == "user" for one in leaks(prefix, host)):
        return None
    state["env_vars"] = {**state.get("env_vars", {}), VARIABLE: "1"}
    after = msgspec.json.format(msgspec.json.encode(state), indent=2)
    return undo.Write(path=file, data=after, was=data)
