"""A candidate judged: yes or no at once, and why if somebody asks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from torchup.facts.catalogue import Build, Release
    from torchup.model import Device, Reason
    from torchup.resolve.judge import Judge
    from torchup.resolve.knowledge import Candidate
    from torchup.resolve.offers import Offer
    from torchup.resolve.on_card import OnCard
    from torchup.resolve.places import Place
    from torchup.resolve.pythons import PythonChoice
    from torchup.resolve.targets import Target

_CERTAIN: Final = 2
_OF_RELEASE: Final = frozenset(
    {
        "companion-none",
        "companion-version",
        "libc-too-old",
        "python-unobtainable",
        "requested-build",
        "requested-python",
        "requested-version",
    }
)
"""What rests on the release's own row: its Pythons, floors, builds and companions."""
_CERTAINTY: Final = {"measured": _CERTAIN, "documented": _CERTAIN, "inferred": 1, "disputed": 1}


class Verdict:
    """One build of one release on one machine, with the best place and Python for it."""

    __slots__ = (
        "_against", "_all", "_judge", "_needed", "_place", "_reasons", "_served",
        "build", "candidate", "device", "order", "release",
    )  # fmt: skip

    def __init__(
        self,
        judge: Judge,
        candidate: Candidate,
        device: Device,
        needed: tuple[OnCard, ...],
        every: tuple[OnCard, ...],
    ) -> None:
        self.candidate = candidate
        self.order = candidate.order
        self.release: Release = candidate.release
        self.build: Build = candidate.build
        self.device = device
        self._judge = judge
        self._needed = needed
        self._all = every
        self._place: Place | None = None
        self._against: tuple[str, ...] | None = None
        self._reasons: tuple[Reason, ...] | None = None
        self._served: tuple[Target, ...] | None = None

    @property
    def label(self) -> str:
        """Its name as pip would write it."""
        return self.candidate.label

    @property
    def valid(self) -> bool:
        """Whether nothing speaks against it; asks no further than the first thing that does."""
        if self._against is None:
            return not self._refused()
        return not self._against

    @property
    def against(self) -> tuple[str, ...]:
        """The codes of the reasons against it, each reason once."""
        if self._against is None:
            self._against = tuple(self._refusals())
        return self._against

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """Everything said about it, in this machine's names."""
        if self._reasons is None:
            row = self._judge.catalogue.fact(self.release.fact)
            named = (
                replace(told, fact=row) if told.fact is None and told.code in _OF_RELEASE else told
                for told in (self._judge.named(*said) for said in self._said())
            )
            self._reasons = _distinct(named)
        return self._reasons

    @property
    def rejects(self) -> tuple[Reason, ...]:
        """The reasons against it."""
        return tuple(reason for reason in self.reasons if reason.effect == "reject")

    @property
    def served(self) -> tuple[Target, ...]:
        """The cards that it serves, needed or not."""
        if self._served is None:
            device, candidate = self.device, self.candidate
            self._served = tuple(
                card.target
                for card in self._all
                if device != "cpu" and (device == "mps" or not card.against(candidate))
            )
        return self._served

    @property
    def place(self) -> Place:
        """Where it can be had, and with which Python."""
        if self._place is None:
            self._place = self._judge.places.find(self.candidate)
        return self._place

    @property
    def offer(self) -> Offer | None:
        """The place, None where there is none."""
        return self.place.offer

    @property
    def python(self) -> PythonChoice | None:
        """The Python, None where there is none."""
        return self.place.python

    @property
    def native(self) -> bool:
        """Whether the driver knows its runtime without compatibility rules."""
        return bool(self._needed) and self._needed[0].native(self.build.runtime)

    @property
    def certain(self) -> bool:
        """Whether its facts were read from the thing itself or from its maker's own files."""
        return self.certainty == _CERTAIN

    @property
    def certainty(self) -> int:
        """How well its facts are known: certain, then deduced, then little more than guessed."""
        return _CERTAINTY.get(self.build.certainty, 0)

    @property
    def environment(self) -> dict[str, str]:
        """Variables that the cards need to run it; empty for nearly all."""
        asked = [one.target.override for one in self._needed if one.target.override is not None]
        archs = self.build.archs or ()
        return {one.variable: one.value for one in asked if one.card not in archs}

    def on(self, device: Device) -> Verdict:
        """The same, used for another kind of device."""
        other = self._again()
        other.device = device
        return other

    def obeyed(self, reasons: tuple[Reason, ...], served: tuple[Target, ...]) -> Verdict:
        """The same where the user's word stands above what spoke against it."""
        other = self._again()
        other._reasons, other._served = reasons, served  # noqa: SLF001 - a copy of itself
        return other

    def _again(self) -> Verdict:
        other = Verdict(self._judge, self.candidate, self.device, self._needed, self._all)
        for name in ("_against", "_place", "_reasons", "_served"):
            setattr(other, name, getattr(self, name))
        return other

    def _refused(self) -> bool:
        """Tell whether anything speaks against it; the cheapest to ask comes first."""
        candidate, judge = self.candidate, self._judge
        if judge.places.against(candidate):
            return True
        if judge.floors and _has_no(judge.on_processor(candidate)):
            return True
        if self.device == "mps":
            if _has_no(judge.on_metal(candidate)):
                return True
        elif self.device != "cpu":
            for card in self._needed:
                if card.against(candidate):
                    return True
        return _has_no(self.place.refusals)

    def _refusals(self) -> list[str]:
        """The codes of what speaks against it; of cards of one name each reason once."""
        candidate, judge = self.candidate, self._judge
        codes = [one.code for one in judge.places.against(candidate)]
        if judge.floors:
            codes += [one.code for one in judge.on_processor(candidate) if one.effect == "reject"]
        if self.device == "mps":
            codes += [one.code for one in judge.on_metal(candidate) if one.effect == "reject"]
        elif self.device != "cpu" and self._needed:
            first, *others = self._needed
            codes += [one.code for one in first.against(candidate)]
            if others:
                codes += self._of_others(first, others)
        codes += [one.code for one in self.place.refusals if one.effect == "reject"]
        return codes

    def _of_others(self, first: OnCard, others: list[OnCard]) -> Iterator[str]:
        name = first.target.name
        seen = {(id(one), name) for one in first.against(self.candidate)}
        for card in others:
            for one in card.against(self.candidate):
                key = (id(one), card.target.name)
                if key not in seen:
                    seen.add(key)
                    yield one.code

    def _said(self) -> Iterator[tuple[Reason, Target | None]]:
        """What every constraint says."""
        candidate, judge = self.candidate, self._judge
        yield from ((one, None) for one in judge.places.as_asked(candidate))
        yield from ((one, None) for one in judge.on_processor(candidate))
        if self.device == "mps":
            yield from ((one, None) for one in judge.on_metal(candidate))
        elif self.device != "cpu":
            for card in self._needed:
                yield from ((one, card.target) for one in card.said(candidate))
        yield from ((one, None) for one in self.place.refusals)


def _has_no(reasons: Iterable[Reason]) -> bool:
    """Tell whether one of the reasons rejects (a plain loop: this is asked millions of times)."""
    for reason in reasons:  # noqa: SIM110
        if reason.effect == "reject":
            return True
    return False


def _distinct(reasons: Iterable[Reason]) -> tuple[Reason, ...]:
    seen: dict[tuple[str, str, str, str], Reason] = {}
    for one in reasons:
        seen.setdefault((one.code, one.subject, one.needs, one.has), one)
    return tuple(seen.values())
