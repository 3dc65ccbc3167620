"""Comparing places side by side, and choosing by what they did."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final, Protocol

from torchup.api.mirrors.choice import Chosen
from torchup.api.mirrors.measuring import ask, measure
from torchup.facts.mirrors import GONE
from torchup.host.together import together
from torchup.model.mirror import OFFICIAL

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from torchup.api.context import Context
    from torchup.model.mirror import Mirror, MirrorKind
    from torchup.model.mirror_speed import Measured, Wanted

_AT_ONCE: Final = 3
"""Places that send at a time: more of them would measure how they share this machine's line."""
_FINALISTS: Final = 6
"""Places of a kind, the soonest to answer, whose speed is measured in a race."""
_STANDBY: Final = 2
_SIZE: Final = 2**30
"""Bytes that places are compared by where none of them says how large the file is."""
UNFIT: Final = GONE | {"distrusted"}
"""States of places that are neither compared nor shown unasked."""


class OnMeasured(Protocol):
    """Told each place as it is done with one of its two questions."""

    def __call__(self, measured: Measured, *, final: bool) -> None:
        """Hear of it; ``final`` where nothing more will come."""


def contestants(kind: MirrorKind, mirrors: Iterable[Mirror]) -> list[Mirror]:
    """The places that may win: not those that are known to be gone, or of which nobody knows whose.

    Args:
        kind: what is compared.
        mirrors: every place.
    """
    return [one for one in mirrors if one.kind == kind and one.state not in UNFIT]


def compare(
    context: Context,
    wanted: Mapping[MirrorKind, Wanted],
    mirrors: Sequence[Mirror],
    on_measured: OnMeasured,
    *,
    finalists: int | None = None,
) -> list[Measured]:
    """Ask every place whether it has the planned file, then measure those that have.

    Args:
        context: the session.
        wanted: the planned files.
        mirrors: the places, of any kinds.
        on_measured: told each as it ends.
        finalists: measure only so many of each kind, the soonest to answer; None for all.

    Returns:
        Every place, in the order of ``mirrors``.
    """

    def first(mirror: Mirror) -> Measured:
        found = ask(context, mirror, wanted[mirror.kind])  # type: ignore[index]  # a chosen kind
        on_measured(found, final=found.holds != "yes")
        return found

    def second(one: Measured) -> Measured:
        found = measure(context, one)
        on_measured(found, final=True)
        return found

    taking = [one for one in mirrors if one.kind in wanted]
    asked = together([partial(first, one) for one in taking])
    sending = set(_soonest(asked, finalists))
    goes_on = [at for at in range(len(asked)) if at in sending]
    measured = together([partial(second, asked[at]) for at in goes_on], at_once=_AT_ONCE)
    results = dict(zip(goes_on, measured, strict=True))
    return [results.get(at, one) for at, one in enumerate(asked)]


def _soonest(asked: Sequence[Measured], finalists: int | None) -> Iterable[int]:
    """The positions of those that go on to the second question."""
    fit = [at for at, one in enumerate(asked) if one.holds == "yes"]
    if finalists is None:
        return fit
    chosen: list[int] = []
    for kind in dict.fromkeys(asked[at].wanted.kind for at in fit):
        ours = [at for at in fit if asked[at].wanted.kind == kind]
        ours.sort(key=lambda at: asked[at].latency_ms or 0)
        chosen += ours[:finalists]
    return chosen


def race(
    context: Context,
    wanted: Mapping[MirrorKind, Wanted],
    mirrors: Sequence[Mirror],
    on_measured: OnMeasured,
) -> tuple[list[Chosen], list[Measured]]:
    """Let places race for the planned files, and choose for each kind the one that wins.

    The makers' own place wins a tie. The next best stand by. A kind of which no place has the
    planned file is left as it is.

    Returns:
        What was chosen, and how every place did.
    """
    found = compare(context, wanted, mirrors, on_measured, finalists=_FINALISTS)
    return winners(wanted, found), found


def winners(kinds: Iterable[MirrorKind], found: Sequence[Measured]) -> list[Chosen]:
    """For each kind the place that wins, and the next best, which stand by.

    A kind of which no place has the planned file has none.
    """
    chosen = []
    for kind in kinds:
        usable = ranked([one for one in found if one.wanted.kind == kind])
        if usable:
            best = tuple(one.mirror for one in usable[: 1 + _STANDBY])
            chosen.append(Chosen(kind=kind, mirrors=best))
    return chosen


def ranked(found: Sequence[Measured]) -> list[Measured]:
    """The usable places of one kind, the soonest done with the planned file first."""
    size = next((one.size for one in found if one.size), _SIZE)
    usable = [one for one in found if one.usable]
    return sorted(usable, key=lambda one: (one.seconds(size), one.mirror.id != OFFICIAL))
