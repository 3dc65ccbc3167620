"""Everything that speaks for and against a stack that was named, chosen or not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from torchup.model import Reason
from torchup.resolve.changes import REQUESTED
from torchup.resolve.knowledge import knowledge_of
from torchup.resolve.prefer import best, best_valid
from torchup.resolve.resolver import Resolver
from torchup.resolve.rivals import compared
from torchup.resolve.sorting import find_targets
from torchup.resolve.ways import KINDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torchup.facts.catalogue import Catalogue
    from torchup.model import Listing, Machine, Requirement, Stack
    from torchup.resolve.cards import GpuTable
    from torchup.resolve.judge import Judge
    from torchup.resolve.verdict import Verdict


class About(Struct, frozen=True, kw_only=True):
    """What was found out about the candidate that comes closest to what was named.

    Attributes:
        label: the candidate, as pip would name it.
        valid: nothing speaks against it.
        reasons: what every constraint says, and last what was preferred to it.
        considered: how many candidates were meant.
    """

    label: str
    valid: bool
    reasons: tuple[Reason, ...]
    considered: int


def about(
    machine: Machine,
    requirement: Requirement,
    catalogue: Catalogue,
    *,
    preferred: Stack | None,
    gpus: GpuTable | None = None,
    listings: Sequence[Listing] | None = None,
) -> About | None:
    """Judge what was named, and compare it with what is preferred.

    Args:
        machine: the machine.
        requirement: what was named.
        catalogue: the facts.
        preferred: what is chosen when nothing is named, None where nothing is.
        gpus: finds cards by PCI id or name where the machine gives no architecture.
        listings: what sources really hold; None judges by the catalogue alone.

    Returns:
        None where no such build was ever published for the machine's system.

    Raises:
        UsageError: the requirement can't be read or contradicts itself.
    """
    judge = Resolver(catalogue, gpus=gpus, listings=listings).judge(machine, requirement)
    every = _verdicts(judge, requirement, catalogue, gpus)
    meant = [one for one in every if not REQUESTED & set(one.against)]
    if not meant:
        return None
    pick = best([one for one in meant if one.valid])
    found = pick or min(meant, key=lambda one: (len(one.against), one.order))
    rival = next((one for one in every if preferred and _is(one, preferred, catalogue)), None)
    against = () if pick is None or rival is None else (compared(pick, rival),)
    return About(
        label=found.label,
        valid=pick is not None,
        reasons=(*found.reasons, *against),
        considered=len(meant),
    )


def _verdicts(
    judge: Judge, requirement: Requirement, catalogue: Catalogue, gpus: GpuTable | None
) -> list[Verdict]:
    """Judge for the machine's own device; for that of the named build where it has none."""
    asked = judge.asked
    knowledge = knowledge_of(catalogue)
    targets = find_targets(judge.machine, asked, requirement.use_gpus, knowledge, gpus)
    wanted = targets.wanted
    if asked.cpu:
        return judge.judge("cpu", (), ())
    if wanted:
        other = targets.asked_device not in (None, wanted[0].device)
        if other and asked.build == "cpu":
            return judge.judge("cpu", (), ())
        makers = [one.wanted for one in targets.by_maker()]
        judged = [judge.judge(one[0].device, one, one) for one in makers]
        return next((one for one in judged if best_valid(one) is not None), judged[0])
    if asked.build is not None:
        return [one for kind in KINDS for one in judge.judge(kind, (), ())]
    return judge.judge("cpu", (), ())


def _is(verdict: Verdict, stack: Stack, catalogue: Catalogue) -> bool:
    version = stack.packages[catalogue.framework.name]
    return (verdict.release.version, verdict.build.name) == (version, stack.build)
