"""Packages from outside that get into an environment."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from torchup.api.repairs.proposal import Proposal
from torchup.model import text
from torchup.model.no_document import NO_DOCUMENT
from torchup.probe.inventory.condas import find_condas
from torchup.probe.inventory.judged import conda_lines
from torchup.state import undo

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchup.api.context import Context
    from torchup.model.finding import Finding

_OPEN: Final = re.compile(rb"(?im)^(\s*include-system-site-packages\s*=\s*)true(\s*)$")
_SWITCH: Final = "PYTHONNOUSERSITE"


def propose(context: Context, finding: Finding) -> Proposal | None:
    """Close the environment: a virtual one by its settings, conda's by a variable of its own.

    A virtual environment sees packages from outside where ``pyvenv.cfg`` says so
    (https://docs.python.org/3/library/venv.html). One of conda's always sees the user's; the
    variables in ``conda-meta/state`` are set when it is activated (conda's documentation,
    "Setting environment variables").
    """
    path = finding.facts.get("environment", "")
    edit = _closed(context, path)
    if edit is not None:
        return Proposal(
            finding=finding,
            title=text("repair.close-venv", path=path),
            safety="ask",
            edits=(edit,),
            environment=finding.facts.get("name", path),
        )
    places = tuple(_alike(context, path))
    edits = [one for one in (_without_user_site(context, place) for place in places) if one]
    if not edits:
        return None
    return Proposal(
        finding=finding,
        title=text("repair.close-conda", path=", ".join(places)),
        safety="ask",
        edits=tuple(edits),
    )


def _alike(context: Context, path: str) -> Iterator[str]:
    """Name every environment of conda's that the same packages get into: those of one Python."""
    lines = list(conda_lines(context.host, find_condas(context.host)))
    mine = next((line for line, prefix in lines if prefix == path), None)
    yield from (prefix for line, prefix in lines if line == mine)


def _closed(context: Context, path: str) -> undo.Write | None:
    settings = f"{path}/pyvenv.cfg"
    said = context.host.read(settings)
    closed = _OPEN.sub(rb"\1false\2", said or b"")
    if said is None or closed == said:
        return None
    return undo.Write(path=settings, data=closed, was=said)


def _without_user_site(context: Context, path: str) -> undo.Write | None:
    import msgspec

    place = f"{path}/conda-meta/state"
    said = context.host.read(place)
    try:
        state: dict[str, Any] = msgspec.json.decode(said or b"{}", type=dict[str, Any])
    except NO_DOCUMENT:
        return None
    variables = state.get("env_vars")
    if variables is None:
        variables = {}
    if not isinstance(variables, dict) or _SWITCH in variables:
        return None
    state["env_vars"] = {**variables, _SWITCH: "1"}
    return undo.Write(path=place, data=msgspec.json.encode(state), was=said)
