"""A candidate judged: yes or no at once, and why if somebody asks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

if TYPE_CHECKING:
    from collections.abc import Iterable

    from torchup.facts.catalogue import Build, Release
    from torchup.model import Device, Reason
    from torchup.resolve.judge import Judge
    from torchup.resolve.knowledge import Candidate
    from torchup.resolve.offers import Offer
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
        needed: tuple[Target, ...],
        all_targets: tuple[Target, ...],
    ) -> None:
        self.candidate = candidate
        self.order = candidate.order
        self.release: Release = candidate.release
        self.build: Build = candidate.build
        self.device = device
        self._judge = judge
        self._needed = needed
        self._all = all_targets
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
            seen = {(id(reason), target.name if target else ""): reason.code
                    for reason, target in self._refusals()}  # fmt: skip
            self._against = tuple(seen.values())
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
            on_card = self._judge.on_card
            self._served = tuple(
                target
                for target in self._all
                if self.device != "cpu"
                and (
                    self.device == "mps"
                    or all(reason.effect != "reject" for reason in on_card(self.candidate, target))
                )
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
        return self._judge.native(self.build, self._needed)

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
        asked = [one.override for one in self._needed if one.override is not None]
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
        judge = self._judge
        if _has_no(judge.places.as_asked(self.candidate)):
            return True
        if _has_no(judge.on_processor(self.candidate)):
            return True
        if self.device == "mps":
            if _has_no(judge.on_metal(self.candidate)):
                return True
        elif self.device != "cpu":
            for target in self._needed:
                if _has_no(judge.on_card(self.candidate, target)):
                    return True
        return _has_no(self.place.refusals)

    def _refusals(self) -> list[tuple[Reason, Target | None]]:
        return [one for one in self._said() if one[0].effect == "reject"]

    def _said(self) -> list[tuple[Reason, Target | None]]:
        """What every constraint says."""
        judge = self._judge
        said: list[tuple[Reason, Target | None]] = [
            (reason, None) for reason in judge.places.as_asked(self.candidate)
        ]
        said += [(reason, None) for reason in judge.on_processor(self.candidate)]
        if self.device == "mps":
            said += [(reason, None) for reason in judge.on_metal(self.candidate)]
        elif self.device != "cpu":
            for target in self._needed:
                said += [(reason, target) for reason in judge.on_card(self.candidate, target)]
        said += [(reason, None) for reason in self.place.refusals]
        return said


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
