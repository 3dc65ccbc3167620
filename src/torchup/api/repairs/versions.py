"""A package in a version that doesn't go with the framework: the one that does, installed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchup import apply
from torchup.api import changing
from torchup.api.choosing import BACKEND
from torchup.api.edits import Edit
from torchup.api.repairs.proposal import Hands, Proposal
from torchup.errors import NoAnswerError
from torchup.model import text

if TYPE_CHECKING:
    from torchup.api.context import Context
    from torchup.model import StepOutcome
    from torchup.model.finding import Finding


def propose(context: Context, finding: Finding) -> Proposal | None:
    """Add it, as ``torchup add`` does; None where the environment isn't torchup's own."""
    name, requirement = finding.facts.get("environment"), finding.facts.get("requirement")
    if not name or not requirement or name not in apply.names(context.home):
        return None
    found = apply.load_environment(context.host, context.home, name, sized=False)
    if found.record.backend != BACKEND or not found.record.artifacts:
        return None

    def work(hands: Hands) -> tuple[StepOutcome, ...]:
        edit = Edit(kind="add", packages=(requirement,))
        change = changing.prepare(hands.context, name, edit, hands.machine())
        if change.stack is None:
            raise NoAnswerError("repair.no-stack", name=name, requirement=requirement)
        outcome = changing.carry_out(
            hands.context,
            change,
            change.stack,
            command="repair",
            verified=hands.verified,
            on_check=hands.on_check,
        )
        if outcome.report is not None:
            hands.on_report(outcome.report)
        return outcome.steps

    return Proposal(
        finding=finding,
        title=text("versions.install", requirement=requirement, name=name),
        environment=name,
        work=work,
    )
