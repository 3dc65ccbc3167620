"""An environment that is not what its record says: its files, its packages, its Python."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchup.api.doctor import NOT_COMPARED
from torchup.api.environments import damage, repairing
from torchup.api.repairs.proposal import Hands, Proposal
from torchup.errors import TorchupError
from torchup.model import StepOutcome, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchup.api.context import Context
    from torchup.model import Text
    from torchup.model.finding import Finding


def propose(context: Context, finding: Finding) -> Proposal | None:
    """Compare it with its record; None where nothing differs, or nobody knows what it was.

    Raises:
        TorchupError: it can't be looked at.
    """
    name = finding.facts.get("environment", "")
    try:
        found = damage.look(context, name)
    except TorchupError as error:
        if error.code in NOT_COMPARED:
            return None
        raise
    if not found.needed:
        return None

    def work(hands: Hands) -> tuple[StepOutcome, ...]:
        outcome = repairing.carry_out(
            hands.context,
            found,
            hands.machine(),
            verified=hands.verified,
            on_check=hands.on_check,
        )
        return hands.told(outcome)

    return Proposal(
        finding=finding,
        title=text("repair.as-recorded", name=name),
        lines=tuple(_lines(found)),
        environment=name,
        work=work,
        steps=tuple(_steps(found)),
    )


def _lines(found: damage.Repair) -> Iterator[Text]:
    if found.python_gone:
        yield text("repair.python-gone")
    for name, why in sorted(found.packages.items()):
        yield text(f"repair.fault.{why}", name=name)
    for name in found.intruders:
        yield text("repair.intruder", name=name)
    if found.toolkit_broken:
        yield text("repair.toolkit-broken")


def _steps(found: damage.Repair) -> Iterator[StepOutcome]:
    lost = {"python": found.python_gone, "toolkit": found.toolkit_broken}
    for one, is_lost in lost.items():
        if is_lost:
            yield StepOutcome(id=one, status="skipped")
    for name, why in sorted(found.packages.items()):
        yield StepOutcome(id="repair", status="skipped", detail=f"{name} {why}")
