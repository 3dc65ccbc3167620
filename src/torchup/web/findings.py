"""What is wrong here, and which of it torchup can mend: for the page of repairs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from torchup.api import environments, repairing
from torchup.api.checks.here import Here as Looking
from torchup.api.checks.here import inside
from torchup.api.repairs import mending
from torchup.api.repairs.proposal import Proposal
from torchup.model.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torchup.api.context import Context


class Mend(Struct, frozen=True, kw_only=True):
    """What one order mends: everything of one kind, which ``torchup repair --finding`` names."""

    code: str
    proposals: tuple[Proposal, ...]


class Looked(Struct, frozen=True, kw_only=True):
    """What is wrong: what torchup mends, and what a person has to.

    ``as_root`` are those of which some remedy is the administrator's alone.
    """

    mends: tuple[Mend, ...]
    left: tuple[Finding, ...]
    notes: tuple[Finding, ...]


def look(context: Context, name: str) -> Sequence[Finding]:
    """Look as ``torchup repair`` does: into one environment, or at the whole machine.

    Raises:
        NoAnswerError: there is no such environment.
    """
    if name:
        found = environments.show(context, name)[0]
        repairing.see_recorded(found)
        return inside(context, found)
    return Looking(context, closely=True).whole(lambda _name, _done, _count: None).findings


def looked(context: Context, name: str, first: Sequence[str] = ()) -> Looked:
    """Look, and ask of everything whether torchup can mend it.

    Args:
        context: the session.
        name: one environment; empty for the whole machine.
        first: codes of what is to come first.

    Raises:
        TorchupError: as :func:`look`, or something can't be looked at.
    """
    found = look(context, name)
    planned = mending.plan(context, found)
    by_code: dict[str, list[Proposal]] = {}
    for one in planned.proposals:
        by_code.setdefault(one.finding.code, []).append(one)
    mends = [Mend(code=code, proposals=tuple(some)) for code, some in by_code.items()]
    mends.sort(key=lambda one: one.code not in first)
    mended = set(by_code)
    return Looked(
        mends=tuple(mends),
        left=planned.left,
        notes=tuple(one for one in found if one.severity == "info" and one.code not in mended),
    )
