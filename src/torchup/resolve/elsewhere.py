"""What a choice needs or could have from elsewhere: libraries, another system, its maker."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchup.model import Reason
from torchup.resolve.cards import DEVICES
from torchup.resolve.numbers import dotted
from torchup.resolve.ways import TITLES
from torchup.resolve.ways import other_ways as ways_beside

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchup.model import Device
    from torchup.resolve.judge import Judge
    from torchup.resolve.knowledge import Candidate
    from torchup.resolve.targets import Target
    from torchup.resolve.verdict import Verdict


def from_elsewhere(pick: Verdict, judge: Judge, cards: tuple[Target, ...]) -> Iterator[Reason]:
    """Say which libraries a build doesn't bring along, and where newer releases reach the cards.

    Args:
        pick: the choice.
        judge: the machine and the facts.
        cards: those that it is to serve.
    """
    catalogue = judge.catalogue
    if pick.build.libraries:
        yield Reason(
            code="libraries-elsewhere",
            effect="warn",
            subject=f"{catalogue.framework.title} {pick.release.version}",
            needs=" ".join(pick.build.libraries),
            fact=catalogue.fact(pick.build.fact),
        )
    if pick.build.ended:
        yield Reason(
            code="build-ended",
            effect="warn",
            subject=f"{catalogue.framework.title} {pick.release.version}",
            needs=pick.build.ended,
            has=pick.build.name,
            fact=catalogue.fact(pick.build.fact),
        )
    newest = catalogue.latest()
    last = next(iter(judge.knowledge.candidates(pick.build.platform, pick.device)), None)
    here = last is not None and dotted(last.release.version)[:2] == dotted(pick.release.version)[:2]
    if last is None or not cards or not here or _has(newest.version, pick, judge):
        return
    if _newer_by_another_way(last, pick.device, judge, cards[0]):
        return
    yield Reason(
        code="device-ended",
        effect="warn",
        subject=f"{catalogue.framework.title} {last.release.version}",
        needs=newest.version,
        has=cards[0].name,
        fact=catalogue.fact(pick.release.fact),
    )
    for said in other_ways(judge, cards[0]):
        if said.has != f"--build {pick.build.name}":
            yield said


def _newer_by_another_way(last: Candidate, device: Device, judge: Judge, card: Target) -> bool:
    """Tell whether a newer release reaches a card by another way than the kind of device chosen."""
    ways = {DEVICES[card.vendor], *ways_beside(card.vendor, judge.where)} - {device}
    return any(
        judge.knowledge.covers(one.number, card.arch, judge.where).effect == "accept"
        for way in ways
        if card.arch or way in TITLES
        for one in judge.knowledge.candidates(judge.machine.platform, way)
        if one.order < last.order
    )


def other_ways(judge: Judge, card: Target) -> Iterator[Reason]:
    """Name the places that have builds for a card on this system, other than the usual ones."""
    for place in judge.knowledge.elsewhere(card.vendor, judge.where, card.arch):
        yield Reason(
            code="maker-has-builds",
            effect="warn",
            subject=card.name,
            needs=place.url,
            has=place.name,
            fact=judge.catalogue.fact(place.fact),
        )


def _has(version: str, pick: Verdict, judge: Judge) -> bool:
    """Tell whether a release computes on the same kind of device here, or has nothing here."""
    builds = [
        one
        for release in judge.catalogue.releases
        if release.version == version
        for one in release.builds
        if one.platform == pick.build.platform
    ]
    return not builds or any(one.device == pick.device or pick.device in one.also for one in builds)
