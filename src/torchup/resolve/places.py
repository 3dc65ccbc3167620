"""The best place and Python for each candidate: the same for all machines of one system."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from torchup.model import FactRef, Reason, shown_url
from torchup.resolve.constraints import asked_build, asked_version
from torchup.resolve.dates import after
from torchup.resolve.offers import Offer
from torchup.resolve.pythons import PythonChoice, PythonSearch, unfit_companion
from torchup.resolve.ways import carried

if TYPE_CHECKING:
    from torchup.facts.catalogue import Release
    from torchup.model import Listing, Os
    from torchup.resolve.ask import Asked
    from torchup.resolve.knowledge import Candidate
    from torchup.resolve.lines import Pythons
    from torchup.resolve.offers import Shelf


class Place(Struct, frozen=True, kw_only=True):
    """Where a candidate can be had and with which Python, or the reasons why it can't.

    Where companions stand in the way, ``eased`` is the place if the refused ones were not
    insisted upon, and ``freed`` the place with one of the Pythons ``lines``, where those have
    everything and the one that was asked for has not.
    """

    offer: Offer | None = None
    python: PythonChoice | None = None
    refusals: tuple[Reason, ...] = ()
    eased: Place | None = None
    freed: Place | None = None
    lines: tuple[str, ...] = ()


class Places:
    """What one requirement finds on one system, remembered by candidate.

    Args:
        asked: the requirement, taken apart.
        framework: the framework's name.
        shelf: the places that were asked, and what each holds.
        pythons: the Pythons that are here or can be had.
        os: the system, for its C library.
    """

    def __init__(
        self, asked: Asked, framework: str, shelf: Shelf, pythons: Pythons, os: Os
    ) -> None:
        self._asked = asked
        self._framework = framework
        self._shelf = shelf
        self._pythons = pythons
        self._os = os
        self._found: dict[int, Place] = {}
        self._said: dict[int, tuple[Reason, ...]] = {}
        self._against: dict[int, tuple[Reason, ...]] = {}

    def against(self, candidate: Candidate) -> tuple[Reason, ...]:
        """That part of the user's own words which rejects a candidate."""
        known = self._against.get(candidate.number)
        if known is None:
            known = tuple([one for one in self.as_asked(candidate) if one.effect == "reject"])
            self._against[candidate.number] = known
        return known

    def as_asked(self, candidate: Candidate) -> tuple[Reason, ...]:
        """What the user's own words say against a candidate."""
        known = self._said.get(candidate.number)
        if known is None:
            release, build = candidate.release, candidate.build
            said = (
                asked_version(release, self._asked, self._framework),
                asked_build(release, build, self._asked),
                carried(build, self._asked),
                after(release, self._asked.framework_day),
                self._nightly(release),
                *(
                    unfit_companion(release, name, self._asked, candidate.label)
                    for name in self._asked.named
                ),
            )
            known = tuple(reason for reason in said if reason is not None)
            self._said[candidate.number] = known
        return known

    def _nightly(self, release: Release) -> Reason | None:
        if not self._asked.nightly:
            return None
        from torchup.resolve.nightly import only_nightly

        return only_nightly(release, self._asked, self._framework)

    def find(self, candidate: Candidate) -> Place:
        """The best place and Python, or the reasons why there is none."""
        known = self._found.get(candidate.number)
        if known is None:
            known = self._found[candidate.number] = self._with_others(candidate)
        return known

    def _with_others(self, candidate: Candidate) -> Place:
        """Search as asked, and what would be found if companions were not in the way."""
        asked = self._asked
        place = self._search(candidate, asked)
        left = place.python.left_out if place.python else ()
        refused = {one.subject for one in left if one.reason.effect == "reject"}
        if not refused:
            return place
        eased = self._search(candidate, _without(asked, refused))
        if asked.python is None or not place.refusals:
            return replace(place, eased=eased)
        anywhere = replace(asked, python=None)
        freed = self._search(candidate, anywhere)
        if freed.offer is None or freed.refusals:
            return replace(place, eased=eased)
        lines = self._pythons_at(candidate, freed.offer).serving(anywhere, self._os)
        return replace(place, eased=eased, freed=freed, lines=lines)

    def lines(self, candidate: Candidate) -> dict[str, int]:
        """Every Python that a candidate can be had with, and how many companions come along."""
        found: dict[str, int] = {}
        for offer in self._shelf.offers(candidate.release, candidate.build):
            search = self._pythons_at(candidate, offer)
            for line, companions in search.companions(self._asked, self._os).items():
                found[line] = max(companions, found.get(line, 0))
        return found

    def can_be_had(self, line: str) -> bool:
        """Tell whether a Python is on the machine or can be downloaded."""
        return self._pythons.available(line)

    def _pythons_at(self, candidate: Candidate, offer: Offer) -> PythonSearch:
        release, build = candidate.release, candidate.build
        return PythonSearch(release, build, offer, pythons=self._pythons, shelf=self._shelf)

    def _search(self, candidate: Candidate, asked: Asked) -> Place:
        build, subject = candidate.build, candidate.label
        offers = self._shelf.offers(candidate.release, build)
        if not offers:
            gone = self._shelf.unreachable(build)
            if gone is not None:
                return Place(refusals=(unreachable_reason(gone, subject),))
            return Place(refusals=(Reason(code="not-listed", effect="reject", subject=subject),))
        refused: list[Reason] = []
        best: tuple[Offer, PythonChoice] | None = None
        for offer in offers:
            choice = self._pythons_at(candidate, offer).choose(asked, self._os)
            if isinstance(choice, Reason):
                refused.append(choice)
            elif best is None or choice.wanted > best[1].wanted:
                best = offer, choice
        if best is None:
            return Place(refusals=tuple(refused[:1]))
        offer, choice = best
        return Place(offer=offer, python=choice, refusals=choice.refused)


def _without(asked: Asked, names: set[str]) -> Asked:
    """The same where some companions are no longer insisted upon."""
    return replace(
        asked,
        versions={name: one for name, one in asked.versions.items() if name not in names},
        named=tuple(name for name in asked.named if name not in names),
    )


def unreachable_reason(listing: Listing, build: str) -> Reason:
    """Say that the place for a build can't be reached."""
    return Reason(
        code="source-unreachable",
        effect="reject",
        subject=build,
        needs=shown_url(listing.source.url),
        has=listing.why.args.get("why", "@word.offline") if listing.why else "",
        fact=FactRef(file="", key=listing.source.origin, url="", checked=""),
    )
