"""What would mend a finding: shown before it is done."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

    from torchup.api.context import Context
    from torchup.model import Check, Machine, Outcome, StepOutcome, Text, VerifyReport
    from torchup.model.finding import Finding, Safety
    from torchup.state.undo import Edit


class Hands(NamedTuple):
    """What a repair that is more than edits of files works with.

    Attributes:
        context: the session.
        machine: asks for this machine; it is probed when the first one asks.
        verified: an environment is computed in afterwards.
        on_check: told each check of that as it ends.
        on_report: told what a verification found.
    """

    context: Context
    machine: Callable[[], Machine]
    verified: bool = True
    on_check: Callable[[Check], None] = lambda _check: None
    on_report: Callable[[VerifyReport], None] = lambda _report: None

    def told(self, outcome: Outcome) -> tuple[StepOutcome, ...]:
        """Hand on what a verification found, if there was one; the steps that were taken."""
        if outcome.report is not None:
            self.on_report(outcome.report)
        return outcome.steps


class Work(Protocol):
    """A repair that is more than edits of files. It is whole, or everything is as it was."""

    def __call__(self, hands: Hands) -> tuple[StepOutcome, ...]:
        """Carry it out, and tell the steps.

        Raises:
            TorchupError: it failed, and everything is as it was.
        """


class Proposal(NamedTuple):
    """What would mend a finding.

    Attributes:
        finding: what it mends.
        title: what it does, in one line.
        safety: ``safe``: done without asking, since it can be undone; ``ask``: a person agrees
            first, or names the finding.
        lines: what it does, one by one, where one line doesn't tell.
        edits: of files, by the ledger (:mod:`torchup.state.undo`): all of them, or none.
        environment: the name of the environment that it mends; it is verified afterwards.
        work: what is to be done beside the edits, or instead of them.
        steps: what ``--dry-run`` tells programs of it, where that isn't the edits' paths.
    """

    finding: Finding
    title: Text
    safety: Safety = "safe"
    lines: tuple[Text, ...] = ()
    edits: tuple[Edit, ...] = ()
    environment: str = ""
    work: Work | None = None
    steps: tuple[StepOutcome, ...] = ()
