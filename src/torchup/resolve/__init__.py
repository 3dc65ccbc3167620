"""From a machine and a requirement to the exact stack, with the reasons; pure.

One evaluation gives both the answer and the explanation: every candidate (release x build, with
the best place and Python for it) is judged by every constraint, and what is said about the
rejected ones is the advice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from torchup.model import Reason
from torchup.resolve.ask import Asked, read_requirement
from torchup.resolve.case import Case
from torchup.resolve.judge import Judge, Verdict, valid
from torchup.resolve.numbers import dotted
from torchup.resolve.offers import Shelf
from torchup.resolve.pythons import Pythons
from torchup.resolve.targets import find_targets

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torchup.facts.catalogue import Catalogue
    from torchup.model import Device, Listing, Machine, Requirement, Resolution
    from torchup.resolve.cards import GpuTable

__all__ = ["Asked", "Shortlist", "read_requirement", "resolve", "shortlist"]


def resolve(
    machine: Machine,
    requirement: Requirement,
    catalogue: Catalogue,
    *,
    gpus: GpuTable | None = None,
    listings: Sequence[Listing] | None = None,
    obtainable: tuple[str, ...] | None = None,
    primary_url: str = "",
    framework_url: str = "",
) -> Resolution:
    """Choose the stack for a machine, or say why there is none.

    Args:
        machine: the machine; unknown parts give warnings, not rejections.
        requirement: what is asked for.
        catalogue: the facts.
        gpus: finds cards by PCI id or name where the machine gives no architecture.
        listings: what sources really hold; None plans from the catalogue alone.
        obtainable: Python release lines that can be downloaded; None means all that exist.
        primary_url: the index for everything, for naming it in the answer.
        framework_url: the base of the framework's own indexes, in place of the catalogue's.

    Raises:
        UsageError: the requirement can't be read or contradicts itself.
    """
    asked = read_requirement(requirement, catalogue.framework, machine)
    shelf = Shelf(listings, catalogue)
    pythons = Pythons(machine, catalogue, requirement.today, obtainable)
    judge = Judge(machine, asked, catalogue, shelf, pythons)
    case = Case(judge, requirement, primary_url, framework_url or catalogue.framework.index_base)
    if asked.cpu:
        return case.on_cpu((Reason(code="cpu-asked", effect="accept", subject="cpu"),), alone=True)
    if machine.gpus is None and asked.build is None:
        return case.none((Reason(code="gpus-unknown", effect="reject", subject=machine.platform),))
    targets = find_targets(machine, asked, requirement.use_gpus, catalogue, gpus)
    if targets.wanted:
        return case.on_accelerator(targets)
    if targets.unknown:
        return case.none(tuple(reason for _, reason in targets.unknown))
    embedded = case.embedded(targets)
    if embedded:
        return case.none(embedded)
    if asked.build is not None:
        return case.without_device(targets, gpus_known=machine.gpus is not None)
    warned = tuple(reason for _, reason in targets.unsupported)
    if not warned:
        warned = (Reason(code="no-accelerator", effect="accept", subject=machine.platform),)
    return case.on_cpu(warned, leaves_out=targets.aside)


class Shortlist(Struct, frozen=True, kw_only=True):
    """What is worth asking sources for, by the catalogue alone."""

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
    asked = read_requirement(requirement, catalogue.framework, machine)
    pythons = Pythons(machine, catalogue, requirement.today, None)
    judge = Judge(machine, asked, catalogue, Shelf(None, catalogue), pythons)
    targets = find_targets(machine, asked, requirement.use_gpus, catalogue, gpus)
    wanted = targets.wanted
    kept: list[Verdict] = []
    if asked.cpu or not wanted:
        kept += _newest(judge.judge("cpu", (), ()), minors)
    if wanted and not asked.cpu:
        groups = dict.fromkeys((wanted, *targets.groups))
        for group in groups:
            kept += _newest(judge.judge(wanted[0].device, group, wanted), minors)
    if asked.build is not None and not asked.cpu:
        kinds: tuple[Device, ...] = ("cuda", "rocm", "xpu")
        kept += _newest([one for kind in kinds for one in judge.judge(kind, (), ())], minors)
    return Shortlist(
        builds=tuple(sorted({one.build.name for one in kept})),
        channels=frozenset(channel for one in kept for channel in one.build.channels),
    )


def _newest(verdicts: Sequence[Verdict], minors: int) -> list[Verdict]:
    """The valid ones of the newest ``minors`` minor releases."""
    fitting = valid(verdicts)
    lines = sorted({dotted(one.release.version)[:2] for one in fitting}, reverse=True)[:minors]
    return [one for one in fitting if dotted(one.release.version)[:2] in lines]
