"""What is wrong here, and which of it torchup can mend: for the page of repairs."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from msgspec import Struct

from torchup.api.checks.here import Here as Looking
from torchup.api.checks.here import inside
from torchup.api.environments import damage, known
from torchup.api.repairs import mending
from torchup.api.repairs.proposal import Proposal
from torchup.model.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from torchup.api.context import Context

Thing = TypeVar("Thing")


class Mend(Struct, frozen=True, kw_only=True):
    """What one order mends: everything of one kind, which ``torchup repair --finding`` names."""

    code: str
    proposals: tuple[Proposal, ...]

    @property
    def undoable(self) -> bool:
        """Whether ``undo`` takes all of it back: files and environments are kept, caches aren't."""
        return all(one.safety == "safe" or one.edits or one.environment for one in self.proposals)


class Alike(Struct, frozen=True, kw_only=True):
    """Findings of one kind. ``anchor`` is what a page calls the place where they stand."""

    anchor: str
    findings: tuple[Finding, ...]


class Looked(Struct, frozen=True, kw_only=True):
    """What is wrong: what torchup mends, what a person has to, and what is only noticed."""

    mends: tuple[Mend, ...]
    left: tuple[Alike, ...]
    notes: tuple[Alike, ...]


def look(context: Context, name: str) -> Sequence[Finding]:
    """Look as ``torchup repair`` does: into one environment, or at the whole machine.

    Raises:
        NoAnswerError: there is no such environment.
    """
    if name:
        found = known.show(context, name)[0]
        damage.see_recorded(found)
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
    by_code = _by_code(planned.proposals, lambda one: one.finding.code)
    mends = [Mend(code=code, proposals=some) for code, some in by_code.items()]
    mends.sort(key=lambda one: one.code not in first)
    notes = [one for one in found if one.severity == "info" and one.code not in by_code]
    anchored = set(by_code)
    return Looked(
        mends=tuple(mends),
        left=tuple(_alike(planned.left, anchored)),
        notes=tuple(_alike(notes, anchored)),
    )


def _alike(found: Sequence[Finding], anchored: set[str]) -> Iterator[Alike]:
    """Put those of a kind together; a place is named once on a page, by the first that stands."""
    for code, some in _by_code(found, lambda one: one.code).items():
        anchor = f"also-{code}" if code in anchored else f"finding-{code}"
        anchored.add(code)
        yield Alike(anchor=anchor, findings=some)


def _by_code(
    found: Iterable[Thing], code_of: Callable[[Thing], str]
) -> dict[str, tuple[Thing, ...]]:
    grouped: dict[str, tuple[Thing, ...]] = {}
    for one in found:
        grouped[code_of(one)] = (*grouped.get(code_of(one), ()), one)
    return grouped
