"""What comes after a repair inside an environment: it has to compute."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchup.api.environments.repairing import VERIFY_FAILED
from torchup.api.verifying import see_that_it_computes, verify

if TYPE_CHECKING:
    from torchup.api.repairs.proposal import Hands


def see_repaired(hands: Hands, name: str) -> None:
    """Compute in an environment that was repaired, and hand on what was found.

    Raises:
        NoAnswerError: ``repair.verify-failed``: it doesn't compute.
    """
    report = verify(hands.context, name=name, level="quick", on_check=hands.on_check)
    hands.on_report(report)
    see_that_it_computes(report, name, otherwise=VERIFY_FAILED)
