"""Advice about drivers on machines with several cards: what a change wins, and what it ends."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from torchup.model import NearMiss, text
from torchup.resolve.changes import changes
from torchup.resolve.constraints import branch_of, driver_runs_runtime
from torchup.resolve.numbers import dotted
from torchup.resolve.prefer import best
from torchup.resolve.remedies import near_miss

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from torchup.facts.catalogue import Catalogue
    from torchup.model import System
    from torchup.resolve.remedies import StackOf
    from torchup.resolve.targets import Target
    from torchup.resolve.verdict import Verdict

_DRIVER_ALONE: Final = frozenset({"driver"})

ALONE: Final = {
    "remedy.driver": "remedy.driver-alone",
    "remedy.older-driver": "remedy.older-driver-alone",
}
"""Advice for all cards, and the same where it holds for one of them alone."""


def with_driver(
    verdicts: Sequence[Verdict],
    cards: tuple[Target, ...],
    catalogue: Catalogue,
    stack_of: StackOf,
) -> tuple[NearMiss, ...]:
    """The best of the builds that lack only another driver, where one driver does for all cards.

    Args:
        verdicts: for these cards together.
        cards: the cards.
        catalogue: the facts.
        stack_of: turns a verdict into a stack.
    """
    able: dict[Verdict, NearMiss] = {}
    for one in verdicts:
        for change in changes(one):
            if change.kinds != _DRIVER_ALONE:
                continue
            near = near_miss(change, stack_of)
            driver = near.remedy.args["driver"]
            if not lost_with(driver, cards, catalogue) and _starts(one, driver, catalogue):
                able[one] = near
    pick = best(list(able))
    return () if pick is None else (able[pick],)


def _starts(verdict: Verdict, driver: str, catalogue: Catalogue) -> bool:
    """Tell whether a driver branch starts a build's runtime: one to go back to may not."""
    from torchup.model import Driver

    there = Driver(vendor="nvidia", version=driver)
    system: System = "windows" if verdict.build.platform.startswith("windows") else "linux"
    runtime = verdict.build.runtime
    said = driver_runs_runtime(runtime, there, system, None, catalogue, missing=True)
    return said is None or said.effect != "reject"


def lost_with(driver: str, cards: Iterable[Target], catalogue: Catalogue) -> tuple[str, ...]:
    """The names of the cards that a driver doesn't support."""
    branch = branch_of(driver, catalogue)
    names: dict[str, None] = {}
    for card in cards:
        arch = catalogue.arch(card.arch)
        if arch is None or branch is None:
            continue
        if branch < arch.first_branch or (arch.last_branch or branch) < branch:
            names[card.name] = None
    return tuple(names)


def with_losses(near: NearMiss, served: tuple[Target, ...], catalogue: Catalogue) -> NearMiss:
    """Say with a change of driver which of the cards served now it ends."""
    args = near.remedy.args
    if not dotted(args.get("driver", "")):
        return near
    lost = lost_with(args["driver"], served, catalogue)
    if not lost:
        return near
    shown = args | {"lost": ", ".join(lost)}
    if near.remedy.code == "remedy.driver":
        return replace(near, remedy=text("remedy.driver-ends", **shown))
    if near.remedy.code == "remedy.older-driver":
        return replace(near, remedy=text("remedy.older-driver-ends", **shown))
    return near
