"""What is said about one card of a machine, remembered by candidate and by runtime."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchup.resolve.ways import TITLES

if TYPE_CHECKING:
    from torchup.model import Reason
    from torchup.resolve.judge import Judge
    from torchup.resolve.knowledge import Candidate
    from torchup.resolve.targets import Target


class OnCard:
    """One card, on one machine.

    Args:
        judge: knows the machine.
        target: the card.
    """

    __slots__ = ("_against", "_judge", "_known", "_natives", "_started", "target")

    def __init__(self, judge: Judge, target: Target) -> None:
        self.target = target
        self._judge = judge
        self._known = judge.knows(target)
        self._started: dict[str, Reason | None] = {}
        self._natives: dict[str, bool] = {}
        self._against: dict[int, tuple[Reason, ...]] = {}

    def said(self, candidate: Candidate) -> tuple[Reason, ...]:
        """Everything about a candidate, as it is said on every machine: names are left out."""
        covers = self._judge.covers(candidate, self.target)
        build = candidate.build
        if build.device in TITLES:  # its driver is whatever the system's interface takes
            return (covers,)
        known = self._known
        starts = self._starts(build.runtime) if build.device == "cuda" else None
        if starts is None:
            return (covers,) if known is None else (covers, known)
        return (covers, starts) if known is None else (covers, known, starts)

    def against(self, candidate: Candidate) -> tuple[Reason, ...]:
        """That part of it which rejects."""
        found = self._against.get(candidate.number)
        if found is None:
            found = tuple([one for one in self.said(candidate) if one.effect == "reject"])
            self._against[candidate.number] = found
        return found

    def native(self, runtime: str) -> bool:
        """Whether the card's driver knows a runtime without compatibility rules."""
        found = self._natives.get(runtime)
        if found is None:
            found = self._natives[runtime] = self._judge.native(runtime, self.target)
        return found

    def _starts(self, runtime: str) -> Reason | None:
        try:
            return self._started[runtime]
        except KeyError:
            found = self._started[runtime] = self._judge.starts(runtime, self.target)
            return found
