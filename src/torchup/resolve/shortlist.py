"""What is worth asking sources for, by the catalogue alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from torchup.resolve.knowledge import knowledge_of
from torchup.resolve.prefer import newest_valid
from torchup.resolve.resolver import Resolver
from torchup.resolve.sorting import find_targets
from torchup.resolve.ways import KINDS

if TYPE_CHECKING:
    from torchup.facts.catalogue import Catalogue
    from torchup.model import Machine, Requirement
    from torchup.resolve.cards import GpuTable
    from torchup.resolve.verdict import Verdict


class Shortlist(Struct, frozen=True, kw_only=True):
    """Builds, and the channels that have them."""

    builds: tuple[str, ...]
    channels: frozenset[str]


def shortlist(
    machine: Machine,
    requirement: Requirement,
    catalogue: Catalogue,
    *,
    gpus: GpuTable | None = None,
    minors: int = 4,
) -> Shortlist:
    """Name the builds that are valid for the newest ``minors`` minor releases.

    Raises:
        UsageError: the requirement can't be read or contradicts itself.
    """
    judge = Resolver(catalogue, gpus=gpus).judge(machine, requirement)
    asked = judge.asked
    knowledge = knowledge_of(catalogue)
    wanted = find_targets(machine, asked, requirement.use_gpus, knowledge, gpus)
    best = wanted.wanted
    kept: list[Verdict] = []
    if asked.cpu or not best:
        kept += newest_valid(judge.judge("cpu", (), ()), minors)
    for maker in wanted.by_maker() if best and not asked.cpu else ():
        if kept:
            break
        cards = maker.wanted
        for group in dict.fromkeys((cards, *maker.groups)):
            kept += newest_valid(judge.judge(cards[0].device, group, cards), minors)
    if asked.build is not None and not asked.cpu:
        every = [one for kind in KINDS for one in judge.judge(kind, (), ())]
        kept += newest_valid(sorted(every, key=lambda one: one.order), minors)
    return Shortlist(
        builds=tuple(sorted({one.build.name for one in kept})),
        channels=frozenset(channel for one in kept for channel in one.build.channels),
    )


def further_packages(catalogue: Catalogue, platform: str, build: str | None) -> tuple[str, ...]:
    """Name the packages beside the framework's own that hold builds, less those unasked.

    Args:
        catalogue: the facts.
        platform: the machine's.
        build: the build that the user names.
    """
    every = (one for release in catalogue.releases for one in release.builds)
    here = (one for one in every if one.platform == platform and one.package)
    wanted = (one.package for one in here if not one.asked or one.name == build)
    return tuple(dict.fromkeys(wanted))
